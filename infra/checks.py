"""What is looked at before a release: bad input gets one sentence that says what to do, before anything is changed.

Nothing here changes anything, at AWS or on this machine. docs/operations.md has the same as a table.
"""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from burnout.errors import TelegramRejectedError, TelegramUnavailableError
from burnout.telegram.client import TELEGRAM_URL, TelegramClient
from functions.store.schema import shipped_schema
from infra.templates import read
from infra.webhook import Bot

FOLDERS: Final = ("functions", "layers")  # what `sam build` reads, with the template
OPTIONS: Final = {"OperatorContact": "--contact", "AlarmEmail": "--alarm-email", "DatabaseFolder": "--database-folder"}
_SERVED: Final = "prod"  # the stage with people in it
_MACHINES: Final = {"x86_64": 0x3E, "arm64": 0xB7}  # of an ELF file, at byte 18
_STAND_IN: Final = '{{index .Config.Labels "burnout.stand-in"}}'
_DOCKER_LIMIT_S: Final = 20
_FIRST_TRY: Final = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}


class RefusedError(Exception):
    """Nothing was changed. The text says what to do."""


@dataclass(frozen=True)
class Plan:
    """A release that may come: an environment of samconfig.toml, where it goes, what its parameters will be."""

    environment: str
    root: Path
    session: boto3.Session
    stack: Mapping[str, Any] | None  # as CloudFormation describes it; None before the first deployment
    values: Mapping[str, str]
    telegram_url: str = TELEGRAM_URL

    @property
    def deployed(self) -> dict[str, str]:
        """The parameters of the stack as it is."""
        return parameters_of(self.stack)


@cache
def known_parameters() -> Mapping[str, Any]:
    """The template's parameters, by name."""
    parameters: Mapping[str, Any] = read()["Parameters"]
    return parameters


def parameters_of(stack: Mapping[str, Any] | None) -> dict[str, str]:
    """The parameters of a described stack; none where there is no stack."""
    return {each["ParameterKey"]: each["ParameterValue"] for each in (stack or {}).get("Parameters", ())}


def looked_at(plan: Plan) -> None:
    """Everything that a release needs is there. Raises: RefusedError."""
    for check in (parameters, alarm_email, built, processor, image, migration, repository, token):
        check(plan)


def region(configured: str) -> None:
    """Raises: RefusedError."""
    ((allowed, _),) = (each["Assert"]["Fn::Contains"] for each in read()["Rules"]["Region"]["Assertions"])
    if configured not in allowed:
        raise RefusedError(f"samconfig.toml says {configured}, and people's data stays in {' or '.join(allowed)}")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        here = os.environ.get(name, configured)  # noqa: TID251  (what the other commands of the page read)
        if here != configured:
            raise RefusedError(f"{name} is {here}, and samconfig.toml deploys to {configured}: make them the same")


def login(session: boto3.Session) -> None:
    """Raises: RefusedError."""
    try:
        session.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        raise RefusedError(
            f"AWS does not take this login ({error}): log in anew (`aws sso login` of AWS CLI 2), or take new keys, "
            "until `aws sts get-caller-identity` answers"
        ) from None


def stack_of(session: boto3.Session, name: str) -> Mapping[str, Any] | None:
    """The stack as CloudFormation describes it, None when there is none yet. Raises: RefusedError; ClientError."""
    try:
        (stack,) = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    status = stack["StackStatus"]
    if status == "REVIEW_IN_PROGRESS":  # a change set that nobody has run: there is nothing yet
        return None
    if status in _FIRST_TRY:
        raise RefusedError(
            f"the first deployment of {name} failed ({status}), and nothing of anybody's is in it: "
            f"`aws cloudformation delete-stack --stack-name {name}`, then again"
        )
    if status.endswith("_IN_PROGRESS"):
        raise RefusedError(f"{name} is being changed ({status}): wait, and type this again")
    if status.endswith("_FAILED"):
        raise RefusedError(
            f"{name} is {status}: `aws cloudformation describe-stack-events --stack-name {name}` says why"
        )
    described: Mapping[str, Any] = stack
    return described


