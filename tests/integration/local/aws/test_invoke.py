"""The Invoke endpoint as real boto3 sees it, in front of processes and of threads."""

import json
import time

import pytest

from local.aws.sandbox import ProcessSandbox
from tests.integration.local.aws.conftest import HANDLER, function
from tests.integration.local.aws.processes import eventually


def invoke(client, name="toy", **event):
    response = client.invoke(FunctionName=name, Payload=json.dumps(event))
    return response, json.loads(response["Payload"].read())


def test_invoke_answers_with_the_handlers_json(dispatch, client):
    dispatch.add(function(memory_mb=1769, timeout_s=9), ProcessSandbox)

    response, answer = invoke(client, word="привет")

    assert response["StatusCode"] == 200
    assert "FunctionError" not in response
    assert answer["event"] == {"word": "привет"}
    assert answer["function"] == "toy"
    assert answer["memory"] == "1769"
    assert 0 < answer["remaining_ms"] <= 9000
    assert answer["request_id"]


@pytest.mark.parametrize(
    ("handler", "do", "error_type"),
    [
        (HANDLER, "raise", "ValueError"),
        (HANDLER, "not json", "Runtime.MarshalError"),
        ("tests.integration.local.aws.nowhere.lambda_handler", "echo", "Runtime.ImportModuleError"),
    ],
)
def test_invoke_failure_of_a_handler_is_an_unhandled_function_error(dispatch, client, handler, do, error_type):
    dispatch.add(function(handler=handler), ProcessSandbox)

    response, error = invoke(client, do=do)

    assert (response["StatusCode"], response["FunctionError"], error["errorType"]) == (200, "Unhandled", error_type)
    if do == "raise":
        assert error["errorMessage"] == "не вышло"
        assert "toy.py" in error["stackTrace"][-1]


