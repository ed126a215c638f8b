"""No process outlives the one that started it: not after a kill -9, not after Ctrl-C, not after a failed start."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.local.aws.processes import descendants, eventually, running, started

ROOT = Path(__file__).parents[4]
# A parent that starts an execution environment and waits.
PARENT = """
import time
from local.aws.runtime import Function
from local.aws.sandbox import ProcessSandbox
from local.aws import environment

def main():
    handler = "tests.integration.local.aws.toy.lambda_handler"
    function = Function(name="toy", handler=handler, environment=environment.isolated({}))
    sandbox = ProcessSandbox(function)
    sandbox.invoke(b"{}", "1")
    print("ready", flush=True)
    time.sleep(600)

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def parent():
    """The parent above, with its children; it is killed at the end, whatever it was."""
    with started() as start:
        process = start([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        yield process


def test_children_die_with_a_parent_that_was_killed(parent):
    children = descendants(parent.pid)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    assert children
    eventually(lambda: not running(children))
