"""`sam local` as anybody types it: no argument but the function's name and the event, or none at all."""

import http.client
import re
import subprocess
import time
from contextlib import contextmanager, suppress

from infra.stack import sam
from infra.stack.command import BUILD, ROOT, StackToolError, run
from local.aws import environment

_CONTAINER = re.compile(r"SAM_CONTAINER_ID: ([0-9a-f]{64})")  # its log names each that it starts
_UP_LIMIT_S = 180
_DOWN_LIMIT_S = 20
_QUIET = {"SAM_CLI_TELEMETRY": "0"}


def invoke(function, event, exported):
    """What `sam local invoke` printed: JSON, for an exception is an answer, too."""
    command = [sam.program(), "local", "invoke", sam.FUNCTIONS[function], "-e", f"tests/events/{function}_{event}.json"]
    return run(command, limit_s=_UP_LIMIT_S, variables={**_QUIET, **exported})


@contextmanager
def serving(what, port, exported):
    """The address of `sam local start-api` or `start-lambda`, once it answers on the port that it takes by itself."""
    log = BUILD / f"{what}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sam.program(), "local", what],
            env=environment.isolated({**_QUIET, **exported, "AWS_EC2_METADATA_DISABLED": "true"}),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(port, server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(_DOWN_LIMIT_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        for container in _CONTAINER.findall(log.read_text(encoding="utf-8", errors="replace")):
            with suppress(StackToolError):  # it takes its containers along, most of the time
                run(["docker", "rm", "--force", container], limit_s=30)


def _wait_for(port, server, log):
    deadline = time.monotonic() + _UP_LIMIT_S
    while time.monotonic() < deadline and server.poll() is None:
        # An open port is no answer: ask for something that is not there.
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        time.sleep(0.3)
    raise StackToolError("sam local did not come up\n" + log.read_text(encoding="utf-8", errors="replace")[-2000:])
