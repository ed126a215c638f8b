"""What `store` is asked about the Copenhagen Burnout Inventory's personal scale (docs/inventory.md).

Six questions of how often, each 0 (never) to 4 (always); the score is their mean, from 0 to 100.
`burnout.store.operation` has the rules.
"""

from datetime import date, timedelta
from statistics import fmean
from typing import Annotated, Final

import msgspec

from burnout.store.operation import Choice, Operation
from burnout.values import DayKey

QUESTIONS: Final = 6
EVERY: Final = timedelta(days=28)  # at most; so each comes on the same day of the week
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

    @property
    def next_day(self) -> date:
        """The first day on which the next one may come."""
        return date.fromisoformat(self.day) + EVERY


class KeepInventory(Choice[Inventory | None], tag="keep_inventory", frozen=True):
    """Keeps the six answers as those of the person's own today; of the same day the last ones count.

    Nothing is kept within four weeks of another day's. The answer is the newest that stands; None for somebody who has
    not agreed.
    """

    answers: Answers


class ReadInventories(Operation[tuple[Inventory, ...]], tag="read_inventories", frozen=True):
    """Reads all of a person's, oldest first."""
