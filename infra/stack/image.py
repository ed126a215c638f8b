"""infer's image alone, as Lambda runs it: any user, only /tmp writable, no rights, one core, behind the emulator."""

import contextlib
import http.client
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.stack import docker
from infra.stack.command import StackToolError, run

LIMIT_BYTES: Final = 500_000_000
_PATH: Final = "/2015-03-31/functions/function/invocations"
_PORT: Final = 8080  # the emulator's own
_READY_LIMIT_S: Final = 60.0
_ANSWER_LIMIT_S: Final = 60.0
_CLOSED: Final = ("--read-only", "--tmpfs", "/tmp:size=512m", "--cap-drop", "ALL")  # noqa: S108  (Lambda's own)
_SMALL: Final = ("--security-opt", "no-new-privileges", "--memory", "1769m", "--cpus", "1")


def size_bytes(name: str) -> int:
    """What the image takes on a disk. Raises: StackToolError when there is none."""
    described = docker.image(name)
    if described is None:
        raise StackToolError(f"there is no image {name}")
    return int(described["Size"])


class Running:
    """One container of the image. The runtime in it starts with the first event."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    def invoke(self, event: Any) -> Any:
        """The answer to one event. Raises: StackToolError when none comes."""
        deadline = time.monotonic() + _READY_LIMIT_S
        body = json.dumps(event)
        while True:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=_ANSWER_LIMIT_S)
            try:
                connection.request("POST", _PATH, body)
                return json.loads(connection.getresponse().read())
            except (OSError, http.client.HTTPException) as error:
                # Docker's proxy accepts a connection before a server listens behind it, and then resets it.
                if time.monotonic() > deadline:
                    raise StackToolError(f"the image does not answer: {type(error).__name__}") from error
                time.sleep(0.02)
            finally:
                connection.close()


@contextlib.contextmanager
def running(name: str, host: str, variables: Mapping[str, str], *, user: str) -> Iterator[Running]:
    """A container that answers; gone afterwards. Raises: StackToolError."""
    said = [part for variable in variables for part in ("--env", variable)]  # not its value, which all may see in /proc
    published = ["--publish", f"{host}::{_PORT}"]
    command = ["docker", "run", "--detach", "--rm", "--user", user, *_CLOSED, *_SMALL, *published, *said, name]
    container = run(command, limit_s=120, variables=variables).output.strip()
    try:
        port = run(["docker", "port", container, str(_PORT)], limit_s=20).output.strip().rpartition(":")[2]
        yield Running(host, int(port))
    finally:
        with contextlib.suppress(StackToolError):
            run(["docker", "rm", "--force", container], limit_s=60)
