"""`python -m local screens`: every screen of the conversation, in both languages, with its lines and characters.

Nothing is drawn up by hand: people begin with every command, with words and with photos of every kind, press every
button that the answers bring, and live the few stories that other screens take. What stands in no message, words in
pictures, in the export's README and in the bot's profile, is listed after that, each sentence by its key.
"""

import argparse
import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, get_args

from msgspec import structs

from burnout.emotions import Emotion
from burnout.errors import FunctionCrashedError
from burnout.inference import MODELS, Face, ImageFacts, Inference, InferFailure, ModelVersion, Prediction, Quality, View
from burnout.schedule import iso_week
from burnout.store.people import Settings
from burnout.store.reports import Course, CourseDay, LastReport, WeeklyAnswer
from burnout.strain.findings import Finding
from burnout.strain.index import DayLoad, Part, Strain
from burnout.strain.wording import sentence_of
from burnout.telegram.buttons import data_of, mood_row
from burnout.telegram.calls import BotCall, send_document, send_message, send_photo
from burnout.texts import LANGUAGES, catalogue, text
from burnout.values import Band, Language
from burnout.week_question import question
from functions.report import why, wording
from functions.report.export.message import nothing_kept
from functions.webhook.dispatch import COMMANDS
from functions.webhook.screens import sentence
from local.talk import NOW_UTC, Read
from local.walk import TERMS, WIDTH, Shown, Walk

_FILE: Final = {"file_id": "file", "file_unique_id": "file"}
_PHOTO: Final = {"photo": [{**_FILE, "width": 800, "height": 800}]}
_WORDS: Final = (
    "hello", "3", "10", "/nonsense", "Berlin", "/timezone Berlin", "/timezone xyz", "/timezone Spain", "/timezone CST",
    "/timezone 3",
)  # fmt: skip
_CONTENTS: Final = ("sticker", "voice", "audio", "video", "video_note", "animation", "contact", "location", "poll")
_INDICES: Final[dict[Band, float]] = {"calm": 20.0, "raised": 50.0, "high": 60.0}
_FOUND: Final = (
    Finding("factor", "overload", -1.2, -1.9, -0.5, 9, 14),
    Finding("after", "people", 0.8, 0.2, 1.4, 12, 31),
    Finding("sleep", "bad", -0.9, -1.5, -0.3, 9, 30),
)
_TODAY: Final = NOW_UTC.date()
_PLAIN: Final = re.compile(
    r"chart_|page_|profile_|link_start|zone_(first|keep)$|export_(readme|made|data|file|column|reading|photos|rights|table)(_|$)"
    r"|doctor_(?!coming|caption|button)"
)


def add_parser(commands: Any) -> None:
    """Adds `screens` to the subparsers."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "screens",
        help="list every screen of the conversation with its lines and characters",
        description=f"Lists every screen in both languages with its lines of {WIDTH} letters and its characters, and "
        "the way to it; then each sentence that stands in no message, by its key.",
    )
    parser.add_argument("--texts", action="store_true", help="print each screen as well, to be read aloud")
    parser.add_argument("--language", choices=LANGUAGES, help="only this one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the list."""
    for language in [arguments.language] if arguments.language else LANGUAGES:
        for shown in [*walked(language).shown.values(), *plain(language)]:
            print(f"{language} {shown.lines:3} {len(shown.text):5}  {shown.reached_by}")
            if arguments.texts:
                rows = "".join(f"\n    {'  '.join(f'[{label}]' for label in row)}" for row in shown.labels)
                print(f"\n{textwrap.indent(shown.text, '    ')}\n{rows}\n")
    return 0


