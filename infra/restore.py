"""`python -m infra.restore [start|finish|tidy] --stack burnout-prod`: the databases from a backup.

start   stops webhook, report and app, restores a copy beside the databases, checks each file, says how to switch
finish  after the switch: erases again who was erased since, by the erasure log, and lets the three run
tidy    deletes the databases that nobody uses any more, of before and of earlier restores

Each may be repeated. docs/operations.md says when. Exit status: 0, or 1 with a line for what is not well.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from burnout.clock import now_utc
from burnout.errors import StoreUnavailableError
from burnout.invocation import LAMBDA_CONFIG
from burnout.store.client import StoreClient
from burnout.store.privacy import Sweep, Swept
from burnout.values import SHARDS
from infra import restore_job
from infra.checks import parameters_of
from infra.restore_job import RestoreError
from infra.restore_look import looking
from infra.smoke import SmokeError, outputs_of, stack_described
from infra.templates import read

_ROUNDS: Final = 50  # a sweep is bounded; what is left waits for the next one
_STOPPED: Final = ("Webhook", "Report", "App")

Ask = Callable[[Sweep], Swept]


@dataclass(frozen=True)
class Deployed:
    """The stack, as CloudFormation describes it."""

    session: boto3.Session
    described: Mapping[str, Any]

    def output(self, name: str) -> str:
        """Raises: RestoreError for one that an older template does not have."""
        outputs = outputs_of(self.described)
        if name not in outputs:
            raise RestoreError(f"the stack has no output {name}: deploy the present template first")
        return outputs[name]

    @property
    def parameters(self) -> dict[str, str]:
        """The stack's parameters."""
        return parameters_of(self.described)

    @property
    def folder(self) -> str:
        """Where its databases lie on its file system."""
        return self.parameters["DatabaseFolder"]


def start(deployed: Deployed, before: datetime | None, job: str | None, *, is_sure: bool) -> int:
    """A copy lies beside the present databases, and every file was checked; the exit status."""
    backup = deployed.session.client("backup")
    vault, files = deployed.output("BackupVaultName"), deployed.output("FileSystemId")
    if job is None:
        point = restore_job.newest_point(backup, vault, files, before)
        print(f"the copy of {point['CreationDate']:%Y-%m-%d %H:%M} UTC; what came later is lost to the people")
        if not is_sure and input("Stop webhook, report and app, and restore it? [y/N] ") != "y":
            return 1
    stop(deployed)
    if job is None:
        job = restore_job.start(backup, vault, files, point, deployed.output("RestoreRoleArn"))
    print(f"job {job}; should this end early, type it again with --job {job}")
    restore_job.wait(backup, job)
    return checked(deployed)


def checked(deployed: Deployed) -> int:
    """Every restored file is checked; the exit status. Prints what is damaged, and the release that switches."""
    with looking(deployed.session, deployed.output("StoreFunctionAlias"), deployed.output("FileSystemId")) as look:
        listed = look()
        folder = restore_job.folder_of(listed, deployed.folder)
        files = [file for file in listed if file.rpartition("/")[0] == folder]
        damages = {file: said for file in files if (said := look(check=file))}
    for file, said in damages.items():
        print(f"BAD {file}: {said}")
    print(f"{len(files)} databases checked, {len(damages)} are not whole. Now switch, then `finish`:")
    print(
        f'sam build --config-env "$SETTING"\npython -m infra.release --config-env "$SETTING" --database-folder {folder}'
    )
    print('sam deploy --config-env "$SETTING"')
    return 1 if damages else 0


def stop(deployed: Deployed) -> None:
    """Nobody reads or writes: Telegram keeps what comes for 24 hours, and the page says that it did not get through."""
    for name in _STOPPED:
        _lambda(deployed).put_function_concurrency(
            FunctionName=_function(deployed, name), ReservedConcurrentExecutions=0
        )
    print("webhook, report and app are stopped")


def let_run(deployed: Deployed) -> None:
    """The three have as many calls as the template gives them."""
    for name in _STOPPED:
        function = _function(deployed, name)
        reserved = read()["Resources"][f"{name}Function"]["Properties"]["ReservedConcurrentExecutions"]["Fn::If"][1]
        if deployed.parameters["ReserveConcurrency"] == "true":
            _lambda(deployed).put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=reserved)
        else:
            _lambda(deployed).delete_function_concurrency(FunctionName=function)
    print("webhook, report and app run")


def _lambda(deployed: Deployed) -> Any:
    return deployed.session.client("lambda", config=LAMBDA_CONFIG)


def _function(deployed: Deployed, name: str) -> str:
    return f"burnout-{deployed.parameters['Stage']}-{name.lower()}"


def finish(deployed: Deployed) -> int:
    """What was restored forgets again, and people may write; the exit status. Raises: RestoreError."""
    stop(deployed)  # the release may have let them run
    with looking(deployed.session, deployed.output("StoreFunctionAlias"), deployed.output("FileSystemId")) as look:
        if not any(file.rpartition("/")[0] == deployed.folder for file in look()):
            raise RestoreError(f"nothing was restored to {deployed.folder}: first the release that `start` printed")
    print(f"the databases are those in {deployed.folder}")
    status = sweep_all(StoreClient(_lambda(deployed), deployed.output("StoreFunctionAlias")), now_utc())
    if status == 0:
        let_run(deployed)
        print("Who erases themselves from now on stays in the older files: `tidy`, once you do not need them")
    return status


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


def tidy(deployed: Deployed, *, is_sure: bool) -> int:
    """No databases are on the file system but those in use; the exit status."""
    if not is_sure and input(f"Delete every database that is not in {deployed.folder}? [y/N] ") != "y":
        return 1
    with looking(deployed.session, deployed.output("StoreFunctionAlias"), deployed.output("FileSystemId")) as look:
        print(f"{look(remove_all_but=deployed.folder)} files deleted")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Does what was asked; the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        session = boto3.Session(region_name=arguments.region)
        deployed = Deployed(session, stack_described(arguments.stack, arguments.region))
        if arguments.what == "finish":
            return finish(deployed)
        if arguments.what == "tidy":
            return tidy(deployed, is_sure=arguments.yes)
        return start(deployed, arguments.at, arguments.job, is_sure=arguments.yes)
    except (RestoreError, SmokeError, ClientError, BotoCoreError, EOFError) as error:
        print(f"restore: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.restore", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("start", "finish", "tidy"), default="start")
    parser.add_argument("--stack", required=True, help="the stack's name, such as burnout-prod")
    parser.add_argument("--region", help="default: the one of your AWS configuration")
    parser.add_argument(
        "--at", type=_moment, metavar="TIME", help="the newest copy of before, such as 2026-11-29T02:00"
    )
    parser.add_argument("--job", metavar="ID", help="go on with a restore job of before")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
