"""The personal scale of the Copenhagen Burnout Inventory (Kristensen et al. 2005, Work & Stress 19:192-207).

Six questions of how often, each 0 (never) to 4 (always); the score is their mean, from 0 to 100.
"""

from statistics import fmean
from typing import Annotated, Final

import msgspec

from burnout.values import DayKey

QUESTIONS: Final = 6
Answers = Annotated[str, msgspec.Meta(pattern=r"^[0-4]{6}\Z")]  # a digit for each question, in their order
_POINTS: Final = 25  # of a step


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """All six answers of a day of the person's own calendar."""

    day: DayKey
    answers: Answers

    @property
    def score(self) -> float:
        """0 (never tired) to 100 (always)."""
        return _POINTS * fmean(map(int, self.answers))
