"""What one person does next: drawn by Hypothesis as plain data, and made into updates.

A step is `(kind, …)`, so that a failing program prints as a list that can be pasted into a test. Every update becomes a
`Sent`: the update itself, and what it does to a model; sent again later, both are applied again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from hypothesis import strategies as st

from burnout.emotions import Emotion
from burnout.store.days import FACTORS, TellDay
from burnout.store.inventories import QUESTIONS
from burnout.store.operation import Choice
from burnout.store.people import ChangeSettings
from burnout.telegram.buttons import Action, data_of
from burnout.values import NOTICE_VERSION
from tests import updates
from tests.integration.adversary.crowd import FAULTS, Person
from tests.integration.adversary.model import TODAY, Model

ASKED_FIRST = "asked for the clock, so nothing is chosen"
WEEK = "2026-W47"  # of updates.DATE
SETTINGS: dict[str, tuple[str, tuple[Any, ...], Callable[[Any], str]]] = {
    "theme": ("theme", ("dark", "light"), lambda theme: data_of("theme", theme)),
    "weekday": ("report_weekday", (0, 3, 6), lambda day: data_of("day", day)),
    "reports": ("reports", (True, False), lambda on: data_of("reports", "on" if on else "off")),
    "alerts": ("alerts", (True, False), lambda on: data_of("alerts", "on" if on else "off")),
}
FORGED = (
    "v1:rate:1:9",
    "v1:agree:9007199254740991:en",
    "v1:erase:7",
    "v2:erase",
    "v1:hist:31",
    "v1:energy:2026-02-30:1",
    "v1:sleep:2026-11-18:4",
    "v1:mood:6",
    "",
    "v1:week:2026-W01:3",
)
MOMENTS = tuple(updates.DATE - n * 1200 for n in (1, 2, 3))  # twenty minutes apart: each is a mood of its own
DAYS = (TODAY, "2026-11-15", "2026-11-12")
FACTS = ("energy", "sleep", "rated", "overtime", "rest")
NUMBERS = st.integers(1, 9)  # of messages: everybody's begin at 1, so they are one's own, another person's, or unused

STEPS = st.one_of(
    st.tuples(st.just("photo"), st.sampled_from(["face"] * 5 + ["nobody", "broken", "forwarded"]), st.none()),
    st.tuples(st.just("photo"), st.just("face"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("agree"), st.sampled_from(["en", "ru"])),
    st.tuples(
        st.just("about"), st.sampled_from(["rate", "up", "down", "is", "name", "show"]), NUMBERS, st.integers(1, 5)
    ),
    st.tuples(st.just("about"), st.just("rate"), NUMBERS, st.integers(1, 5)),
    st.tuples(st.just("undo"), NUMBERS),
    st.tuples(st.just("mood"), st.sampled_from(MOMENTS), st.integers(1, 5)),
    st.tuples(st.just("unmood"), st.sampled_from(MOMENTS)),
    st.tuples(st.just("tell"), st.sampled_from(DAYS), st.sampled_from(FACTS), st.integers(0, 3)),
    st.tuples(st.just("read"), st.sampled_from(["history", "history 30", "history 0", "undo", "settings", "start"])),
    st.tuples(
        st.just("read"),
        st.sampled_from(
            ["day", "mood", "check", "support", "privacy", "help", "delete", "stay", "ask", "bin", "selfie", "decline"]
        ),
    ),
    st.tuples(st.just("setting"), st.sampled_from(sorted(SETTINGS)), st.integers(0, 2)),
    st.tuples(
        st.just("page"),
        st.integers(0, 1),  # opened today or yesterday
        st.one_of(
            st.tuples(st.just("tell"), st.sampled_from(DAYS), st.sampled_from(FACTS), st.integers(0, 3)),
            st.tuples(st.just("setting"), st.sampled_from(sorted(SETTINGS)), st.integers(0, 2)),
        ),
    ),
    st.tuples(st.just("donate"), st.booleans()),
    st.tuples(st.just("week"), st.integers(1, 5)),
    st.tuples(st.just("check"), st.sampled_from(["", "0123", "012343", "444444"])),
    st.tuples(st.just("report"), st.sampled_from(["report", "export", "export"])),
    st.tuples(st.just("reach"), st.booleans()),
    st.tuples(st.just("again"), st.integers(0, 30)),
    st.tuples(st.just("forged"), st.sampled_from(FORGED)),
    st.tuples(st.just("foreign"), NUMBERS, st.integers(0, 199)),
    st.tuples(st.just("group"), st.booleans()),
    st.tuples(st.just("erase"), st.sampled_from(["delete", "stop"])),
)
PROGRAMS = st.lists(
    st.tuples(STEPS, st.lists(st.sampled_from([*FAULTS, "twice"]), max_size=2).map(tuple)), min_size=4, max_size=8
).map(tuple)


@dataclass
class Sent:
    """An update, and what it does to a model of its sender; the answer of `apply` says how it ends."""

    update: dict[str, Any]
    apply: Callable[[Model], str]
    subject: str = ""  # of a choice: the newest about each stands

    def happens(self, model: Model) -> str:
        """How it ends; the model has what it changes."""
        message = self.update.get("message")
        if "callback_query" in self.update or (message and message["chat"]["type"] == "private"):
            model.is_heard_from(self.update["update_id"])
        if not self.subject:
            return self.apply(model)
        if model.overrules(self.subject, self.update["update_id"]):
            return ""
        ends = self.apply(model)
        if ends == ASKED_FIRST:
            return ""
        model.chooses_last(self.subject, self.update["update_id"])
        return ends


# ---------------------------------------------------------------- kinds of steps
def _photo(person: Person, kind: str, album: str | None) -> Sent:
    person.messages += 1
    number, update_id = person.messages, person.next_update_id()
    content: dict[str, Any] = {"photo": [{"file_id": f"{person.index} {kind}", "width": 800, "height": 800}]}
    content |= {"media_group_id": f"{album}-{person.user_id}"} if album else {}
    content |= {"forward_origin": {"type": "hidden_user"}} if kind == "forwarded" else {}
    update = updates.message(person.user_id, message_id=number, **content) | {"update_id": update_id}
    return Sent(update, lambda model: model.sends_photo(update_id, number, kind, album))


def _text(person: Person, words: str, apply: Callable[[Model], Any] = lambda model: "") -> Sent:
    update = updates.text(words, person.user_id, message_id=10_000) | {"update_id": person.next_update_id()}
    return Sent(update, lambda model: apply(model) or "")


def _press(
    person: Person,
    data: str,
    apply: Callable[[Model], Any] = lambda model: "",
    chat_id: int | None = None,
    subject: str = "",
) -> Sent:
    update = updates.button(data, person.user_id, chat_id=chat_id) | {"update_id": person.next_update_id()}
    return Sent(update, lambda model: str(apply(model) or ""), subject)


def _agree(person: Person, language: Any) -> Sent:
    data = data_of("agree", NOTICE_VERSION, language)
    return _press(person, data, lambda model: model.agrees_to_notice(language), subject="consent")


def _about(person: Person, what: str, number: int, rating: Any) -> Sent:
    emotion = list(Emotion)[rating]
    data, changes = {
        "rate": (data_of("rate", number, rating), {"rating": rating}),
        "up": (data_of("up", number), {"agrees": True, "corrected": None}),
        "down": (data_of("down", number), {"agrees": False, "corrected": None}),
        "is": (data_of("is", number, emotion), {"agrees": False, "corrected": emotion}),
        "name": (data_of("name", number), {}),
        "show": (data_of("show", number), {}),
    }[what]
    subject = {"rate": f"rating {number}", "name": "", "show": ""}.get(what, f"feedback {number}")
    ends = lambda model: "" if model.presses_about(number, **changes) else "stale"  # noqa: E731
    return _press(person, data, ends, subject=subject)


def _undo(person: Person, number: int) -> Sent:
    return _press(person, data_of("undo", number), lambda model: model.deletes_entry(number))


def _mood(person: Person, at_s: int, rating: int) -> Sent:
    """A typed number, which tells its moment."""
    update = updates.text(str(rating), person.user_id, message_id=10_000, date=at_s)
    update |= {"update_id": person.next_update_id()}
    return Sent(update, lambda model: str(model.says_mood(at_s, rating) or ""), f"mood {at_s}")


def _unmood(person: Person, at_s: int) -> Sent:
    return _press(person, data_of("unmood", at_s), lambda model: model.says_mood(at_s, 0), subject=f"mood {at_s}")


def _fact(day: str, what: str, value: int) -> tuple[str, Any, int]:
    """A fact of a day; a whole day is rated later only, and a factor is there or not."""
    if what == "rated":
        return DAYS[1] if day == TODAY else day, "rating", value
    return day, what, min(value, 1) if what in FACTORS else value


def on_page(user_id: int, at_utc: datetime, kind: str, *what: Any) -> tuple[Choice[Any], str, Callable[[Model], None]]:
    """What the Mini App's page sends for somebody's choice, its subject, and what it does to a model."""
    if kind == "tell":
        day, fact, value = _fact(*what)
        told = TellDay(user_id=user_id, day=day, fact=fact, value=value, page_at_utc=at_utc)
        return told, f"day {day} {fact}", lambda model: model.tells(day, fact, value)
    field, values, _ = SETTINGS[what[0]]
    changes = {field: values[what[1] % len(values)]}
    return ChangeSettings(user_id=user_id, page_at_utc=at_utc, **changes), field, lambda model: model.chooses(**changes)


def _tell(person: Person, day: str, what: str, value: int) -> Sent:
    day, fact, value = _fact(day, what, value)
    data = data_of("had", day, fact, value) if what in FACTORS else data_of(cast("Action", what), day, value)
    return _press(person, data, lambda model: model.tells(day, fact, value), subject=f"day {day} {fact}")


def _read(person: Person, what: str) -> Sent:
    command, _, days = what.partition(" ")
    buttons = {
        "stay": data_of("stay"),
        "ask": data_of("ask", WEEK),
        "bin": data_of("bin", 1, "answer"),
        "selfie": data_of("selfie", 1),
        "decline": data_of("decline", "en"),
    }
    if days:
        return _press(person, data_of("hist", int(days)))
    return _press(person, buttons[what]) if what in buttons else _text(person, f"/{command}")


def _setting(person: Person, name: str, which: int) -> Sent:
    field, values, make = SETTINGS[name]
    value = values[which % len(values)]

    def chooses(model: Model) -> Any:
        scheduled = name == "weekday" or (name == "reports" and value)
        unset = model.known is not None and model.known.language == "en"
        return ASKED_FIRST if scheduled and unset else model.chooses(**{field: value})

    return _press(person, make(value), chooses, subject=field)


def _give(person: Person, donating: bool) -> Sent:
    data = data_of("donate", "on" if donating else "off")
    return _press(person, data, lambda model: model.gives_photos(donating), subject="donating")


def _week(person: Person, answer: Any) -> Sent:
    data = data_of("week", WEEK, answer)
    return _press(person, data, lambda model: model.answers_week(WEEK, answer), subject="week")


def _check(person: Person, sofar: str) -> Sent:
    data = data_of("check", sofar)
    if len(sofar) < QUESTIONS:
        return _press(person, data)
    return _press(person, data, lambda model: model.answers_inventory(sofar), subject="inventory")


def _reach(person: Person, reachable: bool) -> Sent:
    status = "member" if reachable else "kicked"
    update = updates.membership(status, person.user_id) | {"update_id": person.next_update_id()}
    return Sent(update, lambda model: str(model.is_reachable(reachable) or ""), "reachable")


def _foreign(person: Person, number: int, other: int) -> Sent:
    """A button under a message in somebody else's chat, which no client of one's own can press."""
    return _press(person, data_of("rate", number, 1), lambda model: "stale", chat_id=5_700_000_000 + other)


def _group(person: Person, invited: bool) -> Sent:
    make = updates.membership if invited else updates.text
    update = make("member" if invited else "/history", person.user_id, chat_type="group")
    return Sent(update | {"update_id": person.next_update_id()}, lambda model: "left")


def _erase(person: Person, command: str) -> Sent:
    return _press(person, data_of("erase"), lambda model: str(model.is_erased() and "erased"), subject="consent")


MAKERS: dict[str, Callable[..., Sent]] = {
    "photo": _photo,
    "agree": _agree,
    "about": _about,
    "undo": _undo,
    "mood": _mood,
    "unmood": _unmood,
    "tell": _tell,
    "read": _read,
    "setting": _setting,
    "donate": _give,
    "week": _week,
    "check": _check,
    "report": lambda person, command: _text(person, f"/{command}"),
    "reach": _reach,
    "forged": lambda person, data: _press(person, data, lambda model: "stale"),
    "foreign": _foreign,
    "group": _group,
    "erase": _erase,
}
