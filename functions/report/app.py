"""The report Lambda: a tick of the schedule, or what a person wants to see now → messages. It only translates."""

import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import boto3
import msgspec
from aws_lambda_powertools.utilities.typing import LambdaContext

from burnout.demands import ReportEvent, Tick
from burnout.invocation import LAMBDA_CONFIG
from burnout.secret import read_bot_secret
from burnout.settings import ReportSettings
from burnout.store_client import StoreClient
from burnout.telegram import TelegramClient
from functions.report import calendar_chart, chart, telemetry
from functions.report.demand import answer
from functions.report.deps import Deps, now_utc
from functions.report.run import send_due


@contextmanager
def wired() -> Iterator[Deps]:
    """The composition root, anew for every event: a frozen process must not keep a connection to Telegram.

    One that died meanwhile would break in its first call, and that looks like a message that was perhaps delivered.
    """
    settings = ReportSettings.from_environment()
    telegram = TelegramClient(read_bot_secret(settings.telegram_secret_arn).token, settings.telegram_api_url)
    with closing(telegram), closing(boto3.client("lambda", config=LAMBDA_CONFIG)) as lambda_client:
        yield Deps(
            store=StoreClient(lambda_client, settings.store_function),
            telegram=telegram,
            draw_course=chart.draw_course,
            draw_calendar=calendar_chart.draw_calendar,
            now_utc=now_utc,
            clock=time.monotonic,
            sleep=time.sleep,
            uniform=random.uniform,
        )


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Nothing. What Lambda may repeat with success is raised."""
    if event.get("op") == "ping" or event.get("ping"):
        return {}
    request: ReportEvent = msgspec.convert(event, ReportEvent)
    remaining_s = context.get_remaining_time_in_millis() / 1000
    run_id = uuid4().hex  # not Lambda's request id: a repeated invocation has the same one
    with telemetry.reported() as tally, wired() as deps:
        if isinstance(request, Tick):
            send_due(request, run_id, remaining_s, deps, tally)
        else:
            answer(request, run_id, remaining_s, deps, tally)
    return {}
