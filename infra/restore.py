"""What a restored backup needs before people write again.

    python -m infra.restore check FOLDER               PRAGMA integrity_check of every database in a folder
    python -m infra.restore sweep --stack burnout-prod  every shard is swept: whoever was erased is forgotten again

docs/operations.md says when. Exit status: 0, or 1 with a line for each file or shard that is not well.
"""

import argparse
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import boto3

from burnout.errors import StoreUnavailableError
from burnout.invocation import LAMBDA_CONFIG
from burnout.privacy import Sweep, Swept
from burnout.store_client import StoreClient
from infra.smoke import SmokeError, outputs_of, stack_described

SHARDS: Final = 256
_ROUNDS: Final = 50  # a sweep is bounded; what is left waits for the next one
_DONE: Final = Swept()

Ask = Callable[[Sweep], Swept]


def damaged(folder: Path) -> Iterator[tuple[str, str]]:
    """(file, what SQLite says) of each database that is not whole. Raises: ValueError for a folder without any."""
    files = sorted(folder.glob("*.sqlite"))
    if not files:
        raise ValueError(f"{folder} has no databases")
    for file in files:
        try:
            with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as connection:
                said = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
        except sqlite3.Error as error:
            said = [str(error)]
        if said != ["ok"]:
            yield file.name, "; ".join(said)


def swept(ask: Ask, shard: int, at_utc: datetime) -> Swept:
    """What the sweeps of a shard removed together, until one finds nothing. Raises: StoreUnavailableError."""
    total = _DONE
    for _ in range(_ROUNDS):
        found = ask(Sweep(shard=shard, at_utc=at_utc))
        if found == _DONE:
            return total
        total = Swept(
            people=total.people + found.people,
            entries=total.entries + found.entries,
            photos=total.photos + found.photos,
            files=total.files + found.files,
        )
    raise StoreUnavailableError(f"shard {shard}: still something to remove after {_ROUNDS} sweeps")


def sweep_all(ask: Ask, at_utc: datetime) -> int:
    """Every shard is swept; the exit status. Prints what went, and each shard that could not be swept."""
    people, failed = 0, 0
    for shard in range(SHARDS):
        try:
            people += swept(ask, shard, at_utc).people
        except StoreUnavailableError as error:
            failed += 1
            print(f"BAD shard {shard:02x}: {error}", flush=True)
    print(f"{SHARDS - failed} of {SHARDS} shards swept; {people} people forgotten again")
    return 1 if failed else 0


def check_all(folder: Path) -> int:
    """Every database is checked; the exit status."""
    try:
        wrong = list(damaged(folder))
    except ValueError as error:
        print(f"restore: {error}", file=sys.stderr)
        return 1
    for name, said in wrong:
        print(f"BAD {name}: {said}")
    print(f"{len(list(folder.glob('*.sqlite')))} databases checked, {len(wrong)} are not whole")
    return 1 if wrong else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("check").add_argument("folder", type=Path)
    sweep = commands.add_parser("sweep")
    sweep.add_argument("--stack", required=True)
    sweep.add_argument("--region")
    arguments = parser.parse_args(argv)
    if arguments.command == "check":
        return check_all(arguments.folder)
    try:
        outputs = outputs_of(stack_described(arguments.stack, arguments.region))
    except SmokeError as error:
        print(f"restore: {error}", file=sys.stderr)
        return 1
    client = boto3.client("lambda", region_name=arguments.region, config=LAMBDA_CONFIG)
    now_utc = datetime.now(UTC)  # noqa: TID251  (the command line owns the clock)
    return sweep_all(StoreClient(client, outputs["StoreFunctionAlias"]), now_utc)


if __name__ == "__main__":
    sys.exit(main())
