"""/check: the Copenhagen Burnout Inventory's personal scale, six questions at most once in four weeks.

One message edits itself from question to question. The answers so far travel in its buttons, so that a half-answered
one is kept nowhere.
"""

from datetime import date, timedelta
from typing import Final

from burnout.schedule import local_day
from burnout.store.inventories import QUESTIONS, Inventory, KeepInventory, ReadInventories
from burnout.telegram.buttons import Sofar
from burnout.texts import short_date, text
from burnout.values import Language
from functions.webhook.flow import Command, Context, Flow, Press, settings_of
from functions.webhook.flows import support
from functions.webhook.screens import Reply, Screen, button, led_by, stale

_ANSWERS: Final = ("never", "seldom", "sometimes", "often", "always")  # 0 to 4
_CANNOT_GO_ON: Final = 3  # which question asks "I can't take it anymore", from 0
_OFTEN: Final = "34"
_HARD_SCORE: Final = 50  # the middle: "sometimes" to all six
_SHOWN: Final = 5  # scores of the course
_ANSWERED_WITHIN: Final = timedelta(days=2)  # of the first question; answers of long ago are no part of today's


def _begins(context: Context) -> Reply:
    """The first question, or the course with the day from which on it is asked again."""
    settings = settings_of(context)
    if settings is None:  # erased meanwhile
        return stale(context.language)
    kept = context.deps.store(ReadInventories(user_id=context.person.id))
    if kept and local_day(context.deps.now_utc(), settings.zone) < kept[-1].next_day:
        return Reply(_wait(kept, context.language))
    return Reply(_question("", context.language))


def _answers(context: Context, sofar: Sofar) -> Reply:
    """The next question; after the sixth the score."""
    language = context.language
    if context.deps.now_utc().timestamp() - context.pressed_date_s > _ANSWERED_WITHIN.total_seconds():
        return stale(language)
    if len(sofar) < QUESTIONS:
        return Reply(_question(sofar, language), outcome="check")
    context.deps.store(KeepInventory(user_id=context.person.id, answers=sofar))
    kept = context.deps.store(ReadInventories(user_id=context.person.id))
    if not kept:  # erased meanwhile
        return stale(language)
    shown = _result(kept, context) if kept[-1].answers == sofar else _wait(kept, language)
    return Reply(shown, outcome="check")


def _question(sofar: Sofar, language: Language) -> Screen:
    number = len(sofar) + 1
    html = text("check_ask", language, number=number, question=text(f"check_{number}", language))
    answers = [
        [button(f"check_{_ANSWERS[value]}", language, "check", f"{sofar}{value}")]
        for value in reversed(range(len(_ANSWERS)))
    ]
    back = [[button("check_back", language, "check", sofar[:-1])]] if sofar else []
    return Screen(led_by("" if sofar else text("check_intro", language), html), [*answers, *back])


def _result(kept: tuple[Inventory, ...], context: Context) -> Screen:
    """The score with its course and, when it is hard, people who listen; a wrong press can be taken back."""
    newest, language = kept[-1], context.language
    course = _course(kept, language)
    ways = [button("check_back", language, "check", newest.answers[:-1]), button("button_home", language, "home")]
    if _is_hard(newest):
        lines = support.lines_at(support.zone_of(context), language)
        return Screen(led_by(course, f"{text('check_hard', language)}\n{lines}"), [ways, support.way(language)])
    said = text("check_result", language, date=short_date(newest.next_day, language))
    return Screen(led_by(course, said), [ways])


def _wait(kept: tuple[Inventory, ...], language: Language) -> Screen:
    next_day = short_date(kept[-1].next_day, language)
    html = led_by(_course(kept, language), text("check_wait", language, date=next_day))
    home = [button("button_home", language, "home")]
    return Screen(html, [home, *([support.way(language)] if _is_hard(kept[-1]) else [])])


def _course(kept: tuple[Inventory, ...], language: Language) -> str:
    """The newest score with its day, and the way to it from those before it."""
    scores = [f"{inventory.score:.0f}" for inventory in kept]
    day = short_date(date.fromisoformat(kept[-1].day), language)
    head = text("check_score", language, score=scores[-1], day=day)
    return "\n".join([head, *([" → ".join(scores[-_SHOWN:])] if scores[1:] else [])])


def _is_hard(inventory: Inventory) -> bool:
    return inventory.score >= _HARD_SCORE or inventory.answers[_CANNOT_GO_ON] in _OFTEN


FLOW = Flow(commands=(Command("check", _begins),), buttons=(Press("check", _answers),))
