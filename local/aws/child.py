"""Child processes that cannot outlive their parent.

A child gets one end of a pipe and reads it; when the parent dies, even by SIGKILL, it reads end-of-file and ends.
Ctrl-C in a terminal reaches every process of the group, so children ignore it and wait to be told.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from io import TextIOWrapper
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from burnout import clock

_CONTEXT = multiprocessing.get_context("spawn")  # fork would copy locks that other threads hold
_starting = threading.Lock()  # Process.start touches module-wide state
_JOIN_S = 5.0


class Child:
    """A process running `target(pipe, *arguments)`, and our end of its pipe."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_main, args=(target, theirs, *arguments), daemon=True)
        with _starting, _InterruptsHeld():
            self._process.start()
        theirs.close()  # or the child's death would never be read as end-of-file here

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid

    def kill(self) -> None:
        """The process is gone. May be called twice, and while another thread waits for an answer.

        That thread reads end-of-file then. The pipe is left to it: closed here, its number could be another file's.
        """
        self._process.kill()
        self._process.join(_JOIN_S)


def redirect_output(log: Path) -> None:
    """Sends stdout and stderr of this process to the end of a file, native libraries' included, each line at once."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # to a file Python would write in blocks, and a kill would lose lines
            stream.reconfigure(line_buffering=True)


def set_clock_by(file: Path) -> None:
    """The product's clock in this process is as many seconds off as the file says, at every look.

    To be called before anything imports `now_utc` by its name.
    """
    real = clock.now_utc
    clock.now_utc = lambda: real() + timedelta(seconds=float(file.read_text(encoding="ascii") or 0))


def _main(target: Callable[..., None], pipe: Connection, *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    target(pipe, *arguments)


class _InterruptsHeld:
    """Holds Ctrl-C back in this thread, so that a child being born inherits the mask and prints no traceback."""

    def __enter__(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            self._before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_SETMASK, self._before)
