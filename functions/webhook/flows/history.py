"""How things change: the history in words, and the report and charts that the report function draws."""

from datetime import date
from functools import partial
from statistics import fmean
from typing import Final

from burnout.report_requests import Show
from burnout.store.check_ins import History, ReadHistory
from burnout.store.days import BAD_NIGHT
from burnout.telegram.buttons import ChartKind
from burnout.texts import decimal, percent, plural, short_dates, text
from burnout.values import Language, Span
from functions.webhook.flow import Command, Context, Flow, Press, ordered
from functions.webhook.flows import app
from functions.webhook.flows.sparkline import sparkline
from functions.webhook.screens import Reply, Screen, button

DAYS: Final[tuple[Span, ...]] = (7, 30, 0)
_COMING: Final[dict[Show, str]] = {"report": "report_coming", "why": "why_coming", "page": "doctor_coming"}


def _read(context: Context, days: Span = DAYS[0]) -> Reply:
    facts = context.deps.store(ReadHistory(user_id=context.person.id, days=days))
    screen = history(facts, days, context.language)
    return Reply(Screen(screen.html, [*screen.keyboard, *app.way(context)]))


def _orders(show: Show, context: Context, days: Span = 0) -> Reply:
    """What the report function was asked for; over a press pops up what is coming."""
    notice = text(_COMING.get(show, "chart_coming"), context.language)
    return Reply(notice=notice, then=ordered(show, context, days), outcome="why" if show == "why" else "report")


def history(facts: History, days: Span, language: Language) -> Screen:
    """The person's course over the last `days` days of their own calendar, or all of it for 0."""
    check_ins = sum(day.check_ins for day in facts.days)
    lines = [text(f"history_{days}", language)]
    if check_ins:
        lines += _totals(facts, check_ins, language)
    lines += _told(facts, language)
    lines += _course(facts, days, language)
    if len(lines) == 1:
        lines.append(text("history_empty", language))
    spans = [button(f"button_{choice}", language, "hist", choice) for choice in DAYS]
    kinds: tuple[ChartKind, ...] = ("course", "calendar")
    charts = [button(f"button_{kind}", language, "chart", kind, days) for kind in kinds]
    ways = [button("button_why", language, "why"), button("button_home", language, "home")]
    return Screen("\n".join(lines), [spans, charts, ways])


def _totals(facts: History, check_ins: int, language: Language) -> list[str]:
    negative = sum(day.negative for day in facts.days)
    ratings = sum(day.ratings for day in facts.days)
    photos = sum(day.photos for day in facts.days)
    with_check_ins = sum(day.check_ins > 0 for day in facts.days)
    counts = plural("check_ins", language, check_ins), plural("days", language, with_check_ins)
    lines = [text("history_counts", language, check_ins=counts[0], days=counts[1])]
    if photos < check_ins:
        lines[0] += " " + text("history_photos", language, photos=photos)
    unsure = sum(day.unsure for day in facts.days)
    with_side = sum(day.read for day in facts.days) - unsure
    if with_side:
        share = percent(negative / with_side, language)
        lines.append(text("history_negative", language, negative=negative, total=with_side, share=share))
    if unsure:
        lines.append(text("history_unsure", language, unsure=unsure))
    if not ratings:
        return [*lines, text("history_no_rating", language)]
    mean = decimal(sum(day.rating_sum for day in facts.days) / ratings, language)
    return [*lines, text("history_rating", language, mean=mean, ratings=plural("ratings", language, ratings))]


def _told(facts: History, language: Language) -> list[str]:
    energy = [day.energy for day in facts.days if day.energy is not None]
    nights = [day.sleep for day in facts.days if day.sleep is not None]
    lines = []
    if energy:
        mean, days = decimal(fmean(energy), language), plural("days", language, len(energy))
        lines.append(text("history_energy", language, mean=mean, days=days))
    if nights:
        lines.append(text("history_sleep", language, bad=nights.count(BAD_NIGHT), nights=len(nights)))
    return lines


def _course(facts: History, days: int, language: Language) -> list[str]:
    values = {date.fromisoformat(day.day): day.mean_negative for day in facts.days if day.mean_negative is not None}
    if not values:
        return []
    line = sparkline(values, days, date.fromisoformat(facts.today))
    course = text(
        "history_sparkline",
        language,
        step=text("history_step_week" if line.days_per_bar > 1 else "history_step_day", language),
        bars=line.bars,
        dates=short_dates(line.first_day, line.last_day, language),
    )
    return [course]


FLOW = Flow(
    commands=(
        Command("history", _read),
        Command("report", partial(_orders, "report")),
        Command("why", partial(_orders, "why")),
    ),
    buttons=(
        Press("hist", _read),
        Press("report", partial(_orders, "report")),
        Press("why", partial(_orders, "why")),
        Press("chart", lambda context, kind, days: _orders(kind, context, days)),
        Press("page", partial(_orders, "page")),
    ),
)
