"""The canary through every part: the gateway's address, webhook, store and back, beside a fake Telegram."""

import json

from local.aws import events


def canary(stack):
    """What report's log says of one canary, and the metrics that it sent."""
    outcome = stack.dispatch.invoke("report", json.dumps(events.report_canary()).encode())
    assert not outcome.error_type, outcome.payload
    lines = (stack.data_dir / "logs" / "report.log").read_text(encoding="utf-8").splitlines()
    written = [json.loads(line) for line in lines if line.startswith("{")]
    said = [line for line in written if line.get("op") == "canary"][-1]
    return said, [line for line in written if "CanaryOk" in line][-1]


def test_every_function_is_started_before_anybody_calls_it(stack):
    assert all(stack.dispatch.pids().values())


def test_a_stack_that_is_well_says_so_and_nobody_gets_a_message(stack, telegram):
    said, metrics = canary(stack)

    assert (said["outcome"], metrics["CanaryOk"], metrics["PendingUpdates"]) == ("done", [1.0], [0.0])
    assert telegram.wait_until_delivered(5)


def test_a_store_that_fails_is_seen_from_outside(stack, telegram):
    stack.dispatch.fail_next("store", 1, "throttle")

    said, metrics = canary(stack)

    assert (said["outcome"], metrics["CanaryOk"]) == ("webhook_503", [0.0])