def walked(language: Language) -> Walk:
    """The whole walk, with each text once, and the shortest way to it."""
    memory = Path("/dev/shm")  # noqa: S108  (a store on disk waits for it at every write)
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        walk = Walk(language=language, root=Path(folder))
        for name, content, read in _beginnings():
            walk.begin(name, content, read)
        for name in COMMANDS:
            user_id = walk.tell("a photo", {**_PHOTO, "caption": "3"}, read=_inference(_face(0.9)))
            walk.go_on(f"/{name} after a photo", walk.sends(user_id, {"text": f"/{name}"}), user_id)
        walk.go_on("report function", _from_report(language))
        walk.go_on("report", _reports(language))
        words, keyboard = question(iso_week(_TODAY), language)
        walk.go_on("question of the week", [send_message(1, words, keyboard=keyboard)])
        _stories(walk)
        _other_terms(walk)
    return walk


def plain(language: Language) -> list[Shown]:
    """The sentences that stand in no message, by their keys."""
    sentences = {key: said for key, said in catalogue(language).items() if _PLAIN.match(key)}
    return [Shown(language, f"plain sentence {key}", said.strip()) for key, said in sentences.items()]


def never_shown(walk: Walk) -> list[str]:
    """The keys of the sentences that a person can read, and that nobody saw on the walk."""
    labels = [label for shown in walk.shown.values() for row in shown.labels for label in row]
    seen = "\0".join([*walk.shown, *labels])

    def is_seen(said: str) -> bool:
        parts = re.split(r"\{\w+\}", unescape(re.sub(r"<.*?>", "", said)).strip())
        said = r"[^\0\n]*?".join(map(re.escape, parts))
        return re.search(rf"(?<!\w){said}(?!\w)", seen) is not None

    forms = {key: said.values() if isinstance(said, dict) else [said] for key, said in catalogue(walk.language).items()}
    return [key for key, said in forms.items() if not _PLAIN.match(key) and not any(map(is_seen, said))]


# ---------------------------------------------------------------- what people begin with


def _beginnings() -> Iterator[tuple[str, dict[str, Any], Read]]:
    """What people begin with: its name, the message's content, and what infer says of a photo."""
    whole = _inference(_face(0.9))
    # The settings first: who has chosen no clock yet is asked for it there.
    names = sorted(COMMANDS, key=lambda name: name != "settings")
    yield from ((f"/{name}", {"text": f"/{name}"}, whole) for name in names)
    yield from ((f"“{words}”", {"text": words}, whole) for words in _WORDS)
    yield from ((kind, {kind: _FILE}, whole) for kind in _CONTENTS)
    yield "file", {"document": {**_FILE, "mime_type": "application/pdf"}}, whole
    yield "forwarded photo", {**_PHOTO, "forward_date": 1}, whole
    for caption in ("3", "what a day"):
        yield f"photo with “{caption}”", {**_PHOTO, "caption": caption}, whole
    yield "photo of an album", {**_PHOTO, "media_group_id": "1"}, whole
    for negative in (0.1, 0.55, 0.7, 0.9):
        yield f"photo {negative}", _PHOTO, _inference(_face(negative))
    yield "photo that tells nothing", _PHOTO, _inference(_face(0.5, sure=False))
    views: tuple[View, ...] = ("covered", "profile")
    yield from ((f"photo, {view}", _PHOTO, _inference(_face(0.5, view=view))) for view in views)
    yield "photo without a face", _PHOTO, _inference()
    yield "photo in the dark", _PHOTO, _inference(brightness=0.01)
    yield "photo of two", _PHOTO, _inference(_face(0.5), _face(0.5))
    yield "blurred photo", _PHOTO, _inference(_face(0.5, sharpness=1.0))
    for code in ("not_an_image", "heic", "damaged", "too_large", "too_costly"):
        yield f"broken photo, {code}", _PHOTO, InferFailure(code=code, message="")


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


# ---------------------------------------------------------------- what takes a story


