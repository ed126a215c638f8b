"""The bot's side of the process that reads photos: starts it, hands it one photo at a time, ends it when it hangs."""

import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Final

import msgspec

from burnout.errors import FunctionBrokenError, FunctionCrashedError, FunctionUnavailableError
from burnout.inference import Inference, InferFailure
from selfhost import RefusedError, config
from selfhost.pipe import Answer, receive, send

START_S: Final = 60.0  # imports and models; a small computer takes many times the half second of a large one
ANSWER_S: Final = 15.0
COMMAND: Final = config.command("selfhost.pixels")


class InferChild:
    """Reads photos in a process of its own. Threads may share it; they wait for each other."""

    def __init__(self, variables: Mapping[str, str], command: tuple[str, ...] = COMMAND) -> None:
        self._variables = variables
        self._command = command
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The process that reads now."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """It is ready for a photo. Raises: RefusedError with the reason, when it cannot be."""
        try:
            with self._turn:
                self._ready()
        except FunctionBrokenError as error:
            raise RefusedError(f"what reads photos does not start: {error}") from None

    def read(self, photo: bytes, models: tuple[str, ...]) -> Inference | InferFailure:
        """What these models found in the photo, or why it could not be read.

        Raises: FunctionUnavailableError when it died of it, or took too long; FunctionBrokenError when it does not
        start; FunctionCrashedError when our code raised.
        """
        if not self._turn.acquire(timeout=ANSWER_S):
            raise FunctionUnavailableError("infer: busy")
        try:
            process = self._ready()
            answer = self._said(process, ANSWER_S, lambda: send(_pipe(process.stdin), models, photo))
            if answer is None or answer.is_last:
                self._end()
            if answer is not None and answer.is_last:
                self._begin()  # the next photo finds it ready
        finally:
            self._turn.release()
        if answer is None:
            raise FunctionUnavailableError("infer: ended without an answer")
        if result := answer.inference or answer.failure:
            return result
        raise FunctionCrashedError("infer", answer.error_type or "Unknown")

    def close(self) -> None:
        """The process is gone, also one that hangs, and none begins any more."""
        self._is_closed = True
        if process := self._process:
            process.kill()
        with self._turn:
            self._end()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._is_closed:
            raise FunctionUnavailableError("infer: closed")
        if self._process is not None and self._process.poll() is not None:  # killed by somebody since
            self._end()
        process = self._process or self._begin()
        if not self._is_ready:
            answer = self._said(process, START_S)
            if answer is None or answer.error:
                self._end()
                raise FunctionBrokenError(f"infer: {answer.error if answer else 'it ended, or was not ready in time'}")
            self._is_ready = True
        return process

    def _begin(self) -> subprocess.Popen[bytes]:
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        # A session of its own: Ctrl-C is for the bot, which lets what is under way come to its end.
        self._process = subprocess.Popen(  # noqa: S603
            self._command, stdin=pipe, stdout=pipe, stderr=nowhere, env=self._variables, start_new_session=True
        )
        self._is_ready = False
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):  # what it did not take
                _pipe(stream).close()

    def _said(
        self, process: subprocess.Popen[bytes], within_s: float, ask: Callable[[], None] = lambda: None
    ) -> Answer | None:
        """What the process answers; None when it ends, says nonsense, or is ended because the time is over."""
        with _bounded(process, within_s), suppress(OSError, msgspec.MsgspecError):
            ask()
            if said := receive(_pipe(process.stdout)):
                return msgspec.json.decode(said[0], type=Answer)
        return None


@contextmanager
def _bounded(process: subprocess.Popen[bytes], within_s: float) -> Iterator[None]:
    timer = threading.Timer(within_s, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101  (Popen was asked for pipes)
    return stream
