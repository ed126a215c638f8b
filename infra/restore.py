"""`python -m infra.restore --stack burnout-prod`: what a restored backup needs before people write again.

Every shard is swept until a sweep finds nothing: a person who was erased since the backup is erased again, by
the erasure log. docs/operations.md says when. Exit status: 0, or 1 with a line for each shard that could not be swept.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import boto3

from burnout.clock import now_utc
from burnout.errors import StoreUnavailableError
from burnout.invocation import LAMBDA_CONFIG
from burnout.store.client import StoreClient
from burnout.store.privacy import Sweep, Swept
from burnout.values import SHARDS
from infra.smoke import SmokeError, outputs_of, stack_described

_ROUNDS: Final = 50  # a sweep is bounded; what is left waits for the next one

Ask = Callable[[Sweep], Swept]


def forgotten(ask: Ask, shard: int, at_utc: datetime) -> int:
    """How many people were erased until a sweep of the shard found nothing. Raises: StoreUnavailableError."""
    people = 0
    for _ in range(_ROUNDS):
        found = ask(Sweep(shard=shard, at_utc=at_utc))
        if found == Swept():
            return people
        people += found.people
    raise StoreUnavailableError(f"shard {shard}: still something to remove after {_ROUNDS} sweeps")


def sweep_all(ask: Ask, at_utc: datetime) -> int:
    """Every shard is swept; the exit status. Prints what was erased, and each shard that could not be swept."""
    people, failed = 0, 0
    for shard in range(SHARDS):
        try:
            people += forgotten(ask, shard, at_utc)
        except StoreUnavailableError as error:
            failed += 1
            print(f"BAD shard {shard:02x}: {error}", flush=True)
    print(f"{SHARDS - failed} of {SHARDS} shards swept; {people} people forgotten again")
    return 1 if failed else 0


def folder_of(described: Mapping[str, Any]) -> str:
    """Where the databases of a described stack lie on its file system."""
    return next(
        str(each["ParameterValue"]) for each in described["Parameters"] if each["ParameterKey"] == "DatabaseFolder"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Sweeps every shard of a deployed stack; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.restore", description=__doc__)
    parser.add_argument("--stack", required=True, help="the stack's name, such as burnout-prod")
    parser.add_argument("--region", help="default: the one of your AWS configuration")
    arguments = parser.parse_args(argv)
    try:
        described = stack_described(arguments.stack, arguments.region)
        outputs = outputs_of(described)
    except SmokeError as error:
        print(f"restore: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.stack} has its databases in {folder_of(described)}")
    client = boto3.client("lambda", region_name=arguments.region, config=LAMBDA_CONFIG)
    return sweep_all(StoreClient(client, outputs["StoreFunctionAlias"]), now_utc())


if __name__ == "__main__":
    sys.exit(main())
