"""local/aws/events.py makes what the real services make: the same keys and types as tests/events/*.json."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from aiogram.types import Update

from burnout.inference import InferRequest
from burnout.invocation import CHECK, PING
from burnout.report_requests import Canary, ReportEvent, ReportRequest, Tick
from burnout.store.check_ins import Begin, NewCheckIn, PhotoTerms, Record
from burnout.telegram.calls import BotCall
from functions.app.door import launched_by
from functions.store.operations import AnyOperation
from functions.webhook.updates import parse_update
from local.aws import events
from local.http_server import Request
from local.telegram.server import TOKEN

FOLDER = Path(__file__).parents[3] / "events"
WEBHOOK = ("webhook_photo", "webhook_start", "webhook_button")


def golden(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def shape(value):
    """The keys and types of a JSON value; a list has the shapes of its items."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


@pytest.mark.parametrize("name", WEBHOOK)
def test_api_event_has_the_shape_of_a_real_one(name):
    original = golden(name)
    secret = original["headers"]["x-telegram-bot-api-secret-token"]

    made = events.api_event(original["body"], secret, now_s=original["requestContext"]["timeEpoch"] / 1000)

    assert shape(made) == shape(original)
    assert made["body"] == original["body"]
    assert made["headers"].keys() == original["headers"].keys()
    same = ("content-length", "content-type", "x-forwarded-for", "x-telegram-bot-api-secret-token")
    assert [made["headers"][name] for name in same] == [original["headers"][name] for name in same]
    assert made["requestContext"]["time"] == original["requestContext"]["time"]
    assert made["requestContext"]["timeEpoch"] == original["requestContext"]["timeEpoch"]


@pytest.mark.parametrize("name", WEBHOOK)
def test_update_inside_a_golden_event_is_valid_for_aiogram_and_for_us(name):
    update = json.loads(golden(name)["body"])

    theirs = Update.model_validate(update)
    ours = parse_update(json.dumps(update).encode())

    assert theirs.update_id == ours.update_id == update["update_id"]
    assert theirs.event_type == next(kind for kind in update if kind != "update_id")


def test_api_event_of_binary_content_is_base64():
    request = Request("POST", "/telegram/webhook", "", {"content-type": "application/octet-stream"}, b"\xff\x00")

    event = events.api_event_of(request, "POST /telegram/webhook")

    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)


def test_api_event_of_text_that_is_no_utf8_is_base64():
    request = Request("POST", "/telegram/webhook", "", {"content-type": "application/json"}, b"\xff")

    assert events.api_event_of(request, "POST /telegram/webhook")["isBase64Encoded"] is True


@pytest.mark.parametrize("name", ["app_open", "app_page"])
def test_api_event_of_the_page_has_the_shape_of_a_real_one(name):
    original = golden(name)
    http, body = original["requestContext"]["http"], original.get("body", "").encode()
    request = Request(http["method"], http["path"], "", original["headers"], body, http["sourceIp"])

    made = events.api_event_of(request, original["routeKey"], original.get("pathParameters"))

    assert shape(made) == shape(original)
    assert {**made, "headers": None, "requestContext": None} == {**original, "headers": None, "requestContext": None}


def test_golden_launch_is_signed_for_the_bot_of_the_golden_events_and_is_open_for_12_hours():
    original = golden("app_open")
    at_utc = datetime.fromtimestamp(original["requestContext"]["timeEpoch"] / 1000, UTC)
    init_data = original["headers"]["authorization"].removeprefix("tma ")

    assert launched_by(init_data, TOKEN, at_utc).user_id == 7001
    assert launched_by(init_data, TOKEN, at_utc + timedelta(hours=13)) is None


def test_infer_event_has_the_golden_shape_and_is_the_contract():
    original = golden("infer_photo")

    made = events.infer_event(original["bucket"], original["key"], tuple(original["models"]))

    assert made == original
    assert msgspec.convert(original, InferRequest).models == ("mvp", "baseline")


def test_a_ping_is_golden():
    assert (golden("report_ping"), golden("infer_check")) == (PING, CHECK)


SUNDAY_UTC = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
REQUEST = ReportRequest(user_id=1_000_001, update_id=900_001, show="report")


@pytest.mark.parametrize(
    ("name", "made", "event"),
    [
        ("report_due", events.report_tick(SUNDAY_UTC), Tick(at_utc=SUNDAY_UTC)),
        ("report_canary", events.report_canary(), Canary()),
        ("report_request", msgspec.to_builtins(REQUEST), REQUEST),
    ],
)
def test_report_event_is_golden_and_is_the_contract(name, made, event):
    assert made == golden(name)
    assert msgspec.convert(golden(name), ReportEvent) == event


def test_store_begin_has_the_golden_shape_and_is_the_contract():
    original = golden("store_begin")

    begin = Begin(user_id=7001, update_id=144272512, message_id=13, photo=PhotoTerms(**original["photo"]))

    assert events.store_event(begin) == original
    assert msgspec.convert(original, AnyOperation) == begin


def test_store_record_has_the_golden_shape_and_is_the_contract():
    original = golden("store_record")
    check_in = msgspec.convert(original["check_in"], NewCheckIn)
    record = Record(
        user_id=7001,
        update_id=144272512,
        message_id=13,
        outcome="answered",
        answer=tuple(BotCall(**call) for call in original["answer"]),
        check_in=check_in,
        photo=PhotoTerms(**original["photo"]),
        photo_folder=original["photo_folder"],
    )

    made = events.store_event(record)

    assert shape(made) == shape(original)
    assert msgspec.convert(original, AnyOperation) == record
    assert check_in.observed_at_utc == datetime(2026, 11, 23, 8, 0, 20, tzinfo=UTC)
