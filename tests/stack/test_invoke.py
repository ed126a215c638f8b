"""`sam local invoke` of every function with every golden event. It exits 0 on exceptions: payloads are checked."""

import base64
import gzip
import json

import pytest

from functions.app.files import static
from infra.stack.aws_local import EVENTS
from tests.stack.sam_local import invoke

METHODS = {"start": "sendMessage", "button": "editMessageText", "photo": "sendMessage"}
# In the order in which a person would cause them.
STORY = ("webhook_start", "webhook_button", "webhook_photo")
NAMES = [*STORY, *sorted({path.stem for path in EVENTS.glob("*.json")} - set(STORY))]


@pytest.fixture(params=NAMES)
def answered(request, here, lambdas, measured):
    """(function, event, answer) of one golden event."""
    function, _, event = request.param.partition("_")
    ran = invoke(function, event, here.exported)
    measured(f"sam local invoke {function} with {event}", f"{ran.seconds:.1f} s")
    return function, event, json.loads(ran.output)


def test_sam_local_invoke_answers_the_golden_event(answered):
    function, event, answer = answered

    assert [answer.get(wrong) for wrong in ("errorType", "error")] == [None, None], answer
    if (function, event) == ("app", "page"):
        assert gzip.decompress(base64.b64decode(answer["body"])) == static("/app").content
    if (function, event) == ("app", "open"):  # the golden launch is older than 12 hours
        assert (answer["statusCode"], answer["body"]) == (401, '{"error":"closed"}')
    if function == "webhook":
        assert json.loads(answer["body"])["method"] == METHODS[event]
    if (function, event) == ("infer", "photo"):
        assert [face["models"]["mvp"]["label"] for face in answer["faces"]] == ["positive"]


@pytest.mark.parametrize(
    ("function", "event"), [("infer", "check"), ("store", "record"), ("report", "ping"), ("app", "page")]
)
def test_what_needs_no_other_service_is_answered_without_one(built, function, event):
    answer = json.loads(invoke(function, event, {}).output)

    assert not {"errorType", "error"} & answer.keys(), answer
