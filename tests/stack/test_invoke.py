"""`sam local invoke` of every function with every golden event. It exits 0 on exceptions: payloads are checked."""

import json

import pytest

from infra.stack import events, sam
from infra.stack.command import run
from infra.stack.surroundings import free_port

METHODS = {"start": "sendMessage", "button": "editMessageText", "photo": "sendMessage"}


@pytest.fixture(params=events.names(), ids="_".join)
def answered(request, here, lambdas, measured):
    """(function, event, answer) of one golden event."""
    function, event = request.param
    ran = here.local.invoke(function, events.alive(function, event, here))
    measured(f"sam local invoke {function} with {event}", f"{ran.seconds:.1f} s")
    return function, event, json.loads(ran.output)


def test_sam_local_invoke_answers_the_golden_event(answered):
    function, event, answer = answered

    assert events.trouble(function, answer) == ""
    if function == "webhook":
        assert json.loads(answer["body"])["method"] == METHODS[event]
    if (function, event) == ("infer", "photo"):
        assert [face["models"]["mvp"]["label"] for face in answer["faces"]] == ["positive"]


def test_start_lambda_takes_its_containers_along(here):
    before = running()
    with here.serving("start-lambda", free_port(here.host)):
        assert len(running() - before) >= len(sam.FUNCTIONS)

    assert running() <= before


def running():
    """The ids of all containers."""
    return set(run(["docker", "ps", "--quiet"], limit_s=20).output.split())


def test_sam_local_invoke_shows_an_exception_as_an_answer(here):
    answer = json.loads(here.local.invoke("store", b'{"op": "nonsense"}').output)

    assert events.trouble("store", answer).startswith("bad_request")
