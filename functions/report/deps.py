"""What the report function's domain needs from outside, as Protocols: it cannot tell Lambda and HTTP from memory."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from burnout.store.operation import Store
from burnout.telegram.client import Telegram
from burnout.values import Language, Theme
from functions.report.pictures.facts import ChartFacts

Draw = Callable[[ChartFacts, Language, Theme], bytes]  # a PNG


@dataclass(frozen=True)
class Deps:
    """Everything that lies outside the domain."""

    store: Store
    telegram: Telegram
    draw_course: Draw
    draw_calendar: Draw
    now_utc: Callable[[], datetime]  # a scheduled run has its own time, and asks only how late it is
    clock: Callable[[], float]  # seconds, never set back
    sleep: Callable[[float], None]  # seconds
    uniform: Callable[[float, float], float]  # a random number between two
