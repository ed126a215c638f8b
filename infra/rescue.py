"""`python -m infra.rescue --data FOLDER`: what was set aside as malformed, and what it still gives back.

Alone it lists them. `--rescue 79 --erasures FILE` reads what can be read of shard 79's, on copies, and merges it into
the live shard, a person at a time, by the store's own transactions. No row of the live shard is changed, nobody comes
back who was erased, and a second run changes nothing. It runs where the files are; docs/operations.md says how.
Exit status: 0, or 1 with a sentence.
"""

import argparse
import sqlite3
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from burnout.clock import now_utc
from burnout.store.privacy import DAMAGED_FOR, TABLES, Table
from burnout.values import SHARDS
from functions.store.database import shard_file, shard_path, transaction_on
from functions.store.erasure import ERASURES, is_settled, log_key, log_prefix, set_aside_of, settle, settle_all
from functions.store.errors import ShardError
from functions.store.files import journal_of
from functions.store.people import person_of
from functions.store.retention import forget_if_going
from infra.salvage import Found, RescueError, Row, salvaged

_ENDINGS: Final = ("merged", "already there", "refused", "settled before")


class _RefusedError(Exception):
    """This person's rows stay where they are. The text says why, `ending` what their rows are counted as."""

    def __init__(self, why: str, ending: str = "refused") -> None:
        super().__init__(why)
        self.ending = ending


def rescue(aside: Path, live: Path, logged: Collection[str], at_utc: datetime) -> Iterator[str]:
    """Merges a database that was set aside; lines that say what became of it. Raises: RescueError; ShardError."""
    with TemporaryDirectory() as folder:
        found = salvaged(aside, Path(folder))
    one = _Rescue(aside, live, logged, at_utc, found)
    rows: Counter[tuple[Table, str]] = Counter()
    people: Counter[str] = Counter()
    for user_id in sorted(found.people(), key=str):
        try:
            rows += one.merged(user_id)
            people["merged"] += 1
        except _RefusedError as error:
            rows.update((table, error.ending) for table, _ in found.of(user_id))
            people[str(error)] += 1
    yield f"{aside.name}: {people.total()} people"
    for table in TABLES:
        ends = ", ".join(f"{rows[table, ending]} {ending}" for ending in _ENDINGS)
        trouble = f"; not read to the end: {found.troubles[table]}" if table in found.troubles else ""
        yield f"  {table}: {len(found.rows[table])} rows read: {ends}{trouble}"
    yield from (f"  {n} people: {what}" for what, n in people.items())


@dataclass(frozen=True)
class _Rescue:
    """What one database gives back to the live shard."""

    aside: Path
    live: Path
    logged: Collection[str]
    at_utc: datetime
    found: Found

    def merged(self, user_id: object) -> Counter[tuple[Table, str]]:
        """What became of a person's rows. Raises: _RefusedError; ShardError."""
        if not isinstance(user_id, int) or user_id <= 0 or shard_path(self.live.parent, user_id) != self.live:
            raise _RefusedError("not of this shard, so their rows are damaged")
        pseudonyms = self.found.pseudonyms()
        if user_id not in pseudonyms:
            if not {*self.logged} <= {log_key(pseudonym) for pseudonym in pseudonyms.values()}:
                raise _RefusedError("no pseudonym could be read, and the log has an erasure that may be theirs")
        elif log_key(pseudonyms[user_id]) in self.logged:
            settle_all(self.live, user_id)  # an older one has them under another pseudonym
            raise _RefusedError("erased, by the log")
        rows = transaction_on(self.live, partial(self._merge, user_id=user_id))
        settle(self.aside, user_id)
        return rows

    def _merge(self, connection: sqlite3.Connection, user_id: int) -> Counter[tuple[Table, str]]:
        """As `merged`, inside the transaction. Raises: _RefusedError, which rolls it back."""
        if is_settled(self.aside, user_id):
            raise _RefusedError("erased since, or merged before", "settled before")
        rows = Counter((table, _inserted(connection, table, row)) for table, row in self.found.of(user_id))
        if person_of(connection, user_id) is None:
            raise _RefusedError("their agreement could not be read: once they have agreed again, repeat this")
        if forget_if_going(connection, user_id, self.at_utc, self.logged) is not None:
            raise _RefusedError("past their time, or erased")
        return rows


def _inserted(connection: sqlite3.Connection, table: Table, row: Row) -> str:
    """What became of a row; nothing that is there changes. A donated photo of an older agreement is not theirs now."""
    if row.get("photo_key") is not None:
        person = person_of(connection, row["user_id"])
        row = {**row, "photo_key": person.donated(row["photo_key"]) if person else None}
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    query = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608  (names of ours)
    try:
        return "merged" if connection.execute(query, tuple(row.values())).rowcount else "already there"
    except (sqlite3.IntegrityError, OverflowError, UnicodeEncodeError):
        return "refused"


def erasures(listing: Path, shard: int) -> set[str]:
    """The shard's entries of the erasure log, of a file that lists them. Raises: RescueError; OSError."""
    keys = set(listing.read_text(encoding="utf-8").split()) - {"None"}  # as the AWS CLI says "no entry"
    if wrong := sorted(key for key in keys if not key.startswith(ERASURES)):
        raise RescueError(f"{listing} is no list of the erasure log: {wrong[0]}")
    return {key for key in keys if key.startswith(log_prefix(shard))}


def _listed(data: Path) -> int:
    """Prints what was set aside; the exit status."""
    if not any(data.glob("??.sqlite*")):
        print(f"{data} has no databases")
        return 1
    asides = [aside for shard in range(SHARDS) for aside in set_aside_of(shard_file(data, shard))]
    for aside in asides:
        journal = " and a journal" if journal_of(aside).exists() else ""
        print(f"{aside.name}: {aside.stat().st_size} bytes{journal}, kept for {DAMAGED_FOR.days} days")
    print(f"{len(asides)} databases were set aside")
    return 0


def _shard(digits: str) -> int:
    """The number of a shard. Raises: ValueError."""
    return range(SHARDS).index(int(digits, 16))


def main(argv: Sequence[str] | None = None) -> int:
    """Lists what was set aside, or rescues a shard's; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.rescue", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="where the databases lie")
    parser.add_argument("--rescue", metavar="SHARD", type=_shard, help="its two hex digits, such as 79")
    parser.add_argument("--erasures", type=Path, metavar="FILE", help="lists the shard's erasure log")
    arguments = parser.parse_args(argv)
    if arguments.rescue is None:
        return _listed(arguments.data)
    if arguments.erasures is None:
        parser.error("--rescue needs --erasures, or the erased would come back")
    live = shard_file(arguments.data, arguments.rescue)
    try:
        logged = erasures(arguments.erasures, arguments.rescue)
        asides = set_aside_of(live)  # the newest first: its rows are the ones that stay
        for aside in asides:
            for line in rescue(aside, live, logged, now_utc()):
                print(line)
        if not asides:
            raise RescueError(f"nothing of {live.name} was set aside in {arguments.data}")
    except (RescueError, ShardError, OSError) as error:
        print(f"rescue: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
