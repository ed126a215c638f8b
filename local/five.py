"""A week of five people with different habits: an integration test plays and judges it, `make demo` shows it.

The script moves the clock. infer's real models read one photo once: it is everybody's selfie.
"""

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from burnout.clock import Stopwatch
from burnout.inference import Inference
from burnout.schedule import iso_week, local_day
from burnout.store.reports import Course, DueReport, ReadCourse
from burnout.strain.findings import REPORT_DAYS
from burnout.strain.index import Strain, strain_on
from burnout.telegram.buttons import data_of
from burnout.telegram.calls import BotCall
from burnout.values import NOTICE_VERSION, Language
from functions.infer import classifier
from functions.infer.analysis import analyse
from functions.infer.faces import FaceFinder
from functions.report.messages import weekly_message
from functions.report.pictures.course import draw_course
from functions.webhook.person import Terms
from local.photo import FACE
from local.scenes import SceneError
from local.talk import Talk, rows_of
from local.telegram.limits import check_limits, visible_text

Steps: TypeAlias = "Callable[[Habit, str], None]"  # what somebody does on a day
_MONDAY_UTC: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
WEEK: Final = tuple(str(_MONDAY_UTC.date() + timedelta(days=n)) for n in range(7))
_TERMS: Final = Terms(photos_per_hour=30, photos_per_day=100, operator_contact="@operator", data_place="self")
_FILE: Final = {"file_id": "selfie", "file_unique_id": "selfie", "width": 800, "height": 800}
_FIRST_ID: Final = 5_700_000_001


@dataclass(kw_only=True)
class Habit(Talk):
    """Somebody with a habit, and the transcript of their chat. They press only what the newest message has."""

    user_id: int
    language: Language = "en"
    terms: Terms = _TERMS
    now_utc: datetime = _MONDAY_UTC
    taps: int = 0  # messages and presses
    transcript: list[str] = field(default_factory=list)
    _buttons: dict[str, str] = field(default_factory=dict)  # of the newest message: data, label

    def __post_init__(self) -> None:
        """They agree."""
        self._receives(callback_query=self.pressed(self.user_id, data_of("agree", NOTICE_VERSION, "en")))

    def writes(self, words: str) -> None:
        """A text message."""
        self.transcript.append(f"{self.name}: {words}")
        self._receives(message=self.said(self.user_id, text=words))

    def sends_photo(self, caption: str | None = None) -> None:
        """A selfie, with words under it or without."""
        self.transcript.append(f"{self.name} sends a selfie" + (f" with “{caption}” under it" if caption else ""))
        self._receives(message=self.said(self.user_id, photo=[_FILE]) | ({"caption": caption} if caption else {}))

    def presses(self, *patterns: str) -> None:
        """One after the other, the first button of the newest message whose data begins so. Raises: StopIteration."""
        for pattern in patterns:
            data = next(each for each in self._buttons if re.match(f"v1:{pattern}", each))
            self.transcript.append(f"{self.name} presses [{self._buttons[data]}]")
            self._receives(callback_query=self.pressed(self.user_id, data))

    def is_answered(self) -> bool:
        """Whether the newest message says what the photo showed."""
        return any(data.startswith("v1:up") for data in self._buttons)

    def course(self) -> Course:
        """What the index reads."""
        since_utc = self.now_utc - timedelta(days=REPORT_DAYS)
        course = self.store(ReadCourse(user_id=self.user_id, since_utc=since_utc, before_utc=self.now_utc))
        assert course is not None  # noqa: S101  (they have agreed; this tells the type checker)
        return course

    def strain(self) -> Strain:
        """Of this day."""
        course = self.course()
        return strain_on(local_day(self.now_utc, course.settings.zone), course, course.settings.zone)

    def report(self) -> tuple[str, bytes]:
        """The weekly report as if it were due now, and its chart. Raises: SceneError: there is none."""
        course = self.course()
        week = iso_week(local_day(self.now_utc, course.settings.zone))
        due = DueReport(user_id=self.user_id, chat_id=self.user_id, key=week, due_at_utc=self.now_utc, unfinished=False)
        message = weekly_message(due, course, draw_course)
        if message.call is None or message.photo is None:
            raise SceneError(f"{self.name} gets no report")
        return visible_text(message.call.params, "caption"), message.photo

    def _receives(self, **content: dict[str, Any]) -> None:
        self.taps += 1
        for call in self.answer(_selfie(), content):
            check_limits(call.method, call.params)
            self._reads(call)

    def _reads(self, call: BotCall) -> None:
        rows = rows_of(call)
        if call.method != "answerCallbackQuery":
            self._buttons = {button["callback_data"]: button["text"] for row in rows for button in row}
        words = visible_text(call.params, "text")
        if words:
            self.transcript.append("bot: " + words.replace("\n", "\n     "))
            self.transcript += ["     " + " ".join(f"[{button['text']}]" for button in row) for row in rows]