@pytest.mark.parametrize("death", ["exit", "abort"])
def test_invoke_dead_environment_is_an_exit_error_and_the_next_event_gets_a_new_one(dispatch, client, death):
    dispatch.add(function(workers=1), ProcessSandbox)
    _, before = invoke(client)

    response, error = invoke(client, do=death)
    _, after = invoke(client)

    assert response["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Runtime.ExitError"
    assert after["pid"] != before["pid"]


def test_invoke_timeout_kills_the_environment_and_the_next_event_gets_a_new_one(dispatch, client):
    dispatch.add(function(workers=1, timeout_s=1), ProcessSandbox)
    _, before = invoke(client)

    response, error = invoke(client, do="sleep", s=30)
    _, after = invoke(client)

    assert response["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in error["errorMessage"]
    assert after["pid"] != before["pid"]


@pytest.mark.parametrize("kind", ["process", "threads"])
def test_import_that_takes_longer_than_the_timeout_does_not_count_into_it(dispatch, client, threads, kind):
    slow = function(handler="tests.integration.local.aws.slow_import.lambda_handler", timeout_s=2)
    dispatch.add(slow, threads if kind == "threads" else ProcessSandbox)

    response, answer = invoke(client)

    assert "FunctionError" not in response
    assert answer["event"] == {}


def test_first_call_of_a_start_may_take_longer_than_the_functions_own_timeout(dispatch):
    dispatch.add(function(workers=1, timeout_s=0.2), ProcessSandbox)

    answer = json.loads(dispatch.warm("toy", {"do": "sleep", "s": 0.5}).payload)

    assert answer["remaining_ms"] > 60_000


def test_invoke_one_environment_sees_one_event_at_a_time(dispatch, client, at_once):
    dispatch.add(function(workers=2), ProcessSandbox)

    started = time.monotonic()
    answers = [at_once.submit(invoke, client, do="sleep", s=0.2) for _ in range(4)]
    pids = [answer.result()[1]["pid"] for answer in answers]

    assert len(set(pids)) == 2
    assert time.monotonic() - started >= 0.4


def test_invoke_over_the_concurrency_limit_is_throttled(dispatch, client, at_once):
    dispatch.add(function(workers=1, patience_s=0.05), ProcessSandbox)
    invoke(client)  # started

    busy = at_once.submit(invoke, client, do="sleep", s=1.0)
    refused = None
    while refused is None and not busy.done():
        try:
            invoke(client)
        except client.exceptions.TooManyRequestsException as error:
            refused = error
    busy.result()

    assert refused.response["Error"]["Message"] == "Rate Exceeded."
    assert refused.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_invoke_environment_has_the_functions_variables_and_nothing_of_the_users_account(dispatch, client, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "real-account")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:real")
    dispatch.add(function(), ProcessSandbox)

    _, variables = invoke(client, do="environment")

    assert variables["MARK"] == "set for this function"
    assert variables["AWS_ACCESS_KEY_ID"] == "local"
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
    assert "AWS_PROFILE" not in variables
    assert "real" not in variables.values()
    assert "TELEGRAM_BOT_TOKEN" not in variables


@pytest.mark.parametrize(
    "name",
    [
        "toy",
        "toy:live",
        "123456789012:function:toy",
        "arn:aws:lambda:eu-west-1:123456789012:function:toy",
        "arn:aws:lambda:eu-west-1:123456789012:function:toy:live",
    ],
)
def test_invoke_every_spelling_of_a_name_finds_the_function(dispatch, client, threads, name):
    dispatch.add(function(), threads)

    _, answer = invoke(client, name, x=1)

    assert answer["event"] == {"x": 1}


def test_invoke_unknown_function_is_not_found(dispatch, client):
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        invoke(client, "nobody")

    assert "nobody" in caught.value.response["Error"]["Message"]


def test_invoke_payload_that_is_no_json_is_refused(dispatch, client, threads):
    dispatch.add(function(), threads)

    with pytest.raises(client.exceptions.InvalidRequestContentException):
        client.invoke(FunctionName="toy", Payload=b"{")


def test_invoke_event_type_answers_at_once_and_runs_later(dispatch, client, threads):
    dispatch.add(function(), threads)

    response = client.invoke(FunctionName="toy", InvocationType="Event", Payload=b'{"do": "raise"}')

    assert response["StatusCode"] == 202
    eventually(lambda: len(dispatch.invocations) == 3)  # Lambda retries an asynchronous event twice
    assert {each.outcome for each in dispatch.invocations} == {"ValueError"}


def test_fail_next_throttle_refuses_so_many_events_and_then_no_more(dispatch, client, threads):
    dispatch.add(function(), threads)

    dispatch.fail_next("toy", 2, "throttle")

    for _ in range(2):
        with pytest.raises(client.exceptions.TooManyRequestsException):
            invoke(client)
    assert "FunctionError" not in invoke(client)[0]


def test_fail_next_crash_kills_the_environment_before_the_handler(dispatch, client):
    dispatch.add(function(workers=1), ProcessSandbox)
    _, before = invoke(client)

    dispatch.fail_next("toy", 1, "crash")
    _, error = invoke(client)
    _, after = invoke(client)

    assert error["errorType"] == "Runtime.ExitError"
    assert after["pid"] != before["pid"]


def test_fail_next_timeout_lets_the_effect_stand(dispatch, client, threads, tmp_path):
    dispatch.add(function(), threads)

    dispatch.fail_next("toy", 1, "timeout")
    _, error = invoke(client, mark=str(tmp_path / "effect"))

    assert error["errorType"] == "Sandbox.Timedout"
    assert (tmp_path / "effect").exists()


def test_thread_sandboxes_work_on_many_events_at_once_in_one_process(dispatch, client, threads, at_once, tmp_path):
    """Each of eight waits until all are there."""
    dispatch.add(function(workers=8), threads)

    answers = [at_once.submit(invoke, client, do="meet", n=8, mark=str(tmp_path / f"{n}")) for n in range(8)]

    assert len({answer.result()[1]["pid"] for answer in answers}) == 1


def test_thread_sandboxes_process_that_dies_takes_its_events_and_is_replaced(
    dispatch, client, threads, at_once, tmp_path
):
    mark = tmp_path / "asleep"
    dispatch.add(function(workers=4), threads)
    _, before = invoke(client)

    asleep = at_once.submit(invoke, client, do="sleep", s=30, mark=str(mark))
    eventually(mark.exists)
    _, error = invoke(client, do="abort")
    _, after = invoke(client)

    assert error["errorType"] == "Runtime.ExitError"
    assert asleep.result()[1]["errorType"] == "Runtime.ExitError"
    assert after["pid"] != before["pid"]


def test_the_products_clock_in_a_process_is_moved_while_it_runs(dispatch, client, tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("0")
    dispatch.add(function(workers=1, clock=clock), ProcessSandbox)
    _, before_s = invoke(client, do="now")

    clock.write_text("3600")
    _, after_s = invoke(client, do="now")

    assert abs(before_s - time.time()) < 600 < 3000 < after_s - before_s


def test_the_endpoint_knows_the_processes_of_a_function(dispatch, client):
    dispatch.add(function(workers=1), ProcessSandbox)
    assert dispatch.pids() == {"toy": set()}

    _, answer = invoke(client)

    assert dispatch.pids() == {"toy": {answer["pid"]}}
