"""The store asked over Lambda: what goes out is what the handler reads, and whatever goes wrong is "try later"."""

import io
import json
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from burnout.emotions import Emotion
from burnout.errors import StoreUnavailableError
from burnout.store.check_ins import Begin, Fail, Failed, GiveFeedback, ReadHistory
from burnout.store.client import StoreClient
from burnout.store.people import ChangeSettings, ReadSettings
from burnout.store.reports import ClaimDue
from functions.store.operations import AnyOperation
from tests.unit.store.samples import NOON, record, says


class FakeLambda:
    """Answers every invocation with one body, or raises; keeps what it was sent."""

    def __init__(self, body=b"", *, crashed=False, error=None):
        self.body, self.crashed, self.error, self.sent = body, crashed, error, []

    def invoke(self, **request):
        self.sent.append(request)
        if self.error:
            raise self.error
        return {"Payload": io.BytesIO(self.body)} | ({"FunctionError": "Unhandled"} if self.crashed else {})


def store_on(fake: Any) -> StoreClient:
    return StoreClient(fake, "store:live")


def test_an_answer_comes_back_as_the_operation_s_own_type():
    body = b'{"ok": {"attempts": 2, "failing_for_s": 40.0}}'
    store = store_on(FakeLambda(body))

    failed = store(Fail(user_id=7, update_id=1, stage="put", error_type="Timeout"))

    assert failed == Failed(attempts=2, failing_for_s=40.0)


def test_words_of_a_newer_version_in_the_store_stop_nobody():
    answer = b'{"ok": {"language": "en", "theme": "sepia", "hidden_factors": ["moonlight", "rest"]}}'

    settings = store_on(FakeLambda(answer))(ReadSettings(user_id=7))

    assert (settings.theme, settings.hidden_factors) == ("light", ("rest",))
    with pytest.raises(StoreUnavailableError):  # which has no cautious one
        store_on(FakeLambda(b'{"ok": {"language": "xx"}}'))(ReadSettings(user_id=7))


def test_nothing_is_an_answer_too():
    assert store_on(FakeLambda(b'{"ok": null}'))(ReadSettings(user_id=7)) is None


@pytest.mark.parametrize(
    "operation",
    [
        record(101, photo_folder=f"photos/{'ab' * 16}/", media_group_id="album", answer=says("Привет")),
        Begin(user_id=7, update_id=101),
        GiveFeedback(user_id=7, message_id=5, agrees=False, corrected=Emotion.SAD),
        ReadHistory(user_id=7, days=30),
        ChangeSettings(user_id=7, reminder_hour=None, theme="dark"),
        ClaimDue(shard=255, run_id="a", at_utc=NOON, until_utc=NOON),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_is_sent_is_what_the_handler_reads(operation):
    fake = FakeLambda(error=ConnectTimeoutError(endpoint_url="https://lambda"))

    with pytest.raises(StoreUnavailableError):
        store_on(fake)(operation)

    (request,) = fake.sent
    assert request["FunctionName"] == "store:live"
    assert msgspec.convert(json.loads(request["Payload"]), AnyOperation) == operation


@pytest.mark.parametrize(
    "fake",
    [
        FakeLambda(error=ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")),
        FakeLambda(error=ConnectTimeoutError(endpoint_url="https://lambda")),
        FakeLambda(b'{"errorType": "OperationalError", "errorMessage": "disk full"}', crashed=True),
        FakeLambda(b'{"errorType": "Sandbox.Timedout"}', crashed=True),
        FakeLambda(b"not json", crashed=True),
        FakeLambda(b'{"error": {"code": "busy", "message": "6b.sqlite"}}'),
        FakeLambda(b'{"error": {"code": "damaged", "message": "6b.sqlite"}}'),
        FakeLambda(b'{"error": {"code": "a code of a newer store", "message": ""}}'),
        FakeLambda(b'{"ok": {"answer": 5}}'),
        FakeLambda(b'{"ok": null}'),
        FakeLambda(b"{}"),
        FakeLambda(b"null"),
        FakeLambda(b""),
        FakeLambda(b'{"ok": {"answer": "\xff"}}'),
    ],
    ids=lambda fake: str(fake.error or fake.body),
)
def test_whatever_goes_wrong_is_try_again_in_thirty_seconds(fake):
    with pytest.raises(StoreUnavailableError) as raised:
        store_on(fake)(Begin(user_id=7, update_id=101))

    assert raised.value.retry_after_s == 30


def test_the_store_s_code_is_told_and_its_message_is_not():
    fake = FakeLambda(b'{"error": {"code": "busy", "message": "secret"}}')

    with pytest.raises(StoreUnavailableError, match=r"^store: busy$"):
        store_on(fake)(Begin(user_id=7, update_id=101))
