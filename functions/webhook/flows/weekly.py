"""What an answer to the weekly question leads to, and the question once more, to correct a wrong press."""

from datetime import datetime, timedelta
from typing import Final

from burnout.schedule import iso_week
from burnout.store.reports import AnswerWeek
from burnout.texts import text
from burnout.week_question import question
from functions.webhook.flow import Context, Flow, Press
from functions.webhook.flows import support
from functions.webhook.screens import Reply, Screen, button, stale

_HARD: Final = {3: "week_burning", 4: "week_hard", 5: "week_lost"}


def _ask(context: Context, week: str) -> Reply:
    if not _is_near(week, context.deps.now_utc()):
        return stale(context.language)
    return Reply(Screen(*question(week, context.language)), outcome="week")


def _answer(context: Context, week: str, answer: int) -> Reply:
    if not _is_near(week, context.deps.now_utc()):
        return stale(context.language)
    stands = context.deps.store(AnswerWeek(user_id=context.person.id, week=week, answer=answer))
    if stands is None:
        return stale(context.language)
    noted = text("week_noted", context.language, answer=answer) if stands == answer else ""
    return Reply(_thanks(week, stands, context), noted, outcome="week")


def _is_near(week: str, now_utc: datetime) -> bool:
    """Whether it is this ISO week or a neighbour: in UTC, so that it holds in every zone and after a late report."""
    return week in {iso_week((now_utc + timedelta(weeks=weeks)).date()) for weeks in (-1, 0, 1)}


def _thanks(week: str, answer: int, context: Context) -> Screen:
    """What was chosen and, when it was hard, people who listen; and the question again, to correct a wrong press."""
    language = context.language
    chosen, again = text("week_answer", language, answer=answer), [button("week_button_again", language, "ask", week)]
    if answer not in _HARD:
        return Screen(f"{chosen}\n\n{text('week_kept', language)}", [again])
    lines = support.lines_at(support.zone_of(context), language)
    return Screen(f"{chosen}\n{text(_HARD[answer], language)}\n\n{lines}", [again, support.way(language)])


FLOW = Flow(buttons=(Press("ask", _ask), Press("week", _answer)))
