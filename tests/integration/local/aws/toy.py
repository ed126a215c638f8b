"""A handler for the tests of the execution environments: does what its event asks for."""

import os
import sys
import time
from pathlib import Path

from burnout.clock import now_utc


def lambda_handler(event, context):
    do = event.get("do", "echo")
    if "mark" in event:
        Path(event["mark"]).touch()
    if do == "raise":
        raise ValueError("не вышло")
    if do == "exit":
        sys.exit(3)
    if do == "now":
        return now_utc().timestamp()
    if do == "abort":
        os.kill(os.getpid(), 9)
    if do == "meet":
        while len(list(Path(event["mark"]).parent.iterdir())) < event["n"]:
            time.sleep(0.01)
    if do == "sleep":
        time.sleep(event["s"])
    if do == "not json":
        return {"a set": {1, 2}}
    if do == "environment":
        return dict(os.environ)  # noqa: TID251  (what reached the function is what is tested)
    return {
        "event": event,
        "pid": os.getpid(),
        "function": context.function_name,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "request_id": context.aws_request_id,
        "remaining_ms": context.get_remaining_time_in_millis(),
    }
