"""An export of the store → what the pilot's report is made of. The only place outside the store that reads its files.

An export is a folder with copies of the store's SQLite files (00.sqlite to ff.sqlite). They are opened read-only and as
immutable, so reading changes nothing and takes no lock: a copy, never the store's own folder. Outside this
module a person is a running number; Telegram's ids stay in it.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec

from burnout.emotions import NEGATIVE, Emotion
from burnout.inference import Prediction
from burnout.store.reports import Course, ReadCourse
from burnout.values import Rating
from functions.store.course import read_course
from functions.webhook.assignment import asks_rating_first

T = TypeVar("T")

_QUERY: Final = (
    "SELECT user_id, message_id, shown_model, models_json, agrees, corrected, rating, blind_rating FROM check_ins"
    " LEFT JOIN feedback USING (user_id, message_id) LEFT JOIN self_ratings USING (user_id, message_id)"
    " WHERE view = 'whole'"  # of another face nobody was told an answer
    " ORDER BY user_id, message_id"
)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_HOT_JOURNAL: Final = bytes.fromhex("d9d505f920a163d7")  # sqlite.org/fileformat2.html, section 3; zeros when done with


class ExportError(Exception):
    """The export cannot be read; the message names the file and the problem."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One check-in: what the models said about it, and what the person said."""

    person: int  # running number from 0
    assigned: bool  # by assignment its rating is asked for first, whatever the photo shows
    shown_model: str
    models: dict[str, Prediction]
    agrees: Literal[0, 1] | None
    corrected: Emotion | None
    rating: Rating | None
    blind_rating: Rating | None  # given before the answer was shown

    @property
    def sure(self) -> bool:
        """Whether the person read a side. Where they did not, the rating was asked for first without an assignment."""
        return self.models[self.shown_model].sure

    def corrected_negative(self) -> bool | None:
        """Whether it was negative, by 👍 (as shown) or by the emotion after a 👎; None when neither says so."""
        if self.agrees == 1:
            return self.models[self.shown_model].label == "negative"
        return None if self.corrected is None else self.corrected in NEGATIVE

    def later_rating(self) -> int | None:
        """The self-rating that was given after the answer had been seen, and without a blind one before it."""
        return self.rating if self.blind_rating is None else None


@dataclass(frozen=True)
class Export:
    """The check-ins that could be read, and why how many others could not."""

    trials: tuple[Trial, ...]
    left_out: Mapping[str, int]  # reason -> rows


def read_export(folder: Path) -> Export:
    """All check-ins of the export, person by person.

    A row that is not as the store writes it is left out and counted. Raises: ExportError.
    """
    trials: dict[tuple[int, int], Trial] = {}
    people: dict[int, int] = {}
    left_out: Counter[str] = Counter()
    for row in _each_shard(folder, lambda connection: connection.execute(_QUERY).fetchall()):
        key = row["user_id"], row["message_id"]
        if key in trials:
            left_out["there twice"] += 1
            continue
        try:
            trials[key] = _trial(row, people.setdefault(row["user_id"], len(people)))
        except (msgspec.MsgspecError, RecursionError):
            left_out["not as the store writes it"] += 1
    return Export(tuple(trials.values()), left_out)


def _trial(row: sqlite3.Row, person: int) -> Trial:
    """Raises: msgspec.ValidationError and other MsgspecErrors; RecursionError for JSON that is nested too deeply."""
    models_json = row["models_json"]
    told = {
        "person": person,
        "assigned": asks_rating_first(row["user_id"], row["message_id"]),
        "models": msgspec.json.decode(models_json) if isinstance(models_json, str) else None,
    }
    trial = msgspec.convert(dict(row) | told, type=Trial)
    if trial.shown_model not in trial.models:
        raise msgspec.ValidationError("the shown model has no prediction")
    if not all(0 <= prediction.negative <= 1 for prediction in trial.models.values()):
        raise msgspec.ValidationError("no probability")
    return trial


def courses_with_inventories(folder: Path) -> list[Course]:
    """All that reports would be made of, for each person who answered an inventory. Raises: ExportError."""
    return list(_each_shard(folder, _courses))


def _courses(connection: sqlite3.Connection) -> Iterator[Course]:
    for (user_id,) in connection.execute("SELECT DISTINCT user_id FROM inventories ORDER BY user_id").fetchall():
        course = read_course(connection, ReadCourse(user_id=user_id, since_utc=_EARLIEST, before_utc=_LATEST), _LATEST)
        if course is not None:
            yield course


def _each_shard(folder: Path, read: Callable[[sqlite3.Connection], Iterable[T]]) -> Iterator[T]:
    """What `read` finds in each database of the export, in their order. Raises: ExportError."""
    files = sorted(folder.glob("[0-9a-f][0-9a-f].sqlite"))
    if not files:
        raise ExportError(f"{folder}: no store files (00.sqlite to ff.sqlite)")
    for file in files:
        yield from _found(file, read)


def _found(file: Path, read: Callable[[sqlite3.Connection], Iterable[T]]) -> Iterator[T]:
    journal = file.with_name(f"{file.name}-journal")
    try:
        if journal.exists() and journal.read_bytes()[: len(_HOT_JOURNAL)] == _HOT_JOURNAL:
            raise ExportError(f"{file.name}: copied in the middle of a write (its journal is hot); copy it again")
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda raw: raw.decode(errors="replace")  # bad bytes make their row unreadable
            if connection.execute("PRAGMA user_version").fetchone()[0]:  # 0: made, and never used
                yield from read(connection)
    except (sqlite3.Error, OSError) as error:
        raise ExportError(f"{file.name}: {error}") from error
