"""`python -m local screens`: every screen of the conversation, in both languages, with its lines and characters.

Nothing is drawn up by hand: people begin with every command, with words and with photos of every kind, and press every
button that the answers bring, on the webhook's own code and a store in a temporary folder.
"""

import argparse
import re
import textwrap
from collections import deque
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import msgspec

from burnout.emotions import Emotion
from burnout.inference import MODELS, Face, ImageFacts, Inference, InferFailure, ModelVersion, Prediction, Quality, View
from burnout.telegram.buttons import data_of, mood_row
from burnout.telegram.calls import BotCall, send_message
from burnout.texts import LANGUAGES
from burnout.values import Language
from functions.report import why, wording
from functions.report.factors import Finding
from functions.report.strain import Part, Strain
from functions.store.bucket import Bucket
from functions.store.operations import fulfil
from functions.webhook.assignment import asks_rating_first
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.dispatch import COMMANDS
from functions.webhook.person import Terms
from functions.webhook.updates import parse_update
from local.telegram.limits import visible_text

WIDTH: Final = 38  # letters of a line on a small telephone
NOW_UTC: Final = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
_DATE: Final = int(NOW_UTC.timestamp())
_LATE: Final = ("undo", "unmood", "selfie", "erase")  # pressed last: they take away what other buttons are about
_ALIKE: Final = ("day", "hour")  # one of their many values is enough
_FOUND: Final = Finding("after", "overload", -1.2, -1.9, -0.5, 9, 14)
_PARTS: Final[dict[Part, float]] = {"level": 20, "persistence": 10, "trend": 7, "answer": 9}
_STRAIN: Final = Strain(NOW_UTC.date(), (), 9, 9, 46, "raised", _PARTS, above_baseline=False)
_TERMS: Final = Terms(photos_per_hour=99, photos_per_day=999, operator_contact="@operator", data_place="eu-west-1")
_FILE: Final = {"file_id": "file", "file_unique_id": "file"}
_PHOTO: Final = {"photo": [{**_FILE, "width": 800, "height": 800}]}
_WORDS: Final = ("hello", "3", "10", "/nonsense", "Berlin", "/timezone Berlin", "/timezone xyz", "/timezone Spain")
_CONTENTS: Final = ("sticker", "voice", "audio", "video", "video_note", "animation", "contact", "location", "poll")


class Shown(NamedTuple):
    """A text that somebody saw, and how they came to it."""

    language: Language
    reached_by: str  # the first step, then the buttons' data
    text: str
    labels: tuple[tuple[str, ...], ...]  # of the buttons under it, row by row
    is_notice: bool = False  # it pops up after a press, for a moment

    @property
    def lines(self) -> int:
        """How many lines of WIDTH letters it takes on a telephone."""
        return sum(max(1, len(textwrap.wrap(line, WIDTH))) for line in self.text.split("\n"))


class _NoPhotos(Bucket):
    """Holds nothing: the photos of these people have no bytes."""

    def __init__(self) -> None:
        """Reaches no S3."""

    def put(self, key: str, content: bytes) -> None:
        """Keeps nothing."""

    def delete(self, key: str) -> None:
        """Nothing is there."""

    def delete_all(self, keys: Any) -> int:
        """Nothing is there, of however many."""
        return len(list(keys))

    def listed(self, prefix: str, after: str = "") -> Iterator[Any]:
        """Nothing."""
        return iter(())


def add_parser(commands: Any) -> None:
    """Adds `screens` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "screens",
        help="list every screen of the conversation with its lines and characters",
        description=f"Lists every screen in both languages with its lines of {WIDTH} letters and its characters, and "
        "the way to it.",
    )
    parser.add_argument("--texts", action="store_true", help="print each screen as well, to be read aloud")
    parser.add_argument("--language", choices=LANGUAGES, help="only this one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the list."""
    for language in [arguments.language] if arguments.language else LANGUAGES:
        for shown in walked(language).shown.values():
            print(f"{language} {shown.lines:3} {len(shown.text):5}  {shown.reached_by}")
            if arguments.texts:
                rows = "".join(f"\n    {'  '.join(f'[{label}]' for label in row)}" for row in shown.labels)
                print(f"\n{textwrap.indent(shown.text, '    ')}\n{rows}\n")
    return 0


def walked(language: Language) -> "Walk":
    """The whole walk, with each text once, and the shortest way to it."""
    memory = Path("/dev/shm")  # noqa: S108  (a store on disk waits for it at every write)
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        walk = Walk(language, Path(folder))
        for name, content, inference in _beginnings():
            walk.begin(name, content, inference)
        for name in COMMANDS:
            walk.begin_again(name)
        walk.go_on("report function", _from_report(language))
    return walk


