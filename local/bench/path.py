"""`python -m local bench`: photos at a steady rate through the whole local stack, and whether each got its own answer.

The people, the fake Telegram and the functions share this machine; the fake adds Telegram's own latency to every call.
A photo counts as right when exactly one answer came, to its sender, and it is the answer to that picture.
"""

import argparse
import json
import math
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageEnhance

from local.aws.functions import Sizes
from local.bench import LATENCY_MS, Finding, latency_table
from local.bench.processes import ProcessWatch
from local.photo import FACE, LANDSCAPE, does, hides_answer, registered, revealed
from local.stack import Options, Stack
from local.telegram.chats import Message
from local.telegram.files import Picture
from local.telegram.people import Person

PHOTOS_A_PERSON: Final = 8
_LAST_ANSWER_S: Final = 60.0
_OPENED_AT_ONCE: Final = 200
_STAGES: Final = ("begin", "download", "put", "infer", "record")


@dataclass(frozen=True)
class Load:
    """What the benchmark sends."""

    photos: int
    per_minute: float


@dataclass(frozen=True)
class Sent:
    """One photo on its way: its sender, when (s, the fake's clock), and which of the pictures."""

    person: Person
    at_s: float
    picture: int


@dataclass(frozen=True)
class Result:
    """The result of a load."""

    answers_ms: list[float]  # from sending to the answer in the chat
    wrong: Counter[str]  # lost, doubled, mixed up, violations
    stages_ms: dict[str, list[float]]
    wall_s: float
    watch: ProcessWatch

    def table(self, load: Load) -> list[str]:
        """The lines of the table."""
        rows = [("answer", self.answers_ms), *((f"  {name}", ms) for name, ms in self.stages_ms.items())]
        telegram_ms = 2 * LATENCY_MS
        return [
            f"{load.photos} photos at {load.per_minute:.0f} a minute, {telegram_ms:.0f} ms of Telegram in each",
            f"{len(self.answers_ms) / self.wall_s * 60:.0f} answers a minute, peak memory {self.watch.peak_mb:.0f} MB",
            ", ".join(f"{count} {what}" for what, count in self.wrong.items()),
            *latency_table(rows),
            *self.watch.cpu_table(load.photos),
        ]


def find(arguments: argparse.Namespace) -> Finding:
    """The table of a load; all is well when every photo got its own answer, once."""
    load, folder = Load(arguments.photos, arguments.per_minute), arguments.out
    shutil.rmtree(folder / "data", ignore_errors=True)  # a chat's numbers begin anew with the fake Telegram
    log = folder / "data" / "logs" / "webhook.log"
    options = Options(data_dir=folder / "data", sizes=Sizes(patience_s=10))
    with Stack(options) as stack:
        result = _result_of(stack, load, log)
    return Finding(result.table(load), not any(result.wrong.values()) and len(result.answers_ms) == load.photos)


def _result_of(stack: Stack, load: Load, log: Path) -> Result:
    people = [registered(stack) for _ in range(math.ceil(load.photos / PHOTOS_A_PERSON))]
    pictures = pictures_of(stack)
    expected = expected_answers(people[0], pictures)
    stack.telegram.latency_ms = LATENCY_MS
    log_bytes_before = log.stat().st_size
    with ProcessWatch(stack) as watch:
        started_s = time.perf_counter()
        sent = send_evenly(stack, people, pictures, load)
        stack.telegram.wait_until_delivered(_LAST_ANSWER_S)
        wall_s = time.perf_counter() - started_s
    answers, wrong = judge(stack, sent, expected)
    return Result([ms for _, ms in answers], wrong, _stage_ms(log, log_bytes_before), wall_s, watch)


def pictures_of(stack: Stack) -> list[Picture]:
    """Pictures whose answers differ, so that a mix-up shows: a face in five kinds of light, and none."""
    face = Image.open(FACE)
    lights = [ImageEnhance.Brightness(face).enhance(factor) for factor in (0.7, 0.85, 1.0, 1.2, 1.4)]
    return [stack.telegram.picture(each) for each in (*map(_jpeg, lights), LANDSCAPE.read_bytes())]


