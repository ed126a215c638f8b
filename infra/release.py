"""`python -m infra.release --config-env prod`: looks first, then writes what `sam deploy` needs.

    sam build --config-env prod
    python -m infra.release --config-env prod      # .aws-sam/build/release.toml, and where the image goes
    sam deploy --config-env prod

It changes nothing at AWS. The contact and the address for alarms are asked for once: the stack keeps them. `--token`
puts the bot's token into the stack's secret instead. Exit status: 0, or 3 with one sentence: then nothing was changed.
"""

import argparse
import getpass
import json
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from burnout import redaction
from burnout.redaction import TOKEN
from burnout.telegram.client import TELEGRAM_URL
from infra import checks
from infra.checks import OPTIONS, Plan, RefusedError, known_parameters
from local.aws import environment

ROOT: Final = Path(__file__).parents[1]
_REFUSED: Final = 3  # 2 is argparse's
_GRADUAL: Final = ("GradualDeployments", "GradualInfer", "GradualStore")
_ASKED: Final = ("OperatorContact", "AlarmEmail")


def planned(arguments: argparse.Namespace, root: Path) -> Plan:
    """The release that the arguments ask for. Raises: RefusedError; ClientError; BotoCoreError."""
    config = _deployment(root, arguments.config_env)
    checks.region(config["region"])
    session = boto3.Session(region_name=config["region"])
    checks.login(session)
    stack = checks.stack_of(session, config["stack_name"])
    deployed = {name: value for name, value in checks.parameters_of(stack).items() if name in known_parameters()}
    configured = _configured(config)
    given = {name: value for name in OPTIONS if (value := getattr(arguments, name)) is not None}
    values = _defaults() | deployed | configured | given
    if stack is None:
        values |= _asked(values)
    schema = checks.schema_of(root)
    values |= {name: (_defaults() | configured)[name] for name in _GRADUAL}
    if checks.migrates(deployed, schema):  # back by itself would be a store that refuses what it finds
        values |= dict.fromkeys(_GRADUAL, "false")
    values |= {"Release": str(int(time.time())), "Schema": str(schema), "OtherCode": checks.digest_of_other_code(root)}
    return Plan(arguments.config_env, root, session, stack, values, arguments.telegram_url)


def _deployment(root: Path, environment: str) -> dict[str, Any]:
    config = tomllib.loads((root / "samconfig.toml").read_text(encoding="utf-8"))
    try:
        found: dict[str, Any] = config[environment]["deploy"]["parameters"]
    except KeyError:
        known = ", ".join(name for name, each in config.items() if isinstance(each, dict) and "deploy" in each)
        raise RefusedError(f"samconfig.toml has no environment {environment} to deploy: it has {known}") from None
    return found


def _configured(config: Mapping[str, Any]) -> dict[str, str]:
    overrides = (each for each in config["parameter_overrides"] if not each.startswith("file:"))
    return dict(each.split("=", 1) for each in overrides)


def _defaults() -> dict[str, str]:
    return {name: str(each["Default"]) for name, each in known_parameters().items() if "Default" in each}


def _asked(values: Mapping[str, str]) -> dict[str, str]:
    """What the first deployment needs to be told, from whoever sits there."""
    if not sys.stdin.isatty():
        return {}
    known = known_parameters()
    return {name: input(f"{name}, {known[name]['Description']}: ") for name in _ASKED if not values.get(name)}


def write(plan: Plan) -> None:
    """`sam deploy --config-env …` is this release. Raises: RefusedError; OSError."""
    config = plan.root / "samconfig.toml"
    text = config.read_text(encoding="utf-8")
    changed = with_repository(text, plan.environment, checks.repository_uri(plan))
    if changed != text:
        config.write_text(changed, encoding="utf-8")
    names = (*OPTIONS, *_GRADUAL, "Schema", "OtherCode", "Release")
    lines = [f"{name} = {json.dumps(plan.values[name], ensure_ascii=False)}\n" for name in names]
    (plan.root / ".aws-sam" / "build" / "release.toml").write_text("".join(lines), encoding="utf-8")


def with_repository(text: str, environment: str, uri: str) -> str:
    """samconfig.toml's text, where infer's image of an environment goes to this repository."""
    head = f"[{environment}.deploy.parameters]\n"
    before, _, after = text.partition(head)
    own, bracket, rest = after.partition("\n[")
    lines = [line for line in own.split("\n") if not line.startswith("image_repositories")]
    return "".join((before, head, f'image_repositories = ["InferFunction={uri}"]\n', "\n".join(lines), bracket, rest))


def put_token(plan: Plan) -> None:
    """The stack's secret has the token, from the environment or typed unseen. Raises: RefusedError; ClientError."""
    if plan.stack is None:
        raise RefusedError(f"there is no stack yet: `sam deploy --config-env {plan.environment}` makes its secret")
    try:
        token = (environment.bot_token() or getpass.getpass("The bot's token, which is not shown: ")).strip()
    except EOFError:
        raise RefusedError("there is no terminal to type the bot's token in: set TELEGRAM_BOT_TOKEN") from None
    if not TOKEN.fullmatch(token) or checks.is_refused(token, plan.telegram_url):
        raise RefusedError("Telegram refuses this token: copy the one that @BotFather shows, and nothing was changed")
    stage = plan.values["Stage"]
    content = checks.bot_secret(plan.session, stage) | {"token": token}
    client = plan.session.client("secretsmanager")
    client.put_secret_value(SecretId=checks.secret_name(stage), SecretString=json.dumps(content))


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Prints one sentence; the exit status."""
    arguments = _parser().parse_args(argv)
    redaction.install()
    try:
        plan = planned(arguments, root)
        if arguments.token:
            put_token(plan)
            print("The token is in the secret; functions that run take it within five minutes.")
            return 0
        checks.looked_at(plan)
        write(plan)
    except RefusedError as error:
        print(f"release: {error}", file=sys.stderr)
        return _REFUSED
    except (ClientError, BotoCoreError) as error:
        print(f"release: AWS says: {error}", file=sys.stderr)
        return _REFUSED
    print(f"Release {plan.values['Release']}, nothing is wrong: `sam deploy --config-env {plan.environment}`")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.release", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--config-env", default="prod", help="of samconfig.toml: dev, prod or lean")
    for name, option in OPTIONS.items():
        what = known_parameters()[name].get("Description")
        parser.add_argument(option, dest=name, metavar="TEXT", help=f"{what}; the stack keeps it")
    parser.add_argument("--token", action="store_true", help="asks for the bot's token and puts it into the secret")
    parser.add_argument("--telegram-url", default=TELEGRAM_URL, metavar="URL", help="default: %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main())
