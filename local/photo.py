"""One photo through the whole stack: what a person would see, or what the models said and how long each stage took."""

import argparse
import json
import mimetypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from burnout.telegram.buttons import Action, parse_button
from local.arguments import existing_file
from local.aws.dispatch import Invocation
from local.aws.functions import Sizes
from local.aws.runtime import Returned
from local.stack import Options, Stack
from local.telegram.chats import Button, Message
from local.telegram.people import Person
from local.telegram.server import FakeTelegram
from training.processor import processor

NO_ANSWER: Final = 1
_PHOTOS: Final = Path(__file__).parents[1] / "tests" / "photos"  # SOURCES.md there names sources and licences
FACE: Final = _PHOTOS / "selfie.jpg"
LANDSCAPE: Final = _PHOTOS / "no_face.jpg"
_ANSWER_LIMIT_S: Final = 60.0


def add_parser(commands: Any) -> None:
    """Adds `photo` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "photo",
        help="send one photo through everything and print the answer",
        description="Sends one photo through everything and prints the answer. Exit status: 0 when the bot saw a face "
        "and answered, 1 when it said why not, 3 when the stack did not work.",
    )
    parser.add_argument("file", type=existing_file, metavar="FILE", help="an image")
    parser.add_argument("--json", action="store_true", help="print what the models said, and the milliseconds")
    parser.add_argument("--data", type=Path, metavar="DIR", help="databases and logs (default: a temporary folder)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Sends the photo. Raises: StackError."""
    with Stack(Options(data_dir=arguments.data, sizes=Sizes(infer=1, store=1))) as stack:
        person = registered(stack)
        passage = pass_through(stack, person, arguments.file.read_bytes(), arguments.file.name)
    print(json.dumps(passage.to_json(), ensure_ascii=False, indent=2) if arguments.json else shown(passage.answer))
    return 0 if passage.checked_in else NO_ANSWER


@dataclass
class PhotoTrace:
    """What happened to one photo."""

    answer: Message
    answer_ms: float  # from sending to reading
    prediction: Any  # infer's own answer; None when it was never asked
    stages: list[dict[str, Any]]  # every invocation, in the order of ending

    @property
    def checked_in(self) -> bool:
        """Whether the bot answered with what it saw, and not with a reason why it could not."""
        return any(does(button, "up", "name") for button in self.answer.buttons)

    def to_json(self) -> dict[str, Any]:
        """The passage as `--json` prints it."""
        return {
            "text": self.answer.text,
            "answer_ms": round(self.answer_ms, 1),
            "processor": processor(),
            "invocations": self.stages,
            "prediction": self.prediction,
        }


def registered(stack: Stack, person: Person | None = None) -> Person:
    """This person, or a new one, who has pressed /start, agreed to the notice and chosen a time zone."""
    person = person or stack.telegram.person()
    person.send_text("/start")
    notice = person.wait_for_answer(_ANSWER_LIMIT_S)
    label = next(button.label for button in notice.buttons if does(button, "agree"))
    person.press(notice, label).wait_for_notice(_ANSWER_LIMIT_S)
    person.send_text("/timezone UTC")
    stack.telegram.wait_until_delivered(_ANSWER_LIMIT_S)
    person.read_all()
    return person


def pass_through(stack: Stack, person: Person, content: bytes, file_name: str) -> PhotoTrace:
    """What the bot says to this file: sent as a photo if an app could, else as a document."""
    invocations: list[Invocation] = []
    predictions: list[Any] = []

    def note(invocation: Invocation, outcome: Returned | None) -> None:
        invocations.append(invocation)
        if invocation.function == "infer" and outcome:
            predictions.append(json.loads(outcome.payload))

    send = sending(stack.telegram, person, content, file_name)
    with stack.dispatch.observed(note):
        started = time.perf_counter()
        send()
        answer = person.wait_for_answer(_ANSWER_LIMIT_S)
        answer_ms = (time.perf_counter() - started) * 1000
    answer = revealed(person, answer)
    stages = [{"function": each.function, "ms": round(each.duration_ms, 1)} for each in invocations]
    return PhotoTrace(answer, answer_ms, predictions[-1] if predictions else None, stages)


def revealed(person: Person, answer: Message) -> Message:
    """The same answer with what the model saw: half of them ask for the person's own rating first."""
    if not hides_answer(answer):
        return answer
    person.press(answer, next(button.label for button in answer.buttons if does(button, "show")))
    return person.wait_for_answer(_ANSWER_LIMIT_S)


def hides_answer(message: Message) -> bool:
    """Whether the message asks for a rating before it says what the model saw."""
    return any(does(button, "show") for button in message.buttons)


def does(button: Button, *actions: Action) -> bool:
    """Whether the button is for one of these."""
    parsed = parse_button(button.data)
    return parsed is not None and parsed.action in actions


def sending(telegram: FakeTelegram, person: Person, content: bytes, file_name: str) -> Callable[[], object]:
    """What sends the file. A photo is encoded in all of Telegram's sizes before: that is no part of the bot's time."""
    try:
        picture = telegram.picture(content)
    except ValueError:  # no app would send it as a photo
        mime_type = mimetypes.guess_type(file_name)[0] or "application/octet-stream"
        return lambda: person.send_document(content, file_name, mime_type)
    return lambda: person.send_photo(picture)


def shown(message: Message) -> str:
    """A message as a person sees it: the text, and the buttons in brackets, row by row."""
    return "\n".join([message.text, *(f"    {row}" for row in message.label_rows)])
