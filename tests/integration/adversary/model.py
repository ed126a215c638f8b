"""What one person may see, in plain Python: their check-ins, choices and photos, after every update they sent.

Written from what the bot promises and not from its SQL. It knows no store, no clock and no other person; an update that
is sent again is applied again, as the bot sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from burnout.emotions import Emotion
from functions.webhook.assignment import asks_rating_first

MOST_PHOTOS_AN_HOUR = 30
DEFAULTS = {
    "reports": True,
    "report_weekday": 6,
    "report_hour": 18,
    "theme": "light",
    "alerts": False,
    "time_zone": None,
}


TODAY = "2026-11-18"  # of updates.DATE, in every zone that the crowd has
NUMBERS_OF_A_DAY = ("rating", "energy", "sleep")


@dataclass
class Entry:
    """A check-in. `donated`: its photo stays, for the improvement of the model."""

    hidden: bool
    donated: bool
    update_id: int
    agrees: bool | None = None
    corrected: Emotion | None = None
    rating: int | None = None
    blind: int | None = None


@dataclass
class Known:
    """Somebody who has agreed and was not erased since."""

    language: str
    entries: dict[int, Entry] = field(default_factory=dict)  # by the number of the photo's message
    moods: dict[int, int] = field(default_factory=dict)  # by their moments, Unix time
    days: dict[str, dict[str, int]] = field(default_factory=dict)  # facts by days, none that was taken back
    weekly: dict[str, int] = field(default_factory=dict)
    inventories: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))  # settings by their names
    reachable: bool = True
    donating: bool = False
    albums: set[str] = field(default_factory=set)
    seen: dict[int, str] = field(default_factory=dict)  # update -> how it ended: answered or refused
    chose: dict[str, float] = field(default_factory=dict)  # subject -> the newest update about it; "": the first yes

    @property
    def late_ratings(self) -> list[int]:
        """Of whole days, said later."""
        return [facts["rating"] for facts in self.days.values() if "rating" in facts]

    @property
    def ratings(self) -> list[int]:
        """The numbers of all check-ins that have one."""
        rated = [entry.rating for entry in self.entries.values() if entry.rating is not None]
        return [*rated, *self.moods.values(), *self.late_ratings]


@dataclass
class Model:
    """One person. `known` is None before they agree and after they are erased."""

    user_id: int
    sure: bool = True  # the model names a side of this face
    known: Known | None = None
    erased: int = -1  # by which update

    def overrules(self, subject: str, update_id: int) -> bool:
        """Whether a newer press about this stands, or a newer first yes; before a yes, a newer erasure."""
        if self.known is None:
            return subject == "consent" and update_id < self.erased
        return update_id < max(self.known.chose.get(subject, -1), self.known.chose.get("", -1))

    def chooses_last(self, subject: str, update_id: int) -> None:
        """The update is the newest about this, from now on."""
        if self.known is None:
            self.erased = max(self.erased, update_id) if subject == "consent" else self.erased
        else:
            self.known.chose.setdefault("", update_id)
            self.known.chose[subject] = update_id

    def chooses_on_page(self, subject: str) -> None:
        """After the newest update about this, and before the next one."""
        if self.known is not None and subject in self.known.chose:
            self.known.chose[subject] = int(self.known.chose[subject]) + 0.5

    def agrees_to_notice(self, language: str) -> str:
        """A second yes changes nothing: it is the same version of the notice."""
        if self.known is None:
            self.known = Known(language)
        return "agreed"

    def sends_photo(self, update_id: int, message_id: int, kind: str, album: str | None) -> str:
        """How the photo ends: asked_first, again, silent, refused, hidden or answered."""
        known = self.known
        if known is None:
            return "asked_first"
        if update_id in known.seen:
            return "again"
        if album in known.albums:
            return "silent"
        if len(known.seen) >= MOST_PHOTOS_AN_HOUR:
            raise AssertionError("no program sends so many photos")
        if album:
            known.albums.add(album)
        known.seen[update_id] = "answered" if kind == "face" else "refused"
        if kind != "face":
            return "refused"
        hidden = asks_rating_first(self.user_id, message_id) or not self.sure
        known.entries[message_id] = Entry(hidden=hidden, donated=known.donating, update_id=update_id)
        return "hidden" if hidden else "answered"

    def presses_about(self, message_id: int, **changes: Any) -> bool:
        """Whether there is such a check-in; from now on it has what was pressed, and its answer is shown."""
        entry = self._entry(message_id)
        if entry is None:
            return False
        if "rating" in changes and entry.hidden and entry.rating is None:
            entry.blind = changes["rating"]
        for name, value in changes.items():
            setattr(entry, name, value)
        entry.hidden = False
        return True

    def deletes_entry(self, message_id: int) -> None:
        """The check-in is deleted; the update that made it is still known as answered."""
        if self.known is not None:
            self.known.entries.pop(message_id, None)

    def says_mood(self, at_s: int, rating: int) -> None:
        """How the person was at that moment; 0: that entry is deleted."""
        if self.known is not None:
            self.known.moods |= {at_s: rating}
            self.known.moods = {moment: kept for moment, kept in self.known.moods.items() if kept}

    def tells(self, day: str, fact: str, value: int) -> None:
        """The day has this fact; 0 takes it back."""
        if self.known is not None:
            told = self.known.days.get(day, {}) | {fact: value}
            self.known.days[day] = {each: kept for each, kept in told.items() if kept}

    def chooses(self, **chosen: Any) -> None:
        """The settings are these from now on."""
        if self.known is not None:
            self.known.chosen |= chosen

    def gives_photos(self, donating: bool) -> None:
        """Photos are donated from now on; or those donated before are taken back."""
        if self.known is None:
            return
        self.known.donating = donating
        if not donating:
            for entry in self.known.entries.values():
                entry.donated = False

    def answers_week(self, week: str, answer: int) -> None:
        """The last answer counts."""
        if self.known is not None:
            self.known.weekly[week] = answer

    def answers_inventory(self, answers: str) -> None:
        """Six answers of today; the last ones count."""
        if self.known is not None:
            self.known.inventories[TODAY] = answers

    def is_reachable(self, reachable: bool) -> None:
        """The person blocked the bot, or came back."""
        if self.known is not None:
            self.known.reachable = reachable

    def is_heard_from(self, update_id: int) -> None:
        """Whoever writes or presses can be reached, unless they blocked the bot since."""
        if self.known is not None and not self.known.reachable and not self.overrules("reachable", update_id):
            self.is_reachable(True)
            self.chooses_last("reachable", update_id)

    def is_erased(self) -> int:
        """So many check-ins were there; nothing is left."""
        check_ins = len(self.known.entries) + len(self.known.moods) + len(self.known.late_ratings) if self.known else 0
        self.known = None
        return check_ins

    @property
    def donated(self) -> list[Entry]:
        """The check-ins whose photos are donated."""
        return [entry for entry in self.known.entries.values() if entry.donated] if self.known else []

    @property
    def newest(self) -> int | None:
        """The number of the newest check-in's message."""
        return max(self.known.entries, default=None) if self.known else None

    def _entry(self, message_id: int) -> Entry | None:
        return self.known.entries.get(message_id) if self.known else None

    def rows(self) -> Mapping[str, Any]:
        """What the databases must hold about the person, as `inspection.rows_of` reads it."""
        known = self.known
        if known is None:
            return {}
        entries = known.entries.items()
        return {
            "language": known.language,
            "reachable": known.reachable,
            "donating": known.donating,
            **known.chosen,
            "check_ins": {number: (entry.update_id, entry.hidden, entry.donated) for number, entry in entries},
            "feedback": {n: (entry.agrees, entry.corrected) for n, entry in entries if entry.agrees is not None},
            "self_ratings": {n: (entry.rating, entry.blind) for n, entry in entries if entry.rating is not None},
            "moods": dict(known.moods),
            "days": {day: _day(day, facts) for day, facts in known.days.items() if facts},
            "weekly_answers": dict(known.weekly),
            "inventories": dict(known.inventories),
            "seen_updates": dict(known.seen),
        }


def _day(day: str, facts: Mapping[str, int]) -> tuple[int | None, int | None, int | None, frozenset[str], str]:
    """Rating, energy, sleep, factors, and which of the four were told later."""
    factors = frozenset(facts) - set(NUMBERS_OF_A_DAY)
    told = sorted({fact for fact in facts if fact in NUMBERS_OF_A_DAY} | ({"factors"} if factors else set()))
    rating, energy, sleep = (facts.get(fact) for fact in NUMBERS_OF_A_DAY)
    return rating, energy, sleep, factors, "" if day == TODAY else " ".join(told)
