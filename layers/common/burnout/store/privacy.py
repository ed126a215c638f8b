"""What `store` is asked about a person's rights: everything deleted or exported, photos donated or taken back.

`burnout.store.operation` has the rules. How long things are kept stands here too, once: docs/privacy.md and the notice
say the same numbers, and tests compare them.
"""

from datetime import timedelta
from typing import Annotated, Any, Final, Literal, get_args

import msgspec

from burnout.store.operation import Choice, Operation, ShardOperation
from burnout.values import PhotoFolder, Utc

PHOTOS_FOR: Final = timedelta(days=1)  # in photos/, should the deletion after the analysis fail
CHECK_INS_FOR: Final = timedelta(days=400)  # check-ins, ratings, answers, reports: a year and a month to compare
INACTIVE_FOR: Final = timedelta(days=180)  # without a check-in, an answer or a new agreement: everything is deleted
UNREACHABLE_FOR: Final = timedelta(days=30)  # after a person blocked the bot: everything is deleted
DEAD_LETTERS_FOR: Final = timedelta(days=30)
SEEN_FOR: Final = timedelta(hours=48)  # answers to updates, numbers of choices: Telegram redelivers for 24 h
DAMAGED_FOR: Final = timedelta(days=30)  # a database file that was set aside for a rescue
ERASURES_FOR: Final = timedelta(days=90)  # the erasure log, longer than the 35 days of backups

Table = Literal[
    "people",
    "check_ins",
    "feedback",
    "self_ratings",
    "moods",
    "days",
    "weekly_answers",
    "inventories",
    "choices",
    "reports",
    "seen_updates",
    "failures",
]  # every table that has rows of a person; a test compares it with the schema
TABLES: Final[tuple[Table, ...]] = get_args(Table)


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Some of a person's rows of one table, in the order of its key; `after` asks for those that follow."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    after: str | None  # None: these were the last


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep of one shard removed."""

    people: int = 0  # erased: inactive, unreachable, or found in the erasure log after a restore
    rows: int = 0  # past their time
    photos: int = 0  # objects past their time, or whose person does not donate any more
    files: int = 0  # damaged databases past their time


class Erase(Choice[int | None], tag="erase", frozen=True):
    """Deletes everything about the person: rows, photos of both prefixes, what the journal still shows.

    The answer is how many check-ins there were; None: the person agreed again after this was said, so all of it stays.

    The erasure log is written first, so that an erasure that was killed halfway is finished by the next sweep, and a
    restored backup forgets the person again.
    """


class SetDonating(Choice[PhotoFolder | None], tag="set_donating", frozen=True):
    """Keeps whether the person donates photos to the improvement of the model.

    Taken back, those in the folder that is answered are deleted.
    """

    donating: bool


class ReadRows(Operation[Rows], tag="read_rows", frozen=True):
    """Reads what a table holds about the person, as it is kept, for their export."""

    table: Table
    after: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    most: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 500  # a Lambda answer has room for 6 MB


class Sweep(ShardOperation[Swept], tag="sweep", frozen=True):
    """Deletes what is past its time on a shard, finishes erasures, and applies the erasure log again.

    Several transactions, each bounded: what is left waits for the next sweep, a day later.
    """

    at_utc: Utc