def _beginnings() -> Iterator[tuple[str, dict[str, Any], Inference | InferFailure]]:
    """What people begin with: its name, the message's content, and what infer says of a photo."""
    plain = _inference(_face(0.9))
    # The settings first: who has chosen no clock yet is asked for it there.
    names = sorted(COMMANDS, key=lambda name: name != "settings")
    yield from ((f"/{name}", {"text": f"/{name}"}, plain) for name in names)
    yield from ((f"“{words}”", {"text": words}, plain) for words in _WORDS)
    yield from ((kind, {kind: _FILE}, plain) for kind in _CONTENTS)
    yield "file", {"document": {**_FILE, "mime_type": "application/pdf"}}, plain
    yield "forwarded photo", {**_PHOTO, "forward_date": 1}, plain
    for caption in ("3", "what a day"):
        yield f"photo with “{caption}”", {**_PHOTO, "caption": caption}, plain
    yield "photo of an album", {**_PHOTO, "media_group_id": "1"}, plain
    for negative in (0.1, 0.65, 0.9):
        yield f"photo {negative}", _PHOTO, _inference(_face(negative))
    yield "photo that tells nothing", _PHOTO, _inference(_face(0.5, sure=False))
    views: tuple[View, ...] = ("covered", "profile")
    yield from ((f"photo, {view}", _PHOTO, _inference(_face(0.5, view=view))) for view in views)
    yield "photo without a face", _PHOTO, _inference()
    yield "photo in the dark", _PHOTO, _inference(brightness=0.01)
    yield "photo of two", _PHOTO, _inference(_face(0.5), _face(0.5))
    yield "blurred photo", _PHOTO, _inference(_face(0.5, sharpness=1.0))
    yield "broken photo", _PHOTO, InferFailure(code="not_an_image", message="")


def _face(negative: float, *, sure: bool = True, view: View = "whole", sharpness: float = 400.0) -> Face:
    emotions = dict.fromkeys(Emotion, 0.0) | {Emotion.SAD: negative, Emotion.HAPPY: 1 - negative}
    prediction = Prediction(
        negative=negative, label="negative" if negative >= 0.5 else "positive", emotions=emotions, sure=sure
    )
    quality = Quality(sharpness=sharpness, brightness=0.5)
    return Face(box_px=(0, 0, 300, 300), quality=quality, models=dict.fromkeys(MODELS, prediction), view=view)


def _inference(*faces: Face, brightness: float = 0.5) -> Inference:
    return Inference(
        image=ImageFacts(width_px=800, height_px=800, brightness=brightness),
        faces=faces,
        models=dict.fromkeys(MODELS, ModelVersion(version="1", sha256="0" * 64)),
        elapsed_ms={},
    )


def _from_report(language: Language) -> list[BotCall]:
    """What the report function says beside pictures, and the buttons under them."""
    return [
        *(wording.reminder(1, language, last=last) for last in (False, True)),
        wording.alert(1, language),
        wording.unfinished(1, language),
        *(send_message(1, why.why_text(found, _STRAIN, language)) for found in ([], [_FOUND])),
        send_message(1, wording.nothing_yet(language), keyboard=[mood_row()]),
        send_message(1, "", keyboard=wording.report_keyboard("2026-W47", language)),
    ]