def expected_answers(person: Person, pictures: Sequence[Picture]) -> list[str]:
    """What everybody is told about each picture, as this person is first."""
    return [_answer_to(person, each) for each in pictures]


def _jpeg(image: Image.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _answer_to(person: Person, picture: Picture) -> str:
    person.send_photo(picture)
    return revealed(person, person.wait_for_answer(_LAST_ANSWER_S)).text


def send_evenly(stack: Stack, people: Sequence[Person], pictures: Sequence[Picture], load: Load) -> list[Sent]:
    """Sends the photos evenly spaced, to people in turn. A late start is made up for: the rate is the load's."""
    first_s = time.perf_counter()
    sent = []
    for number in range(load.photos):
        time.sleep(max(0.0, first_s + number * 60 / load.per_minute - time.perf_counter()))
        person, picture = people[number % len(people)], (number * 7) % len(pictures)
        sent.append(Sent(person, stack.telegram.now(), picture))
        person.send_photo(pictures[picture])
    return sent


def judge(
    stack: Stack, sent: Sequence[Sent], expected: Sequence[str], apology: str | None = None
) -> tuple[list[tuple[Sent, float]], Counter[str]]:
    """Each answered photo with the milliseconds that it took, and how many were lost, doubled or mixed up.

    A chat is answered in order, so a person's n-th answer must be the one to their n-th photo, or the apology for it.
    Answers that ask for a rating first are opened here, after the measurement.
    """
    wrong = Counter({"lost": 0, "doubled": 0, "mixed up": 0, "violations": len(stack.telegram.violations)})
    if apology is not None:
        wrong["apologised for"] = 0
    photos: dict[Person, list[Sent]] = {}
    for one in sent:
        photos.setdefault(one.person, []).append(one)
    answers = {person: first_versions(person.read_all()) for person in photos}
    _open(stack, answers)
    answered: list[tuple[Sent, float]] = []
    for person, theirs in photos.items():
        wrong["lost"] += max(0, len(theirs) - len(answers[person]))
        wrong["doubled"] += max(0, len(answers[person]) - len(theirs))
        for one, answer in zip(theirs, answers[person], strict=False):
            said = person.chat.messages[answer.message_id]
            if apology is not None and said.source == apology:
                wrong["apologised for"] += 1
                continue
            wrong["mixed up"] += said.text != expected[one.picture]
            answered.append((one, (answer.at - one.at_s) * 1000))
    return answered, wrong


def first_versions(messages: Sequence[Message]) -> list[Message]:
    """The messages in their order, each as it came: without its edits."""
    return sorted({message.message_id: message for message in reversed(messages)}.values(), key=lambda m: m.message_id)


def _open(stack: Stack, answers: Mapping[Person, Sequence[Message]]) -> None:
    """Some at a time: Telegram drops a press after 150 s."""
    shown = [(person, person.chat.messages[each.message_id]) for person, theirs in answers.items() for each in theirs]
    hidden = [(person, message) for person, message in shown if hides_answer(message)]
    for first in range(0, len(hidden), _OPENED_AT_ONCE):
        for person, message in hidden[first : first + _OPENED_AT_ONCE]:
            person.press(message, next(button.label for button in message.buttons if does(button, "show")))
        stack.telegram.wait_until_delivered(_LAST_ANSWER_S)


def _stage_ms(log: Path, skip_bytes: int) -> dict[str, list[float]]:
    """Milliseconds of each stage, from the webhook's own log lines."""
    stages: dict[str, list[float]] = {stage: [] for stage in _STAGES}
    with log.open("rb") as stream:
        stream.seek(skip_bytes)
        for line in stream:
            try:
                measured = json.loads(line).get("stage_ms", {})
            except ValueError:
                continue
            for stage in _STAGES:
                if stage in measured:
                    stages[stage].append(measured[stage])
    return stages
