"""The functions as infra/template.yaml declares them, with this machine's values for their variables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from local.aws import environment
from local.aws.moto_server import BUCKET, Aws, dummy_account
from local.aws.runtime import Function

BASELINE_SHOWN_PERCENT: Final = 10


@dataclass(frozen=True)
class Sizes:
    """How many events each function may work on at once. The defaults suit two cores."""

    infer: int = 2
    store: int = 2
    report: int = 2  # a run, and a report that somebody asks for meanwhile
    webhook: int = 40  # as many as Telegram's max_connections
    patience_s: float = 5.0  # see Function.patience_s


@dataclass(frozen=True)
class FunctionEnvironment:
    """Where the functions find everything."""

    aws: Aws
    lambda_url: str
    telegram_api_url: str
    data_dir: Path
    contact: str = "@operator"  # who answers for people's data
    webhook_url: str = "http://127.0.0.1:9/telegram/webhook"  # for the canary; by default nothing listens there

    def log(self, function: str) -> Path:
        """The file of a function's output."""
        return self.data_dir / "logs" / f"{function}.log"


def infer(sizes: Sizes, around: FunctionEnvironment) -> Function:
    """The one that sees photos and nothing else."""
    declared = _declared("infer", {"AWS_ENDPOINT_URL_S3": around.aws.url}, sizes, around)
    return replace(declared, workers=sizes.infer, timeout_s=15, memory_mb=1769)


def store(sizes: Sizes, around: FunctionEnvironment) -> Function:
    """The one that keeps personal data."""
    variables = {**_s3(around), "DATABASE_DIR": str((around.data_dir / "store").resolve())}
    declared = _declared("store", variables, sizes, around)
    return replace(declared, workers=sizes.store, timeout_s=20, memory_mb=512)


def webhook(sizes: Sizes, around: FunctionEnvironment) -> Function:
    """The one that talks to Telegram and calls the others."""
    variables = {
        **_s3(around),
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": around.aws.url,
        "AWS_ENDPOINT_URL_LAMBDA": around.lambda_url,
        "TELEGRAM_SECRET_ARN": around.aws.secret_arn,
        "TELEGRAM_API_URL": around.telegram_api_url,
        "INFER_FUNCTION": "infer",
        "STORE_FUNCTION": "store",
        "REPORT_FUNCTION": "report",
        "PHOTOS_PER_HOUR": "30",
        "PHOTOS_PER_DAY": "100",
        "OPERATOR_CONTACT": around.contact,
        "DATA_PLACE": "self",
        "BASELINE_SHOWN_PERCENT": str(BASELINE_SHOWN_PERCENT),
    }
    declared = _declared("webhook", variables, sizes, around)
    return replace(declared, workers=sizes.webhook, timeout_s=25, memory_mb=512)


def report(sizes: Sizes, around: FunctionEnvironment) -> Function:
    """The one that draws charts and sends reports."""
    variables = {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": around.aws.url,
        "AWS_ENDPOINT_URL_LAMBDA": around.lambda_url,
        "TELEGRAM_SECRET_ARN": around.aws.secret_arn,
        "TELEGRAM_API_URL": around.telegram_api_url,
        "STORE_FUNCTION": "store",
        "WEBHOOK_URL": around.webhook_url,
        "MPLCONFIGDIR": str((around.data_dir / "matplotlib").resolve()),
    }
    declared = _declared("report", variables, sizes, around)
    return replace(declared, workers=sizes.report, timeout_s=900, memory_mb=1769)


def _declared(name: str, variables: Mapping[str, str], sizes: Sizes, around: FunctionEnvironment) -> Function:
    """What all functions have in common."""
    return Function(
        name=name,
        handler=f"functions.{name}.app.lambda_handler",
        environment=_environment(name, variables),
        patience_s=sizes.patience_s,
        log=around.log(name),
    )


def _s3(around: FunctionEnvironment) -> Mapping[str, str]:
    return {"AWS_ENDPOINT_URL_S3": around.aws.url, "PHOTOS_BUCKET": BUCKET}


def _environment(name: str, variables: Mapping[str, str]) -> dict[str, str]:
    base = {
        **dummy_account(),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "POWERTOOLS_SERVICE_NAME": "burnout-local",
        "POWERTOOLS_METRICS_NAMESPACE": "Burnout",
    }
    return environment.isolated({**base, **variables})