def parameters(plan: Plan) -> None:
    """Raises: RefusedError for the first one that CloudFormation would not take."""
    known, table = known_parameters(), f"samconfig.toml, [{plan.environment}.deploy.parameters]"
    if unknown := plan.values.keys() - known:
        raise RefusedError(f"{table} gives {', '.join(sorted(unknown))}, and the template has no such parameter")
    for name, rules in known.items():
        if wrong := wrong_with(rules, plan.values.get(name)):
            what = rules.get("Description", "")
            raise RefusedError(f"{name} {wrong}: give it by {OPTIONS.get(name, table)}{f' ({what})' if what else ''}")


def wrong_with(rules: Mapping[str, Any], value: str | None) -> str:
    """What is wrong with a value for a parameter of these rules; empty when nothing is."""
    if value is None:
        return "is missing"
    if value not in map(str, rules.get("AllowedValues", (value,))):
        return f"is {value}, not one of {', '.join(map(str, rules['AllowedValues']))}"
    if not rules.get("MinLength", 0) <= len(value) <= rules.get("MaxLength", len(value)):
        return f"is empty or of a wrong length ({value!r})"
    if not re.fullmatch(rules.get("AllowedPattern", ".*"), value):
        return f"is {value!r}, which does not fit {rules['AllowedPattern']}"
    if rules["Type"] == "Number" and not _is_within(rules, value):
        return f"is {value!r}, not a number from {rules.get('MinValue')} to {rules.get('MaxValue', 'any')}"
    return ""


def _is_within(rules: Mapping[str, Any], value: str) -> bool:
    try:
        return rules.get("MinValue", float(value)) <= float(value) <= rules.get("MaxValue", float(value))  # type: ignore[no-any-return]
    except ValueError:
        return False


def alarm_email(plan: Plan) -> None:
    """Raises: RefusedError."""
    if not plan.values["AlarmEmail"] and plan.values["Stage"] == _SERVED:
        raise RefusedError("AlarmEmail is empty, so nobody would hear of an alarm: give it by --alarm-email")


def built(plan: Plan) -> None:
    """Raises: RefusedError when there is no build of what lies here."""
    template = plan.root / ".aws-sam" / "build" / "template.yaml"
    if not template.exists():
        raise RefusedError(f"nothing is built: `sam build --config-env {plan.environment}`")
    newest = max((plan.root / "infra" / "template.yaml", *_sources(plan.root)), key=lambda each: each.stat().st_mtime)
    if newest.stat().st_mtime > template.stat().st_mtime:
        name = newest.relative_to(plan.root)
        raise RefusedError(f"{name} is newer than the build: `sam build --config-env {plan.environment}`")


def _sources(root: Path) -> list[Path]:
    files = (file for folder in FOLDERS for file in (root / folder).rglob("*") if file.is_file())
    return sorted(file for file in files if "__pycache__" not in file.parts)


def processor(plan: Plan) -> None:
    """Raises: RefusedError when a library was built for another processor than the functions'."""
    wanted = plan.values["ZipArchitecture"]
    library = next((plan.root / ".aws-sam" / "build" / "CommonLayer").rglob("*.so"), None)
    if library is not None and library.read_bytes()[18] != _MACHINES[wanted]:
        raise RefusedError(f"the build is not for {wanted}: `sam build --config-env {plan.environment}`")


def image(plan: Plan) -> None:
    """Raises: RefusedError when infer's image is not here, or not for AWS."""
    resource = read(plan.root / ".aws-sam" / "build" / "template.yaml")["Resources"]["InferFunction"]
    name = resource["Properties"].get("ImageUri", "")
    if ".dkr.ecr." in name:  # pushed already
        return
    try:
        command = ["docker", "image", "inspect", name, "--format", _STAND_IN]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_DOCKER_LIMIT_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        raise RefusedError("Docker does not answer, so infer's image cannot be pushed: start it") from None
    if "no such image" in done.stderr.lower():
        raise RefusedError(f"infer's image is not here: `sam build --config-env {plan.environment}`")
    if done.returncode:
        raise RefusedError(f"Docker does not answer, so infer's image cannot be pushed: {done.stderr.strip()[:200]}")
    if done.stdout.strip() not in {"", "<no value>"} and _is_aws(plan.session):
        raise RefusedError("infer's image stands on a stand-in: build where public.ecr.aws can be reached")


