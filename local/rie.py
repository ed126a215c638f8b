"""Execution environments behind AWS's own Runtime Interface Emulator, without Docker.

The SAM CLI carries the emulator inside its package. In front of `python -m awslambdaric`, Lambda's real Python runtime,
it runs a handler exactly as the service does, one event at a time.
"""

import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import IO, Final

from local.aws.runtime import Function, Outcome, SandboxDiedError, SandboxTimedOutError

_PATH: Final = "/2015-03-31/functions/function/invocations"
_ROOT: Final = Path(__file__).parents[1]  # where `make setup-sam` leaves the SAM CLI in an environment of its own
_ARCHITECTURES: Final = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_TIMED_OUT: Final = b"Task timed out after"  # the emulator says it in plain text, with status 200
_START_LIMIT_S: Final = 20.0
_STOP_LIMIT_S: Final = 5.0
_LOOK_AGAIN_S: Final = 0.01
# Between us and the emulator: when our end of its input closes, also because we were killed, it ends the emulator,
# which takes the runtime with it.
_LEASH: Final = '"$@" </dev/null & read -r _; kill -TERM $!; wait'


class EmulatorError(Exception):
    """The emulator did not start."""


@cache
def why_absent() -> str:
    """Why the emulator cannot be used here; empty when it can."""
    if platform.system() != "Linux":
        return "the runtime interface emulator is a Linux program"
    if not util.find_spec("awslambdaric"):
        return "awslambdaric is not installed"
    if not binary():
        return "the SAM CLI with its runtime interface emulator is not installed (make setup-sam)"
    return ""


def binary() -> Path | None:
    """The emulator for this machine; None where the SAM CLI is not installed."""
    name = f"aws-lambda-rie-{_ARCHITECTURES.get(platform.machine(), '')}"
    beside = _ROOT.glob(f".venv-sam/lib/python*/site-packages/samcli/local/rapid/{name}")
    return next((path for path in (*_installed(name), *beside) if os.access(path, os.X_OK)), None)


def _installed(name: str) -> list[Path]:
    try:
        files = metadata.files("aws-sam-cli") or []
    except metadata.PackageNotFoundError:
        return []
    return [Path(str(file.locate())) for file in files if file.name == name]


class RieSandbox:
    """One emulator and the runtime behind it. The runtime starts with the first event."""

    def __init__(self, function: Function) -> None:
        """Raises: EmulatorError."""
        self._function = function
        port, api_port = _free_ports()
        self._process = _started(function, port, api_port)
        # The first answer includes the import of the handler, which the emulator counts into the timeout too.
        self._client = http.client.HTTPConnection("127.0.0.1", port, timeout=function.timeout_s + _STOP_LIMIT_S)
        try:
            _wait_for_port(port)
        except EmulatorError:
            self.close()
            raise

    def invoke(self, payload: bytes, request_id: str) -> Outcome:  # noqa: ARG002, RUF100  (the emulator makes its own id)
        """As `Sandbox.invoke`."""
        try:
            self._client.request("POST", _PATH, payload, {"Content-Type": "application/json"})
            response = self._client.getresponse()
            body = response.read()
        except TimeoutError:
            raise SandboxTimedOutError from None
        except (OSError, http.client.HTTPException):
            raise SandboxDiedError from None
        if body.startswith(_TIMED_OUT):
            raise SandboxTimedOutError
        return Outcome(body, _error_type(body))

    def close(self) -> None:
        """As `Sandbox.close`. Idempotent."""
        self._client.close()
        with suppress(OSError):
            _input_of(self._process).close()
        try:
            self._process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _started(function: Function, port: int, api_port: int) -> "subprocess.Popen[bytes]":
    emulator = [str(binary()), "--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
    emulator += ["--runtime-api-address", f"127.0.0.1:{api_port}"]
    runtime = [sys.executable, "-m", "awslambdaric", function.handler]
    variables = {
        **function.environment,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(max(1, round(function.timeout_s))),
    }
    with _log_of(function) as log:
        return subprocess.Popen(  # noqa: S603  (our own command line)
            ["/bin/sh", "-c", _LEASH, "sh", *emulator, *runtime],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is for us to handle
        )


def _log_of(function: Function) -> IO[bytes]:
    if function.log is None:
        return Path(os.devnull).open("ab")
    return function.log.open("ab")


def _input_of(process: "subprocess.Popen[bytes]") -> IO[bytes]:
    assert process.stdin is not None  # noqa: S101  (it was opened as a pipe)
    return process.stdin


def _free_ports() -> tuple[int, int]:
    # The emulator cannot choose a port by itself. Both stay taken until both are known, so that they differ.
    with socket.socket() as first, socket.socket() as second:
        for each in (first, second):
            each.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(_LOOK_AGAIN_S)
    raise EmulatorError(f"no answer on port {port} within {_START_LIMIT_S:.0f} s")


def _error_type(body: bytes) -> str | None:
    """The errorType of a function error. The emulator marks errors by nothing but their shape."""
    try:
        answer = json.loads(body)
    except ValueError:
        return "Runtime.InvalidResponse"
    is_error = isinstance(answer, dict) and {"errorType", "errorMessage"} <= set(answer)
    return str(answer["errorType"]) if is_error else None
