"""The functions as infra/template.yaml declares them, with this machine's values for their variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from local.aws import environment
from local.aws.moto_server import BUCKET, Aws, dummy_account
from local.aws.runtime import Function

CONTACT: Final = "@operator"  # who answers for people's data
_LIMITS: Final = {  # s, MB
    "infer": (15, 1769),
    "store": (20, 512),
    "webhook": (25, 512),
    "report": (900, 1769),
    "app": (15, 512),
}


@dataclass(frozen=True)
class Sizes:
    """How many events each function may work on at once. The defaults suit two cores."""

    infer: int = 2
    store: int = 2
    report: int = 2  # a run, and a report that somebody asks for meanwhile
    app: int = 2
    webhook: int = 40  # as many as Telegram's max_connections
    patience_s: float = 5.0  # see Function.patience_s


@dataclass(frozen=True)
class FunctionEnvironment:
    """Where the functions find everything."""

    aws: Aws
    lambda_url: str
    telegram_api_url: str
    data_dir: Path
    webhook_url: str = "http://127.0.0.1:9/telegram/webhook"  # for the canary; by default nothing listens there
    clock: Path | None = None  # see Function.clock

    def log(self, function: str) -> Path:
        """The file of a function's output."""
        return self.data_dir / "logs" / f"{function}.log"


def _declared(name: str, sizes: Sizes, around: FunctionEnvironment) -> Function:
    timeout_s, memory_mb = _LIMITS[name]
    return Function(
        name=name,
        handler=f"functions.{name}.app.lambda_handler",
        environment=_environment(name, _variables(around)[name]),
        workers=getattr(sizes, name),
        timeout_s=timeout_s,
        memory_mb=memory_mb,
        patience_s=sizes.patience_s,
        log=around.log(name),
        clock=around.clock,
    )


infer: Final = partial(_declared, "infer")  # sees photos and nothing else
store: Final = partial(_declared, "store")  # keeps personal data
webhook: Final = partial(_declared, "webhook")  # talks to Telegram and calls the others
report: Final = partial(_declared, "report")  # draws charts and sends reports
app: Final = partial(_declared, "app")  # the Mini App


def _variables(around: FunctionEnvironment) -> Mapping[str, Mapping[str, str]]:
    """Each function's own variables."""
    s3 = {"AWS_ENDPOINT_URL_S3": around.aws.url, "PHOTOS_BUCKET": BUCKET}
    behind = {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": around.aws.url,
        "AWS_ENDPOINT_URL_LAMBDA": around.lambda_url,
        "TELEGRAM_SECRET_ARN": around.aws.secret_arn,
        "STORE_FUNCTION": "store",
    }
    neighbours = {**behind, "TELEGRAM_API_URL": around.telegram_api_url}
    shown = {"BASELINE_SHOWN_PERCENT": "0"}
    terms = {
        "PHOTOS_PER_HOUR": "30",
        "PHOTOS_PER_DAY": "100",
        "OPERATOR_CONTACT": CONTACT,
        "DATA_PLACE": "self",
        "BASELINE_SHADOW_PERCENT": "0",
        **shown,
    }
    drawing = {"WEBHOOK_URL": around.webhook_url, "MPLCONFIGDIR": str((around.data_dir / "matplotlib").resolve())}
    return {
        "infer": {"AWS_ENDPOINT_URL_S3": around.aws.url},
        "store": {**s3, "DATABASE_DIR": str((around.data_dir / "store").resolve())},
        "webhook": {**s3, **neighbours, **terms, "INFER_FUNCTION": "infer", "REPORT_FUNCTION": "report"},
        "report": {**neighbours, **drawing},
        "app": {**behind, **shown, "REPORT_FUNCTION": "report"},
    }


def _environment(name: str, variables: Mapping[str, str]) -> dict[str, str]:
    base = {
        **dummy_account(),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "POWERTOOLS_SERVICE_NAME": "burnout-local",
        "POWERTOOLS_METRICS_NAMESPACE": "Burnout",
    }
    return environment.isolated({**base, **variables})
