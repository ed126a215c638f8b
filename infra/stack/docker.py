"""Docker: the daemon that runs here, or one of our own for as long as it is needed; images by their names only."""

import json
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from infra.stack.command import BUILD, StackToolError, UnavailableError, run

_PID_FILE: Final = Path("/var/run/docker.pid")
_START_LIMIT_S: Final = 30.0
_STOP_LIMIT_S: Final = 30.0
_ASK_LIMIT_S: Final = 20.0


@contextmanager
def daemon() -> Iterator[None]:
    """Docker answers inside the with-block. A daemon that runs already is used and left alone.

    Raises: UnavailableError with the reason when there is none and none can be started.
    """
    if platform.system() != "Linux":
        raise UnavailableError("the stack's containers reach this machine over Linux's docker bridge")
    if not shutil.which("docker"):
        raise UnavailableError("docker is not installed (apt-get install docker.io iptables)")
    if _answers():
        yield
        return
    _check_none_runs()
    started = _start()
    try:
        yield
    finally:
        started.terminate()
        with suppress(subprocess.TimeoutExpired):
            started.wait(_STOP_LIMIT_S)


def gateway() -> str:
    """This machine's address as containers see it. Raises: StackToolError."""
    answer = run(["docker", "network", "inspect", "bridge"], limit_s=_ASK_LIMIT_S)
    address: str = json.loads(answer.output)[0]["IPAM"]["Config"][0]["Gateway"]
    return address


def image(name: str) -> dict[str, Any] | None:
    """What Docker knows of an image; None when it has none of this name."""
    try:
        answer = run(["docker", "image", "inspect", name], limit_s=_ASK_LIMIT_S)
    except StackToolError:
        return None
    described: dict[str, Any] = json.loads(answer.output)[0]
    return described


def remove(containers: Iterable[str]) -> None:
    """None of these containers is there any more; those that are gone already do not matter."""
    for container in containers:
        with suppress(StackToolError):
            run(["docker", "rm", "--force", container], limit_s=_STOP_LIMIT_S)


def _answers() -> bool:
    with suppress(StackToolError):
        # `docker version` ends with 1 when only the client is there.
        run(["docker", "version", "--format", "{{.Server.Version}}"], limit_s=_ASK_LIMIT_S)
        return True
    return False


def _check_none_runs() -> None:
    """A second daemon beside one that runs would break both."""
    with suppress(OSError, ValueError):
        pid = int(_PID_FILE.read_text(encoding="ascii"))
        if Path(f"/proc/{pid}").exists():
            raise UnavailableError(f"a docker daemon runs (process {pid}) and does not answer this user")
    if os.geteuid() != 0:
        raise UnavailableError("no docker daemon runs, and only root can start one")
    if not shutil.which("dockerd"):
        raise UnavailableError(
            "no docker daemon runs, and dockerd is not installed (apt-get install docker.io iptables)"
        )


def _start() -> "subprocess.Popen[bytes]":
    BUILD.mkdir(parents=True, exist_ok=True)
    log = BUILD / "dockerd.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  (our own command line)
            [str(shutil.which("dockerd"))],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends what runs in it first
        )
    deadline = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        if _answers():
            return process
        time.sleep(0.2)
    process.kill()
    process.wait()
    raise UnavailableError(f"dockerd does not start here: {_last_words(log)}")


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if "failed" in line or "level=error" in line or "level=fatal" in line]
    return (told or lines or [f"it said nothing within {_START_LIMIT_S:.0f} s"])[-1]
