"""Invoking a function: an answer, "try later", or "it crashed on this input"."""

import io
import json
from functools import reduce

import msgspec
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from burnout.emotions import Emotion
from burnout.errors import FunctionBrokenError, FunctionCrashedError, FunctionUnavailableError
from burnout.inference import InferFailure
from burnout.invocation import InferClient, ReportClient, invoke
from burnout.newer import _note
from burnout.redaction import redacted_logger
from burnout.report_requests import ReportRequest
from functions.infer.contract import ContractMismatchError
from tests.fakes import face, inference
from tests.log_lines import lines_of


class Lambda:
    """In the place of boto3's client: gives one answer, or raises."""

    def __init__(self, answer=None, *, error_type=None, error=None):
        self.answer, self.error_type, self.error, self.payloads = answer, error_type, error, []

    def invoke(self, *, FunctionName, Payload, InvocationType="RequestResponse"):  # noqa: N803  (boto3's names)
        self.payloads.append(json.loads(Payload))
        self.invoked = (FunctionName, InvocationType)
        if self.error:
            raise self.error
        if self.error_type:
            body = json.dumps({"errorType": self.error_type, "errorMessage": "a face, a name, a token"})
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(body.encode())}
        return {"Payload": io.BytesIO(self.answer)}


def refused(code):
    return ClientError({"Error": {"Code": code}}, "Invoke")


@pytest.mark.parametrize(
    "client",
    [
        Lambda(error=refused("TooManyRequestsException")),
        Lambda(error=refused("ServiceException")),
        Lambda(error=ReadTimeoutError(endpoint_url="x")),
        Lambda(error=ConnectTimeoutError(endpoint_url="x")),
        Lambda(error_type="Sandbox.Timedout"),
        Lambda(error_type="Runtime.ExitError"),
    ],
)
def test_throttle_timeout_and_lost_environment_may_pass(client):
    with pytest.raises(FunctionUnavailableError) as raised:
        invoke(client, "infer", b"{}")

    assert not isinstance(raised.value, FunctionBrokenError), "an input that always does this must be given up"


@pytest.mark.parametrize(
    "client",
    [
        *(Lambda(error=refused(code)) for code in ("ResourceNotFoundException", "KMSAccessDeniedException")),
        *(
            Lambda(error_type=f"Runtime.{name}")
            for name in (
                "ImportModuleError",
                "UserCodeSyntaxError",
                "HandlerNotFound",
                "MalformedHandlerName",
                "BuiltInModuleConflict",
                "InvalidEntrypoint",
                "InvalidWorkingDir",
            )
        ),
        Lambda(error_type="Extension.Crash"),
        Lambda(error_type=ContractMismatchError.__name__),
    ],
    ids=lambda client: client.error_type or str(client.error),
)
def test_function_that_cannot_start_is_broken_whatever_the_input(client):
    with pytest.raises(FunctionBrokenError) as raised:
        invoke(client, "infer", b"{}")

    assert raised.value.retry_after_s == 60


def test_exception_in_the_function_is_its_type_and_never_its_text():
    with pytest.raises(FunctionCrashedError) as raised:
        invoke(Lambda(error_type="ValueError"), "infer", b"{}")

    assert (raised.value.function, raised.value.error_type) == ("infer", "ValueError")
    assert "token" not in f"{raised.value!r}"


def test_infer_client_sends_bucket_key_and_models_and_reads_faces():
    expected = inference(face())
    client = Lambda(msgspec.json.encode(expected))

    assert InferClient(client, "infer", "bucket")("photos/a/1", ("mvp",)) == expected
    assert client.payloads == [{"bucket": "bucket", "key": "photos/a/1", "models": ["mvp"]}]


def test_infer_client_reads_why_a_photo_could_not_be_read():
    client = Lambda(b'{"error": {"code": "too_large", "message": "over 50000000 pixels"}}')

    failure = InferClient(client, "infer", "bucket")("photos/a/1", ("mvp",))
    assert failure == InferFailure(code="too_large", message="over 50000000 pixels")


@pytest.mark.parametrize(
    ("part", "newer", "field", "read"),
    [
        (("faces", 0), {"view": "from behind"}, "view", lambda face: face.view == "covered"),
        (("faces", 0, "models", "mvp"), {"label": "mixed"}, "label", lambda face: not face.models["mvp"].sure),
        (("faces", 0, "models", "mvp", "emotions"), {"bored": 0.1}, "emotions",
         lambda face: face.models["mvp"].emotions.keys() == set(Emotion)),
    ],
)  # fmt: skip
def test_a_word_of_a_newer_infer_is_the_most_cautious_known_one_and_noted_once(part, newer, field, read):
    _note.cache_clear()
    answer = msgspec.to_builtins(inference(face()))
    reduce(lambda whole, name: whole[name], part, answer).update(newer)

    with lines_of(redacted_logger()) as written:
        for _ in range(2):
            said = InferClient(Lambda(json.dumps(answer).encode()), "infer", "bucket")("photos/a/1", ("mvp",))
            assert read(said.faces[0])
        (noted,) = written().splitlines()
    assert json.loads(noted)["field"] == field


def test_a_newer_reason_why_a_photo_could_not_be_read_asks_for_another():
    client = Lambda(b'{"error": {"code": "too_blue", "message": ""}}')

    assert InferClient(client, "infer", "bucket")("photos/a/1", ("mvp",)).code == "damaged"


@pytest.mark.parametrize("answer", [b"{}", b'{"error": {"code": 5, "message": ""}}', b"[]", b"x"])
def test_what_is_more_than_an_unknown_word_is_an_error(answer):
    with pytest.raises(msgspec.MsgspecError):
        InferClient(Lambda(answer), "infer", "bucket")("photos/a/1", ("mvp",))


def test_report_client_hands_the_request_over_and_does_not_wait():
    client = Lambda(b"")

    ReportClient(client, "report")(ReportRequest(user_id=7, update_id=42, show="calendar"))

    assert client.invoked == ("report", "Event")
    assert client.payloads == [{"op": "request", "user_id": 7, "update_id": 42, "show": "calendar", "days": 0}]


@pytest.mark.parametrize("error", [refused("TooManyRequestsException"), ConnectTimeoutError(endpoint_url="x")])
def test_request_that_lambda_did_not_take_may_be_taken_later(error):
    with pytest.raises(FunctionUnavailableError):
        ReportClient(Lambda(error=error), "report")(ReportRequest(user_id=7, update_id=42, show="report"))