def _is_aws(session: boto3.Session) -> bool:
    return "amazonaws." in session.client("sts").meta.endpoint_url


def schema_of(root: Path) -> int:
    """Which schema of the databases this release has."""
    return len(shipped_schema(root / "functions" / "store"))


def digest_of_other_code(root: Path) -> str:
    """Ten letters that change with any code that is not store's, and with the template."""
    digest = hashlib.sha256()
    for file in (root / "infra" / "template.yaml", *_sources(root)):
        name = file.relative_to(root).as_posix()
        if not name.startswith("functions/store/"):
            digest.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:10]


def migrates(deployed: Mapping[str, str], schema: int) -> bool:
    """Whether a release changes the schema of databases that are there."""
    return int(deployed.get("Schema", 0)) not in {0, schema}


def migration(plan: Plan) -> None:
    """A migration comes alone: an alarm about other code would take the store back, which refuses migrated files.

    Raises: RefusedError.
    """
    before, schema = int(plan.deployed.get("Schema", 0)), int(plan.values["Schema"])
    if schema < before:
        raise RefusedError(f"the databases have schema {before}, this store knows {schema}: deploy a newer commit")
    if migrates(plan.deployed, schema) and plan.deployed["OtherCode"] != plan.values["OtherCode"]:
        raise RefusedError(
            f"this release takes the databases from schema {before} to {schema} and changes other code: "
            "deploy functions/store alone, then the rest"
        )


def repository(plan: Plan) -> None:
    """Raises: RefusedError when infer's image has nowhere to go."""
    repository_uri(plan)


def repository_uri(plan: Plan) -> str:
    """Where infer's image goes. Raises: RefusedError; ClientError."""
    stage = plan.values["Stage"]
    try:
        found = plan.session.client("ecr").describe_repositories(repositoryNames=[f"burnout/{stage}/infer"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "RepositoryNotFoundException":
            raise
        raise RefusedError(
            "infer's image has no repository: `aws cloudformation deploy --template-file infra/repository.yaml "
            f"--stack-name burnout-images-{stage} --parameter-overrides Stage={stage}`"
        ) from None
    return str(found["repositories"][0]["repositoryUri"])


def token(plan: Plan) -> None:
    """Raises: RefusedError when functions that are there already could not start or speak."""
    if plan.stack is None:
        return
    found = bot_secret(plan.session, plan.values["Stage"]).get("token")
    how = f"`python -m infra.release --config-env {plan.environment} --token`"
    if not found:
        raise RefusedError(f"the bot has no token yet, and report would fail during the release: {how}")
    if is_refused(found, plan.telegram_url):
        raise RefusedError(f"Telegram refuses the bot's token: take the present one from @BotFather, then {how}")


def secret_name(stage: str) -> str:
    """What the stack calls its secret."""
    return f"burnout/{stage}/telegram"


def bot_secret(session: boto3.Session, stage: str) -> dict[str, str]:
    """The content of the stack's secret. Raises: ClientError."""
    said = session.client("secretsmanager").get_secret_value(SecretId=secret_name(stage))
    content: dict[str, str] = json.loads(said["SecretString"])
    return content


def is_refused(bot_token: str, telegram_url: str = TELEGRAM_URL) -> bool:
    """Whether Telegram says that no bot has this token; a Telegram that does not answer says nothing."""
    try:
        Bot(TelegramClient(bot_token, telegram_url)).call("getMe")
    except TelegramRejectedError:
        return True
    except TelegramUnavailableError:
        return False
    return False