def _stories(walk: Walk) -> None:
    """What no button of a fresh answer leads to: later moods, other days, changes, faults, presses that come late."""
    walk.tell("a hard week", *"1111112222224")
    told = (data_of("rated", _TODAY - timedelta(days=back), 1) for back in range(1, 8))
    walk.tell("a hard week told late", *told)
    asked = f"{text('first_step', walk.language)} {text('zone_write', walk.language)}"
    question = {"date": int(NOW_UTC.timestamp()), "from": {"id": 1, "is_bot": True, "first_name": "Bot"}, "text": asked}
    walk.tell("a city written", {"text": "Madrid", "reply_to_message": question})
    walk.tell("a night", "1", data_of("sleep", _TODAY, 1), "/history")
    walk.tell("a second thought", data_of("decline", walk.language))
    walk.tell("six answers", data_of("check", "000000"), "/check")
    weeks_ago = int((NOW_UTC - timedelta(weeks=9)).timestamp())
    long_ago = {**_PHOTO, "caption": "3", "date": weeks_ago}
    walk.tell("a long time", long_ago, data_of("hist", 0), read=_inference(_face(0.9)))
    walk.tell("far away", "/timezone Tokyo", "/support")
    unsure, user_id, number = _inference(_face(0.5, sure=False)), walk.agreed(), walk.number()
    walk.sends(user_id, {**_PHOTO, "message_id": number}, unsure)
    for press in (data_of("show", number), data_of("is", number, Emotion.SAD)):
        walk.see("a photo that tells nothing, shown", walk.presses(user_id, press))
    walk.see("its history", [*walk.sends(user_id, {"text": "/history"}), *walk.sends(user_id, {"text": "/undo"})])
    walk.tell("a photo that tells nothing", {**_PHOTO, "caption": "3"}, "/history", "/undo", read=unsure)
    days = (data_of("about", _TODAY + timedelta(days=days)) for days in (1, -30))
    walk.tell("another day", *days, "v1:of:another:year")
    quiet = (data_of("quiet", 0, 0), data_of("remind", 22), data_of("quiet", 21, 9))
    walk.tell("quiet hours", "/timezone Berlin", *quiet)
    walk.tell("our fault", _PHOTO, "/report", read=FunctionCrashedError("infer", "ValueError"))
    walk.see("a changed message", walk.sends(walk.agreed(), {"text": "3"}, kind="edited_message"))
    group = {"text": "/start", "chat": {"id": -1, "type": "group"}}
    walk.see("in a group", walk.sends(walk.number(), group))
    walk.see("long wait", [sentence("retry_slow", walk.language).sent_to(1)])
    walk.see("an old selfie", walk.presses(walk.agreed(), data_of("selfie", 1), at_utc=NOW_UTC - timedelta(days=3)))
    late, user_id = walk.number(), walk.agreed()
    walk.see("a number from before the yes", walk.sends(user_id, {"text": "3"}, update_id=late))
    walk.see("a late goodbye", walk.presses(user_id, data_of("erase"), update_id=late))
    late = walk.number()
    walk.presses(user_id, data_of("erase"))
    walk.see("a late yes", walk.presses(user_id, walk.yes(), update_id=late))


def _other_terms(walk: Walk) -> None:
    """What only some operators' people see: few photos, a machine of one's own, a comparison that begins."""
    for name, terms in (("an hour", replace(TERMS, photos_per_hour=1)), ("a day", replace(TERMS, photos_per_day=1))):
        walk.terms = terms
        walk.tell(f"one photo {name}", _PHOTO, _PHOTO, read=_inference(_face(0.9)))
    walk.terms = replace(TERMS, data_place="self", app_url="")
    walk.tell("a machine of one's own", "/start", "/privacy", agrees=False)
    walk.tell("a machine of one's own", "/app")
    older, user_id = walk.yes(), walk.agreed()
    walk.terms = replace(TERMS, baseline_shown_percent=50)
    asked = ("/start", "/privacy", data_of("read", "all", walk.language), older)
    walk.tell("a comparison", *asked, agrees=False)
    for step in ({"text": "/start"}, _PHOTO, {"text": "3"}):
        walk.see("a new notice", walk.sends(user_id, step))
    walk.see("a new notice: no", walk.presses(user_id, data_of("decline", walk.language)))


# ---------------------------------------------------------------- what the report function says


