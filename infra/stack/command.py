"""Other programs, run with a limit; their output is kept, so that one can find out why they failed."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.aws import environment
from local.aws.moto_server import dummy_account

ROOT: Final = Path(__file__).parents[2]
BUILD: Final = ROOT / "build" / "stack"  # everything that this package makes
_SHOWN_LINES: Final = 25


class StackToolError(Exception):
    """A program is missing, failed or took too long. The text says which and why."""


class UnavailableError(StackToolError):
    """This machine cannot do it: nothing is broken, and the caller may skip it."""


@dataclass(frozen=True)
class CompletedRun:
    """What a program left behind."""

    output: str
    seconds: float


def run(command: Sequence[str | Path], *, limit_s: float, variables: Mapping[str, str] | None = None) -> CompletedRun:
    """The program's stdout, once it ended well. Nothing of the user's AWS account or bot reaches it.

    Raises: StackToolError with the end of what it said.
    """
    name = Path(str(command[0])).name
    started = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603  (our own command lines)
            [str(part) for part in command],
            env=environment.isolated({**dummy_account(), **(variables or {})}),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except FileNotFoundError:
        raise UnavailableError(f"{name} is not installed") from None
    except subprocess.TimeoutExpired as error:
        raise StackToolError(f"{name} took longer than {limit_s:g} s\n{_end_of(error.stdout, error.stderr)}") from None
    if done.returncode:
        raise StackToolError(f"{name} ended with {done.returncode}\n{_end_of(done.stdout, done.stderr)}")
    return CompletedRun(done.stdout.decode(errors="replace"), time.monotonic() - started)


def _end_of(*outputs: bytes | None) -> str:
    said = b"".join(output or b"" for output in outputs).decode(errors="replace")
    return "\n".join(said.splitlines()[-_SHOWN_LINES:])
