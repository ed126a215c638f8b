"""The report Lambda: a tick, or what a person wants to see → messages; the canary → metrics. It only translates."""

import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import boto3
import msgspec
from aws_lambda_powertools.utilities.typing import LambdaContext

from burnout.clock import now_utc
from burnout.config import ReportConfig
from burnout.invocation import LAMBDA_CONFIG, PING
from burnout.report_requests import Canary, ReportEvent, Tick
from burnout.secret import read_bot_secret
from burnout.store.client import StoreClient
from burnout.telegram.client import TelegramClient
from functions.report.canary import WebhookEndpoint, probe
from functions.report.deps import Deps
from functions.report.metrics import reported
from functions.report.pictures import calendar, course
from functions.report.requests import answer
from functions.report.run import send_due


@contextmanager
def wired() -> Iterator[tuple[Deps, WebhookEndpoint]]:
    """The composition root, made for each event: a frozen process must not keep a connection to Telegram.

    A connection that died meanwhile would fail in its first call, as if a message had perhaps been delivered.
    """
    config = ReportConfig.from_environment()
    secret = read_bot_secret(config.telegram_secret_arn)
    telegram = TelegramClient(secret.token, config.telegram_api_url)
    with closing(telegram), closing(boto3.client("lambda", config=LAMBDA_CONFIG)) as lambda_client:
        store = StoreClient(lambda_client, config.store_function)
        draws = (course.draw_course, calendar.draw_calendar)
        deps = Deps(store, telegram, *draws, now_utc, time.monotonic, time.sleep, random.uniform)
        yield deps, WebhookEndpoint(config.webhook_url, secret.webhook_secret)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """An empty answer. A failure that may pass is raised, so that Lambda repeats the event."""
    if event == PING:
        return {}
    asked: ReportEvent = msgspec.convert(event, ReportEvent)
    remaining_s = context.get_remaining_time_in_millis() / 1000
    run_id = uuid4().hex  # not Lambda's request id: a repeated invocation has the same one
    with reported() as run_metrics, wired() as (deps, endpoint):
        if isinstance(asked, Tick):
            send_due(asked, run_id, remaining_s, deps, run_metrics)
        elif isinstance(asked, Canary):
            probe(endpoint, deps.telegram, run_metrics)
        else:
            answer(asked, run_id, remaining_s, deps, run_metrics)
    return {}
