"""The webhook Lambda: API Gateway event → update → bot calls → HTTP response. It only translates."""

from functools import lru_cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from burnout import redaction
from burnout.clock import now_utc
from burnout.config import WebhookConfig
from burnout.errors import TransientError
from burnout.invocation import INFER_CONFIG, STORE_CONFIG, InferClient, ReportClient
from burnout.photos import S3_CONFIG, PhotoBucket
from burnout.secret import BotSecret, read_bot_secret
from burnout.store.client import StoreClient
from burnout.telegram.client import TelegramClient
from functions.webhook import gateway, telemetry, waiting
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.person import Terms
from functions.webhook.updates import MalformedUpdateError, parse_update


@lru_cache(maxsize=1)
def wire(config: WebhookConfig, secret: BotSecret) -> tuple[Deps, TelegramClient]:
    """The composition root; run again only when the secret was rotated."""
    lambda_client = boto3.client("lambda", config=STORE_CONFIG)
    telegram = TelegramClient(secret.token, config.telegram_api_url)
    deps = Deps(
        store=StoreClient(lambda_client, config.store_function),
        put_photo=PhotoBucket(boto3.client("s3", config=S3_CONFIG), config.photos_bucket).put,
        infer=InferClient(boto3.client("lambda", config=INFER_CONFIG), config.infer_function, config.photos_bucket),
        download=telegram.download,
        order_report=ReportClient(lambda_client, config.report_function),
        typing=waiting.typing_by(telegram),
        send=waiting.sending_by(telegram),
        now_utc=now_utc,
        terms=Terms.of(config),
    )
    return deps, telegram


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """An API Gateway response (payload 2.0): 200 for everything that must not come back, 503 to try later, 401."""
    redaction.install()  # first: boto3 must not log the secret
    config = WebhookConfig.from_environment()
    secret = read_bot_secret(config.telegram_secret_arn)
    if not gateway.secret_matches(event, secret.webhook_secret):
        return gateway.refused()
    deps, telegram = wire(config, secret)
    with telemetry.reported(RequestTrace.ending_in(context.get_remaining_time_in_millis() / 1000)) as trace:
        try:
            update = parse_update(gateway.body_of(event))
            trace.update_id = update.update_id
            return gateway.accepted(handle(update, deps.at(gateway.app_url_of(event)), trace), telegram, trace)
        except MalformedUpdateError:
            return gateway.accepted(trace.ends("malformed", []), telegram, trace)
        except TransientError as error:
            waiting.say_if_slow(update, telegram, trace)
            return gateway.try_later(error.retry_after_s)
