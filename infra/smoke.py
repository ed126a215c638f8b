"""`python -m infra.smoke --stack burnout-prod`: is a deployed stack well? It changes nothing that lasts.

1. The public address refuses an update without the secret.
2. A signed update that changes nothing goes through it, down to the store; Telegram is asked what it knows of it.
3. The stack's own canary does the same from inside.
4. The Mini App's page is there, and its door is shut to whom Telegram did not sign for.
5. A photo goes through S3 and infer, and is deleted.

It needs the account's credentials as `aws` does. Exit status: 0 when all is well, 1 when something is not.
"""

import argparse
import base64
import binascii
import json
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import boto3
import msgspec
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from burnout import redaction
from burnout.errors import ConfigError
from burnout.inference import InferRequest
from burnout.report_requests import Canary
from burnout.secret import BotSecret, read_bot_secret
from burnout.telegram.client import TELEGRAM_URL, TelegramClient
from functions.report.canary import WebhookEndpoint, probe
from functions.report.metrics import RunMetrics

PHOTO: Final = Path(__file__).parents[1] / "tests" / "photos" / "selfie.jpg"
_NEEDED: Final = (
    "WebhookUrl",
    "AppUrl",
    "BotSecretArn",
    "PhotosBucketName",
    "InferFunctionAlias",
    "StoreFunctionAlias",
    "ReportFunctionAlias",
)
_REFUSED: Final = 401
_PATIENCE_S: Final = 60  # a cold start is no failure
_CALLS: Final = Config(retries={"total_max_attempts": 1}, read_timeout=_PATIENCE_S)
_OUTCOME: Final = re.compile(r'"op":\s*"canary",\s*"outcome":\s*"(\w+)"')


class SmokeError(Exception):
    """The stack cannot be looked at. The text says why, in one line."""


@dataclass(frozen=True)
class Deployed:
    """A stack, as its outputs tell."""

    webhook_url: str
    app_url: str
    secret: BotSecret = field(repr=False)
    bucket: str
    infer: str
    report: str
    s3: Any
    lambdas: Any
    telegram_url: str = TELEGRAM_URL


Check = Callable[[Deployed], str]  # what is wrong; empty when nothing is


def smoke(deployed: Deployed) -> Iterator[tuple[str, str, float]]:
    """(what was checked, what is wrong, milliseconds) of each check, in order."""
    for check in (refusal, no_op, canary, page, photo):
        started = time.perf_counter()
        try:
            wrong = check(deployed)
        except (ClientError, BotoCoreError, requests.RequestException) as error:
            wrong = f"{type(error).__name__}: {_said(error)}"
        yield str(check.__doc__).partition("\n")[0].rstrip("."), wrong, (time.perf_counter() - started) * 1000


def refusal(deployed: Deployed) -> str:
    """The public address refuses a wrong secret."""
    status = WebhookEndpoint(deployed.webhook_url, "not-the-secret").post(b"{}").status_code
    return "" if status == _REFUSED else f"it answered {status}, not {_REFUSED}"


def no_op(deployed: Deployed) -> str:
    """Telegram knows the address, and a signed update gets its answer from behind the store."""
    run_metrics = RunMetrics()
    with closing(TelegramClient(deployed.secret.token, deployed.telegram_url)) as telegram:
        probe(WebhookEndpoint(deployed.webhook_url, deployed.secret.webhook_secret), telegram, run_metrics)
    return "" if run_metrics.outcome == "done" else run_metrics.outcome


def canary(deployed: Deployed) -> str:
    """The stack's own canary is well."""
    event = msgspec.json.encode(Canary())
    answer = deployed.lambdas.invoke(FunctionName=deployed.report, Payload=event, LogType="Tail")
    if "FunctionError" in answer:
        return f"it raised: {answer['Payload'].read().decode(errors='replace')[:200]}"
    told = _OUTCOME.search(_tail(answer))
    return "" if told is None or told.group(1) == "done" else told.group(1)


