"""The process that reads photos: it has the models, two pipes, and from its first photo on nothing else.

It decodes what strangers send. So it is given no token and no folder, loads everything, and then shuts itself in: a
flaw in a decoder finds no file, no socket and no program (docs/decisions/0021).
"""

import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import msgspec
from PIL import Image

import functions.infer
from burnout.clock import Stopwatch
from burnout.inference import InferFailure
from functions.infer.analysis import analyse
from functions.infer.classifier import Classifier, chosen, served_classifiers
from functions.infer.faces import FaceFinder
from functions.infer.heif import shut_in
from functions.infer.image import MAX_PIXELS, ImageError, started_apart
from functions.infer.self_check import check
from selfhost.pipe import Answer, receive, send

# Longer than the bot waits before it ends this process: it is for when the bot is gone. Its end is the signal's.
ALARM_S: Final = 20


class Spare:
    """A process that was started while one could be: it reads one HEIC or AVIF."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] = started_apart()
        self.is_used = False

    def __call__(self, data: bytes) -> tuple[int, bytes]:
        """Its exit status and output. `communicate` would not do: it polls, and that takes a right to open files."""
        self.is_used = True
        assert self._process.stdin  # noqa: S101  (they are pipes)
        assert self._process.stdout  # noqa: S101
        with suppress(OSError):  # it may end before it has read everything
            self._process.stdin.write(data)
            self._process.stdin.close()
        output = self._process.stdout.read(MAX_PIXELS + 100)
        return self._process.wait(), output


def main(requests: IO[bytes], answers: IO[bytes]) -> int:
    """Answers until the other side ends, or the spare is used. The exit status."""
    try:
        classifiers = served_classifiers(Path(functions.infer.__file__).parent / "models")
        finder = FaceFinder()
        check(finder, classifiers)  # it also starts the libraries' threads
        Image.init()
        spare = Spare()
        shut_in()
    except Exception as error:
        send(answers, Answer(error=f"{type(error).__name__}: {error}"))
        return 1
    send(answers, Answer())
    while (request := receive(requests)) and not spare.is_used:
        models, photo = request
        signal.alarm(ALARM_S)
        answer = _answer(photo, finder, chosen(classifiers, msgspec.json.decode(models, type=list[str])), spare)
        signal.alarm(0)
        send(answers, msgspec.structs.replace(answer, is_last=spare.is_used))
    return 0


def _answer(photo: bytes, finder: FaceFinder, models: Mapping[str, Classifier], spare: Spare) -> Answer:
    try:
        return Answer(inference=analyse(photo, finder, models, Stopwatch(), spare))
    except ImageError as error:
        return Answer(failure=InferFailure(code=error.code, message=error.message))
    except Exception as error:
        return Answer(error_type=type(error).__name__)


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