@cache
def _selfie() -> Inference:
    models = classifier.load_classifiers(Path(classifier.__file__).with_name("models"))
    return analyse(FACE.read_bytes(), FaceFinder(), models, Stopwatch())


def only_photos(person: Habit, day: str) -> None:
    """A selfie a day; where the bot asks first, one tap."""
    person.sends_photo()
    if not person.is_answered():
        person.presses(r"rate:\d+:3")


def only_digits(person: Habit, day: str) -> None:
    """A number from /mood on most days, a typed one at the weekend; a whole day once."""
    if day in WEEK[5:]:
        person.writes("2")
        return
    person.writes("/mood")
    person.presses("mood:2")
    if day == WEEK[0]:
        person.presses("energy", "sleep", "had")


def late(person: Habit, day: str) -> None:
    """Nothing all week; on the last day every day of it by /day."""
    if day == WEEK[-1]:
        for earlier in WEEK[:-1]:
            person.writes("/day")
            person.presses(f"about:{earlier}", "rated")
        person.writes("/day")
        person.presses(f"about:{day}", "mood:1")


def never_taps(person: Habit, day: str) -> None:
    """A selfie a day, and no button ever, although half of the answers are hidden until one is pressed."""
    person.sends_photo()


def switches_language(person: Habit, day: str) -> None:
    """English, from the fourth day Russian; numbers as they are typed there, one of them under a photo."""
    if day == WEEK[3]:
        person.writes("/language")
        person.presses("lang:ru")
    if day == WEEK[5]:
        person.sends_photo(caption="4")
    else:
        person.writes("٤" if day < WEEK[3] else "4\ufe0f\u20e3")


HABITS: Final[dict[Steps, str]] = {
    only_photos: "Pia",
    only_digits: "Dan",
    late: "Leo",
    never_taps: "Nora",
    switches_language: "Sveta",
}


def live_week(root: Path) -> dict[Steps, Habit]:
    """The five on the evening of Sunday, after their week in a new store in this folder."""
    people: dict[Steps, Habit] = {
        habit: Habit(name=name, root=root, user_id=_FIRST_ID + n) for n, (habit, name) in enumerate(HABITS.items())
    }
    for n, day in enumerate(WEEK):
        for habit, person in people.items():
            person.now_utc = _MONDAY_UTC + timedelta(days=n)
            person.transcript.append(f"\n── {person.now_utc:%A} ──")
            habit(person, day)
            person.now_utc += timedelta(hours=6)  # the evening, when the report is due
    return people


def show_week(folder: Path) -> str:
    """Plays the week, leaves its transcript, charts and summary in the folder, and returns the summary.

    Raises: SceneError.
    """
    transcript, summary = [], ["# A week of five people with different habits"]
    with TemporaryDirectory() as store:
        for habit, person in live_week(Path(store)).items():
            strain, (said, chart) = person.strain(), person.report()
            summary.append(f"\n## {person.name}: {strain.observed_days} days observed, index {strain.index:.0f}")
            summary.append(f"{habit.__doc__}\n\n{textwrap.indent(said, '> ', lambda _: True)}")
            transcript += [f"\n════ {person.name}. {habit.__doc__} ════", *person.transcript, f"\n{said}"]
            (folder / f"week_of_{person.name}.jpg").write_bytes(chart)
    for name, lines in (("week_of_five.txt", transcript), ("week_of_five.md", summary)):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "\n".join(summary)