def page(deployed: Deployed) -> str:
    """The page is there, and whom Telegram did not sign for is told nothing."""
    shown = requests.get(deployed.app_url, timeout=_PATIENCE_S)
    if shown.status_code != HTTPStatus.OK or "script-src 'self'" not in shown.headers.get(
        "content-security-policy", ""
    ):
        return f"it answered {shown.status_code} with {sorted(shown.headers)}"
    asked = requests.post(f"{deployed.app_url}/api/open", json={}, timeout=_PATIENCE_S)
    return "" if asked.status_code == _REFUSED else f"its door answered {asked.status_code}, not {_REFUSED}"


def photo(deployed: Deployed) -> str:
    """A photo goes through S3 and infer, and is deleted."""
    key = f"photos/smoke/{uuid.uuid4().hex}"
    deployed.s3.put_object(Bucket=deployed.bucket, Key=key, Body=PHOTO.read_bytes())
    try:
        event = InferRequest(bucket=deployed.bucket, key=key, models=())
        answer = deployed.lambdas.invoke(FunctionName=deployed.infer, Payload=msgspec.json.encode(event))
        seen = json.loads(answer["Payload"].read())
    finally:
        deployed.s3.delete_object(Bucket=deployed.bucket, Key=key)
    if "faces" not in seen:
        return f"infer said {json.dumps(seen)[:200]}"
    labels = [model["label"] for face in seen["faces"] for model in face["models"].values()]
    return "" if labels and set(labels) == {"positive"} else f"it saw {labels} on a smiling face"


def deployed_as(stack: str, region: str | None) -> Deployed:
    """The stack of this name in the account whose credentials are here. Raises: SmokeError."""
    session = boto3.Session(region_name=region)
    outputs = outputs_of(stack_described(stack, region))
    boto3.setup_default_session(region_name=region)  # burnout.secret asks there
    try:
        secret = read_bot_secret(outputs["BotSecretArn"])
    except ConfigError as error:
        raise SmokeError(str(error)) from None
    return Deployed(
        webhook_url=outputs["WebhookUrl"],
        app_url=outputs["AppUrl"],
        secret=secret,
        bucket=outputs["PhotosBucketName"],
        infer=outputs["InferFunctionAlias"],
        report=outputs["ReportFunctionAlias"],
        s3=session.client("s3"),
        lambdas=session.client("lambda", config=_CALLS),
    )


def stack_described(stack: str, region: str | None) -> Mapping[str, Any]:
    """What CloudFormation says of a stack. Raises: SmokeError."""
    session = boto3.Session(region_name=region)
    try:
        described: Mapping[str, Any] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise SmokeError(f"{stack} cannot be read in {session.region_name}: {_said(error)}") from None
    return described


def outputs_of(described: Mapping[str, Any]) -> dict[str, str]:
    """The outputs of a described stack. Raises: SmokeError naming those that it lacks."""
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", ())}
    missing = sorted(set(_NEEDED) - set(outputs))
    if missing:
        raise SmokeError(f"{described.get('StackName')} is not this project's: it has no {', '.join(missing)}")
    return outputs


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a line a check; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.smoke", description=str(__doc__))
    parser.add_argument("--stack", required=True, help="the stack's name, such as burnout-prod")
    parser.add_argument("--region", help="default: the one of your AWS configuration")
    arguments = parser.parse_args(argv)
    redaction.install()
    try:
        return reported(smoke(deployed_as(arguments.stack, arguments.region)))
    except SmokeError as error:
        print(f"smoke: {error}", file=sys.stderr)
        return 1


def reported(checks: Iterator[tuple[str, str, float]]) -> int:
    """Each check printed as it ends; 1 if one is not well, else 0."""
    status = 0
    for what, wrong, took_ms in checks:
        line = f"{'BAD' if wrong else 'ok':<4}{took_ms:>7.0f} ms  {what}{f': {wrong}' if wrong else ''}"
        print(line, flush=True)
        status = 1 if wrong else status
    return status


def _tail(answer: Mapping[str, Any]) -> str:
    try:
        return base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    except binascii.Error:
        return ""


def _said(error: Exception) -> str:
    return redaction.redact(str(error))[:300]


if __name__ == "__main__":
    sys.exit(main())
