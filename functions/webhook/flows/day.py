"""What people say of a day, today or up to seven days later: energy, sleep, what was in it, and a rating said later.

One message edits itself from question to question, and ends as the card of the day.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final, Literal, cast, get_args

from babel.dates import format_date
from babel.numbers import format_decimal

from burnout.store.check_ins import HistoryDay, ReadHistory
from burnout.store.days import BACK_DAYS, FACTORS, Day, Factor, ReadDay, TellDay
from burnout.telegram.buttons import Action, Question, data_of, mood_row
from burnout.telegram.calls import Button
from burnout.texts import text
from burnout.values import Language
from functions.webhook import warm
from functions.webhook.flow import Command, Context, Flow, Press
from functions.webhook.flows import support
from functions.webhook.screens import Reply, Screen, button, choice, in_rows, led_by, stale

QUESTIONS: Final[tuple[Question, ...]] = get_args(Question)
_RATINGS_SHOWN: Final = 6  # of a day with more, the newest: a card has twelve lines


# ---------------------------------------------------------------- commands and buttons


def _lists(context: Context) -> Reply:
    """Today and the days before it that can still be told, each with its mean rating."""
    language = context.language
    history = context.deps.store(ReadHistory(user_id=context.person.id, days=BACK_DAYS + 1))
    told, today = {day.day: day for day in history.days}, date.fromisoformat(history.today)
    days = [today - timedelta(days=back) for back in range(BACK_DAYS + 1)]
    buttons = [
        (f"{_name(day, today, language, 'MMM')} · {_mean(told.get(str(day)), language)}", data_of("about", day))
        for day in days
    ]
    home = [button("button_home", language, "home")]
    return Reply(Screen(text("days_ask", language), [*in_rows(buttons, 2), home]), outcome="day")


def _of_a_day(answer: Callable[..., Reply]) -> Callable[..., Reply]:
    """What answers a button about a day that can be told; about another one, why not, and the way on."""

    def press(context: Context, day: date, *values: object) -> Reply:
        why = _outside(day, context.deps.now_utc().date(), clocks_apart=1)  # the store has no day of the year 9999
        found = None if why else context.deps.store(ReadDay(user_id=context.person.id, day=str(day)))
        if not (why or found):
            return stale(context.language)
        why = why or _outside(day, date.fromisoformat(cast("Day", found).today))
        if why:
            return Reply(notice=text(why, context.language), leads_on=True, outcome="day")
        return answer(context, found, *values)

    return press


def _outside(day: date, today: date, *, clocks_apart: int = 0) -> str:
    """Why a day cannot be told, as the key of a sentence; "" for one that can."""
    back = (today - day).days
    if back < -clocks_apart:
        return "day_not_yet"
    return "day_too_old" if back > BACK_DAYS + clocks_apart else ""


def _shows(context: Context, day: Day) -> Reply:
    return Reply(card(day, context.language), outcome="day")


def _asks(context: Context, day: Day, asked: Question) -> Reply:
    return Reply(question(day, asked, context.language), outcome="day")


def _ends(context: Context, day: Day) -> Reply:
    return Reply(thanks(day, context.language), outcome="day")


def _tells(fact: Literal["rating", "energy", "sleep"]) -> Callable[..., Reply]:
    """After a fact the next question that is open; after a change, the card with which it began."""

    def tell(context: Context, before: Day, value: int) -> Reply:
        language = context.language
        if fact == "rating" and before.day == before.today:  # asked when it was yesterday: the clock has changed since
            return Reply(question(before, fact, language), outcome="day")
        day = context.deps.store(TellDay(user_id=context.person.id, day=before.day, fact=fact, value=value))
        if day is None:  # erased meanwhile
            return stale(language)
        noted = text("day_noted", language) if getattr(day, fact) == (value or None) else ""  # else a newer press
        kind = warm.of_a_day(day.rating, date.fromisoformat(day.day), language) if fact == "rating" else ""
        if value == 0 or getattr(before, fact) not in (None, value):
            return Reply(card(day, language, lead=kind), noted, outcome="day")
        asked = next_question(day, fact)
        if not asked:
            return Reply(thanks(day, language, last=kind), noted, outcome="day")
        lead = led_by(text("day_rating_late", language, rating=day.rating), kind) if kind else ""
        return Reply(question(day, asked, language, lead=lead), noted, outcome="day")

    return _of_a_day(tell)


def _ticks(context: Context, before: Day, factor: Factor, value: int) -> Reply:
    day = context.deps.store(TellDay(user_id=context.person.id, day=before.day, fact=factor, value=value))
    if day is None:  # erased meanwhile
        return stale(context.language)
    return Reply(question(day, "factors", context.language), outcome="day")


# ---------------------------------------------------------------- screens


def card(day: Day, language: Language, *, lead: str = "") -> Screen:
    """What was said of a day, and the buttons to add to it or to change it; the five numbers where nothing was."""
    is_today, facts = day.day == day.today, _facts(day, language)
    lines = [text("day_head", language, day=name(day, language)), *(facts or [text("day_nothing", language)])]
    buttons = [button(f"button_{each}", language, "asks", day.day, each) for each in _offered(day)]
    if facts:
        mood = ("feel",) if is_today else ("asks", day.day, "rating")
        buttons.insert(0, button("button_mood", language, *mood))
    numbers = [] if facts else _answers(day, "rating", language)
    keyboard = [*numbers, *in_rows([*buttons, button("button_days", language, "days")], 2), *_support(day, language)]
    return Screen(led_by(lead, "\n".join(lines)), keyboard)


def question(day: Day, asked: Question, language: Language, *, lead: str = "", beside: Sequence[Button] = ()) -> Screen:
    """A question about a day below what was said of it, or below `lead`; its last row is `beside` and the way on."""
    today = "mood" if asked == "rating" else asked
    key = f"{today}_ask" if day.day == day.today else f"day_{asked}_ask"
    html = text(key, language, day=name(day, language))
    said = lead or "\n".join(_facts(day, language, but=asked))
    ways = [[*beside, _way_on(day, asked, language)], *_support(day, language)]
    return Screen(led_by(said, html), [*_answers(day, asked, language), *ways])


def thanks(day: Day, language: Language, *, last: str = "") -> Screen:
    """The card at the end of the questions, with `last` in the place of the usual thanks; none for nothing."""
    screen = card(day, language)
    if not _facts(day, language):
        return screen
    history = button("button_history", language, "hist", 7)
    onwards = history if day.day == day.today else button("button_days", language, "days")  # several days in a row
    keyboard = [
        [button("button_change", language, "about", day.day), onwards],
        [button("button_home", language, "home")],
        *_support(day, language),
    ]
    return Screen(f"{screen.html}\n\n{last or text('day_done', language)}", keyboard)


def _support(day: Day, language: Language) -> list[list[Button]]:
    """The way to people who listen, as long as the newest word about the day is 1 or 2."""
    return [support.way(language)] if any(warm.is_low(rating) for rating in (*day.ratings[-1:], day.rating)) else []


def next_question(day: Day, after: Question = "rating") -> Question | None:
    """The first question behind `after` to which the day has no answer."""
    behind = QUESTIONS[QUESTIONS.index(after) + 1 :]
    return next((each for each in _offered(day) if each in behind and not getattr(day, each)), None)


def _facts(day: Day, language: Language, *, but: Question | None = None) -> list[str]:
    """A line for each thing that was said of the day."""
    newest = day.ratings[-_RATINGS_SHOWN:]
    ratings = ", ".join(["…"] * (len(newest) < len(day.ratings)) + [str(rating) for rating in newest])
    factors = ", ".join(text(f"factor_{factor}", language) for factor in day.factors)
    sleep = text(f"sleep_{day.sleep}", language) if day.sleep else ""
    lines = [
        (bool(ratings), text("day_ratings", language, ratings=ratings)),
        (bool(day.rating) and but != "rating", text("day_rating_late", language, rating=day.rating)),
        (bool(day.energy) and but != "energy", text("day_energy", language, energy=day.energy)),
        (bool(sleep) and but != "sleep", text("day_sleep", language, sleep=sleep)),
        (bool(factors) and but != "factors", text("day_factors", language, factors=factors)),
    ]
    return [line for is_said, line in lines if is_said]


def _answers(day: Day, asked: Question, language: Language) -> list[list[Button]]:
    """The answers to a question. What stands is ticked; pressed again it is taken back."""
    if asked == "factors":
        labels = [(text(f"factor_{factor}", language), factor, had) for factor, had in _factors(day)]
        return in_rows([choice(label, had, "had", day.day, factor, int(not had)) for label, factor, had in labels], 2)
    if asked == "rating" and day.day == day.today:
        return [mood_row()]
    words = [text(f"sleep_{sleep}", language) for sleep in (1, 2, 3)] if asked == "sleep" else list("12345")
    action: Action = "rated" if asked == "rating" else asked
    told = [(value, value == getattr(day, asked)) for value in range(1, len(words) + 1)]
    return [[choice(words[value - 1], stands, action, day.day, 0 if stands else value) for value, stands in told]]


def _way_on(day: Day, asked: Question, language: Language) -> Button:
    """Past a question; from one that is answered already, and asked to change the answer, back to the card."""
    if asked == "factors":
        return button("button_done", language, "done", day.day)
    if getattr(day, asked):
        return button("settings_button_back", language, "about", day.day)
    following = next_question(day, asked)
    goes = ("asks", day.day, following) if following else ("done", day.day)
    return button("button_skip", language, *goes)


def _offered(day: Day) -> list[Question]:
    """The questions about a day that come after its mood; not the last one where every factor is hidden."""
    return [each for each in QUESTIONS[1:] if each != "factors" or _factors(day)]


def _factors(day: Day) -> list[tuple[Factor, bool]]:
    """The factors that are offered, and whether the day had them; a hidden one that it had can be taken back."""
    had = {factor: factor in day.factors for factor in FACTORS}
    return [(factor, had[factor]) for factor in FACTORS if had[factor] or factor not in day.hidden_factors]


def name(day: Day, language: Language) -> str:
    """The day in words, as `_name` has them."""
    return _name(date.fromisoformat(day.day), date.fromisoformat(day.today), language, "MMMM")


def _name(day: date, today: date, language: Language, month: Literal["MMM", "MMMM"]) -> str:
    """A day in words: "Today", "Yesterday", "Wed, 18 November"."""
    back = (today - day).days
    if back in (0, 1):
        return text("day_yesterday" if back else "day_today", language)
    name = format_date(day, format=f"EEE, d {month}", locale=language)
    return name[0].upper() + name[1:]


def _mean(day: HistoryDay | None, language: Language) -> str:
    """ "3", "3.4"; a dash for a day without ratings."""
    if day is None or not day.ratings:
        return "–"
    return format_decimal(day.rating_sum / day.ratings, format="0.#", locale=language)


FLOW = Flow(
    commands=(Command("day", _lists),),
    buttons=(
        Press("days", _lists),
        Press("about", _of_a_day(_shows)),
        Press("asks", _of_a_day(_asks)),
        Press("rated", _tells("rating")),
        Press("energy", _tells("energy")),
        Press("sleep", _tells("sleep")),
        Press("had", _of_a_day(_ticks)),
        Press("done", _of_a_day(_ends)),
    ),
)
