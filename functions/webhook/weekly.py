"""The weekly question, asked when its button is pressed, and what an answer leads to."""

from datetime import datetime, timedelta
from typing import Final

from burnout.helplines import help_card
from burnout.schedule import iso_week
from burnout.store.reports import AnswerWeek
from burnout.telegram.buttons import AskWeek, WeekAnswer, data_of
from burnout.texts import text
from burnout.values import Language
from functions.webhook.deps import Deps, Person
from functions.webhook.screens import Reply, Screen, stale

_ANSWERS: Final = range(1, 6)


def pressed(button: AskWeek | WeekAnswer, person: Person, deps: Deps) -> Reply:
    """The question as a new message, or the thanks in its place. Only for a week that is near."""
    if button.week not in _near(deps.now_utc()):
        return stale(person.language)
    if isinstance(button, AskWeek):
        return Reply(then=question(button.week, person.language).sent_to(person.id), outcome="week")
    deps.store(AnswerWeek(user_id=person.id, week=button.week, answer=button.answer))
    screen = thanks(button.week, button.answer, person.language)
    return Reply(text("week_noted", person.language, answer=button.answer), screen, outcome="week")


def _near(now_utc: datetime) -> set[str]:
    """This ISO week and its neighbours: in UTC, so that it holds in every zone and a day after a late report."""
    return {iso_week((now_utc + timedelta(weeks=weeks)).date()) for weeks in (-1, 0, 1)}


def question(week: str, language: Language) -> Screen:
    """The stem, the five answers in full, and a button for each."""
    lines = [f"{answer}. {text(f'week_{answer}', language)}" for answer in _ANSWERS]
    buttons = [(str(answer), data_of(WeekAnswer(week, answer))) for answer in _ANSWERS]
    return Screen("\n\n".join([f"<b>{text('week_stem', language)}</b>", *lines]), [buttons])


def thanks(week: str, answer: int, language: Language) -> Screen:
    """What was chosen, where help is when it was hard, and the question again for a slip of the finger."""
    chosen = text("week_answer", language, answer=answer, words=text(f"week_{answer}", language))
    kept = text("week_hard" if answer == 4 else "week_kept", language)
    reply = help_card(language) if answer == 5 else kept
    return Screen(f"{chosen}\n\n{reply}", [[(text("week_button_again", language), data_of(AskWeek(week)))]])