@dataclass
class Walk:
    """People of one language who press whatever there is to press, each button of a kind once."""

    language: Language
    root: Path
    shown: dict[str, Shown] = field(default_factory=dict)  # by its text
    actions: set[str] = field(default_factory=set)  # of the buttons that were pressed
    _pressed: set[str] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def begin(self, name: str, content: dict[str, Any], inference: Inference | InferFailure) -> None:
        """Somebody who has agreed sends it, and goes wherever its buttons lead; then a stranger does so.

        A photo comes twice: some are asked for their rating before they read the answer.
        """
        user_id, stranger = self._agreed(inference), next(self._numbers)
        for first in (False, True) if "photo" in content else (False,):
            number = next(n for n in self._numbers if asks_rating_first(user_id, n) == first)
            calls = self._sends(user_id, inference, number, content)
            self._follow(user_id, f"{name}, asked first" if first else name, calls, inference)
        calls = self._sends(stranger, inference, next(self._numbers), content)
        self._follow(stranger, f"{name}, as a stranger", calls, inference)

    def begin_again(self, command: str) -> None:
        """Somebody who has sent a photo sends a command, and goes wherever its buttons lead."""
        inference = _inference(_face(0.9))
        user_id = self._agreed(inference)
        self._sends(user_id, inference, next(self._numbers), _PHOTO)
        calls = self._sends(user_id, inference, next(self._numbers), {"text": f"/{command}"})
        self._follow(user_id, f"/{command} after a photo", calls, inference)

    def go_on(self, name: str, calls: list[BotCall]) -> None:
        """Somebody who has agreed gets these calls, and goes wherever their buttons lead."""
        inference = _inference()
        self._follow(self._agreed(inference), name, calls, inference)

    def _follow(self, user_id: int, name: str, calls: list[BotCall], inference: Inference | InferFailure) -> None:
        todo: deque[tuple[str, str]] = deque()
        late: deque[tuple[str, str]] = deque()

        def look(way: str, calls: list[BotCall]) -> None:
            for call in calls:
                self._see(call, way)
                for data in _data_of(call):
                    if self._is_new(data, name):
                        (late if data.split(":")[1] in _LATE else todo).append((way, data))

        look(name, calls)
        while todo or late:
            way, data = (todo or late).popleft()
            look(f"{way} › {data.removeprefix('v1:')}", self._presses(user_id, inference, data))

    def _see(self, call: BotCall, reached_by: str) -> None:
        text = visible_text(call.params, "text")
        if text:
            rows = call.params.get("reply_markup", {}).get("inline_keyboard", ())
            labels = tuple(tuple(button["text"] for button in row) for row in rows)
            is_notice = call.method == "answerCallbackQuery"
            self.shown.setdefault(text, Shown(self.language, reached_by, text, labels, is_notice))

    def _is_new(self, data: str, name: str) -> bool:
        """Whether nobody has pressed it yet; a button of one photo is another for each kind of photo."""
        action, *values = data.split(":")[1:]
        if {*values} & {*LANGUAGES} - {self.language}:
            return False  # it leads into the other language
        self.actions.add(action)
        kinds = [] if action in _ALIKE else [_kind_of(value) for value in values]
        key = " ".join([name if "message" in kinds and "photo" in name else "", action, *kinds])
        new = key not in self._pressed
        self._pressed.add(key)
        return new

    def _agreed(self, inference: Inference | InferFailure) -> int:
        user_id = next(self._numbers)
        self._presses(user_id, inference, data_of("agree", _TERMS.notice, self.language))
        return user_id

    def _presses(self, user_id: int, inference: Inference | InferFailure, data: str) -> list[BotCall]:
        under = {"message_id": next(self._numbers), "date": _DATE, "chat": _chat(user_id), "text": "…"}
        return self._answer(inference, callback_query=self._from(user_id) | {"id": "1", "message": under, "data": data})

    def _sends(
        self, user_id: int, inference: Inference | InferFailure, message_id: int, content: dict[str, Any]
    ) -> list[BotCall]:
        message = {"message_id": message_id, "date": _DATE, "chat": _chat(user_id), **content}
        return self._answer(inference, message=self._from(user_id) | message)

    def _from(self, user_id: int) -> dict[str, Any]:
        return {"from": {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": self.language}}

    def _answer(self, inference: Inference | InferFailure, **content: Any) -> list[BotCall]:
        update = parse_update(msgspec.json.encode({"update_id": next(self._numbers), **content}))
        deps = Deps(
            store=lambda operation: fulfil(self.root, _NoPhotos(), operation, NOW_UTC, lambda _: None),
            put_photo=lambda _key, _content: None,
            infer=lambda _key, _models: inference,
            download=lambda _: b"",
            order_report=lambda _: None,
            typing=lambda _: nullcontext(),
            now_utc=lambda: NOW_UTC,
            terms=_TERMS,
        )
        return handle(update, deps, RequestTrace())


def _kind_of(value: str) -> str:
    """One word for values of a button that lead to the same screen."""
    if value == NOW_UTC.date().isoformat():
        return "today"
    kinds = ((r"\d\d+", "message"), (r"\d{4}-\d\d-\d\d", "earlier day"), (r"\w+/.+", "time zone"))
    return next((kind for shape, kind in kinds if re.fullmatch(shape, value)), value)


def _chat(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "type": "private"}


def _data_of(call: BotCall) -> list[str]:
    rows = call.params.get("reply_markup", {}).get("inline_keyboard", ())
    return [button["callback_data"] for row in rows for button in row]