def _from_report(language: Language) -> list[BotCall]:
    """What the report function says, and the buttons under it."""
    course, days = _course(language), _days(2.0, 4.0)
    hard = Strain(_TODAY, days, len(days), 60.0, "high", dict.fromkeys(get_args(Part), 15.0), above_beginning=True)
    return [
        *(wording.reminder(1, language, last=last) for last in (False, True)),
        *(wording.alert(1, replace(hard, days=each), course) for each in (days, _seen(0.9, 0.1))),
        wording.unfinished(1, language),
        send_message(1, wording.nothing_yet(language), keyboard=[mood_row()]),
        send_message(1, wording.too_little(hard, language), keyboard=[mood_row()]),
        send_photo(1, wording.chart_caption("calendar", days, language)),
        *(send_photo(1, wording.chart_caption("course", each, language)) for each in (days, days[:1])),
        *(send_message(1, why.why_text(found, hard, language)) for found in ((), _FOUND)),
        *(send_message(1, sentence_of(each, language)) for each in _FOUND),
        *(send_document(1, text(f"{name}_caption", language)) for name in ("doctor", "export")),
        send_message(1, text("export_too_large", language)),
        nothing_kept(1),
    ]


def _reports(language: Language) -> list[BotCall]:
    """Reports of every kind of week, with the buttons under them."""
    return [
        send_photo(1, wording.report_caption(strain, course, ""), keyboard=wording.report_keyboard(strain, language))
        for strain, course in _weeks(language)
    ]


def _weeks(language: Language) -> Iterator[tuple[Strain, Course]]:
    """Each band after each change with each of the small steps, then each thing that moves."""
    course, light, worse = _course(language), _days(4.0, 4.0), _days(1.0, 4.0)
    for (band, index), before, above, week in product(_INDICES.items(), (None, 0, 20, -20), (False, True), range(3)):
        last = None if before is None else LastReport(sent_at_utc=NOW_UTC, index=index + before)
        strain = Strain(_TODAY + timedelta(weeks=week), light, 6, index, band, {"level": index}, above_beginning=above)
        yield strain, structs.replace(course, last_report=last)
    for days in (worse, _days(4.0, 5.0), _seen(0.9, 0.1), _seen(0.4, 0.1)):
        yield Strain(_TODAY, days, 6, 30.0, "calm", {"level": 30.0}, above_beginning=True), course
    weekly = [
        WeeklyAnswer(week=iso_week(at.date()), answered_at_utc=at, answer=answer)
        for at, answer in ((NOW_UTC - timedelta(weeks=1), 1), (NOW_UTC, 4))
    ]
    hard = Strain(_TODAY, light, 6, 60.0, "raised", {"level": 45.0, "answer": 15.0}, above_beginning=True)
    unsaid = [CourseDay(day=f"{day.day}", energy=None, sleep=None, factors=()) for day in light]
    for fact in ("energy", "sleep"):
        told = [structs.replace(day, **{fact: now}) for day, now in zip(unsaid, (3, 3, 3, 1, 1, 1), strict=True)]
        yield replace(hard, index=30.0, band="calm", parts={}), structs.replace(course, days=tuple(told))
    yield hard, structs.replace(course, weekly=tuple(weekly))
    yield hard, structs.replace(course, alerted_at_utc=NOW_UTC)
    yield replace(hard, index=30.0, band="calm", above_beginning=False), course


def _course(language: Language) -> Course:
    settings = Settings(language=language, time_zone="Europe/Moscow")
    return Course(pseudonym="p", settings=settings, check_ins=(), weekly=(), last_report=None)


def _days(now: float, before: float) -> tuple[DayLoad, ...]:
    """Three rated days in the week before, and three in the last."""
    ratings = [(10, before), (9, before), (8, before), (2, now), (1, now), (0, now)]
    return tuple(DayLoad(_TODAY - timedelta(days=ago), (5 - each) / 4, None, each) for ago, each in ratings)


def _seen(now: float, before: float) -> tuple[DayLoad, ...]:
    """The same days with a photo alone."""
    days = _days(5 - 4 * now, 5 - 4 * before)
    return tuple(replace(day, photos=day.load, rating=None) for day in days)
