"""The weekly question as a person sees it: report sends it after the report, webhook asks it again."""

from typing import Final

from burnout.telegram.buttons import data_of
from burnout.telegram.calls import Keyboard
from burnout.texts import text
from burnout.values import Language, WeekKey

_ANSWERS: Final = range(1, 6)


def question(week: WeekKey, language: Language) -> tuple[str, Keyboard]:
    """The stem and the five answers in full, as Telegram HTML, and a button for each answer to that week's question."""
    lines = [f"{answer}. {text(f'week_{answer}', language)}" for answer in _ANSWERS]
    buttons = [(str(answer), data_of("week", week, answer)) for answer in _ANSWERS]
    return "\n\n".join([f"<b>{text('week_stem', language)}</b>", *lines]), [buttons]
