"""Nothing outlives whoever started it: not after a kill -9, not after Ctrl-C, not after a failed start."""

import os
import signal
import subprocess
import sys

import pytest

from tests.integration.local.aws.processes import descendants, eventually, running

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
def parent(tmp_path):
    """Starts the parent above and kills it at the end, whatever it was."""
    started = []

    def start():
        script = tmp_path / "parent.py"
        script.write_text(PARENT, encoding="utf-8")
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # noqa: TID251  (a child needs a whole one)
        process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=variables, text=True)
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_children_die_with_a_parent_that_was_killed(parent):
    process = parent()
    children = descendants(process.pid)

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert children
    eventually(lambda: not running(children))
