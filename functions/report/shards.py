"""Which shards a scheduled run visits, and in what order, by nothing but its time."""

from datetime import UTC, datetime, timedelta
from typing import Final

from burnout.values import SHARDS

EVERY: Final = timedelta(minutes=15)
_STRIDE: Final = 97  # odd, so that successive runs begin everywhere: a backlog must not starve always the same people
_SWEPT: Final = 3  # by a run: with 96 runs a day every shard has its turn within 22 hours


def shards_from(at_utc: datetime) -> list[int]:
    """All shards in the order of a run at that time."""
    first = _number(at_utc) * _STRIDE
    return [(first + n) % SHARDS for n in range(SHARDS)]


def shards_to_sweep(at_utc: datetime) -> list[int]:
    """The shards that a run at that time sweeps. A run that never comes delays only these, until their next turn.

    The turn moves by 31 shards from day to day, an odd number: a machine that runs for an hour a day reaches them all.
    """
    first = _number(at_utc) * _SWEPT - at_utc.astimezone(UTC).toordinal()
    return [(first + n) % SHARDS for n in range(_SWEPT)]


def _number(at_utc: datetime) -> int:
    return int(at_utc.timestamp() // EVERY.total_seconds())
