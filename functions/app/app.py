"""The app Lambda: an API Gateway event → a file of the page, or JSON about one person. It only translates."""

from functools import lru_cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from burnout import redaction
from burnout.api_event import body_of
from burnout.clock import Stopwatch, now_utc
from burnout.config import AppConfig
from burnout.invocation import APP_CONFIG, ReportClient
from burnout.secret import read_bot_secret
from burnout.store.client import StoreClient
from burnout.values import notice_version
from functions.app import gateway, telemetry
from functions.app.api import CLOSED, Deps, answer
from functions.app.door import launched_by
from functions.app.files import static


@lru_cache(maxsize=1)
def wire(config: AppConfig) -> Deps:
    """The composition root."""
    client = boto3.client("lambda", config=APP_CONFIG)
    return Deps(
        store=StoreClient(client, config.store_function),
        order_report=ReportClient(client, config.report_function),
        now_utc=now_utc,
        notice=notice_version(config.baseline_shown_percent),
    )


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """An API Gateway response: the file, or what `functions.app.api` answers; 401 to whom Telegram did not sign for."""
    redaction.install()
    op = gateway.operation_of(event)
    if op is None:
        return gateway.file(static(gateway.path_of(event)), event)
    config = AppConfig.from_environment()
    stopwatch = Stopwatch()
    with stopwatch.stage("answer"):
        launch = launched_by(gateway.init_data_of(event), read_bot_secret(config.telegram_secret_arn).token, now_utc())
        answered = answer(op, body_of(event), launch, wire(config)) if launch else CLOSED
    telemetry.note(op, answered, stopwatch)
    return gateway.json(answered)
