"""The newest choice stands: what comes late or twice overrules nothing that a newer update chose.

Telegram numbers updates in the order in which people press. An update that was not acknowledged comes again for 24
hours, among younger ones. So the number of the update that chose last is kept for each subject, for 48 hours and no
longer: after a week without updates Telegram begins anew at a random number. What is chosen on the Mini App's page has
no number: it has a time, overrules what the page chose before it, and the update that chose last overrules it no more
(docs/decisions/0012).

`operations.run` applies this to every `Choice`.
"""

from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Any, Final, TypeVar

import msgspec

from burnout.store.check_ins import GiveFeedback, Rate, Undo
from burnout.store.days import ForgetMood, KeepMood, TellDay
from burnout.store.inventories import KeepInventory
from burnout.store.operation import Choice
from burnout.store.people import ChangeSettings, Consent, SetLanguage, SetReachable
from burnout.store.privacy import SEEN_FOR, Erase, SetDonating
from burnout.store.reports import AnswerWeek
from functions.store.calendar import one_mood
from functions.store.rows import moment, one, text

C = TypeVar("C", bound=Choice[Any])

# The agreement with which a person's rows begin. It is newer than anything they pressed before it.
BEGINNING: Final = "beginning"
_MOOD: Final = "mood:"
# So late the page's choice may come: store's time is over long before. A clock that was put back stops it no longer.
_LATE: Final = timedelta(minutes=1)
# A test finds every choice here, but for ChangeSettings: each of its settings is a subject. A mood's is its moment.
_SUBJECTS: Final[dict[type[Choice[Any]], str]] = {
    Consent: "consent",
    Erase: "consent",
    SetLanguage: "language",
    SetReachable: "reachable",
    SetDonating: "donating",
    GiveFeedback: "feedback:{0.message_id}",
    Rate: "rating:{0.message_id}",
    KeepMood: _MOOD + "{1}",
    ForgetMood: _MOOD + "{1} gone",  # beside the number of the press that made it, which may come again
    TellDay: "day:{0.day}:{0.fact}",
    AnswerWeek: "week:{0.week}",
    KeepInventory: "inventory",
}


def newest_of(connection: Connection, operation: C, now_utc: datetime) -> C | None:
    """The choice without the settings that newer ones overrule; None when all of it is overruled."""
    if isinstance(operation, Consent) and not _is_known(connection, operation.user_id):
        return operation if _is_after_erasures(connection, operation.update_id, now_utc) else None
    overruled = [each for each in _subjects(operation) if _is_overruled(connection, operation, each, now_utc)]
    if isinstance(operation, ChangeSettings):
        return msgspec.structs.replace(operation, **dict.fromkeys(overruled, msgspec.UNSET))
    return None if overruled else operation


def keep(connection: Connection, operation: Choice[Any], now_utc: datetime) -> None:
    """Keeps the number of a choice that was carried out; none about a person or check-in that is not there."""
    message_id = getattr(operation, "message_id", None)
    known = _is_known(connection, operation.user_id) and (
        message_id is None
        or one(
            connection, "SELECT 1 FROM check_ins WHERE user_id = ? AND message_id = ?", (operation.user_id, message_id)
        )
    )
    if known:
        for subject in _subjects(operation):
            if operation.page_at_utc is not None:
                _keep_page(connection, operation, subject, text(operation.page_at_utc), text(now_utc))
            else:
                keep_number(connection, operation.user_id, subject, operation.update_id, now_utc)


def as_first_said(connection: Connection, operation: C, now_utc: datetime) -> C:
    """A mood that the same update kept before has the moment that it had then."""
    if not isinstance(operation, KeepMood) or operation.update_id is None:
        return operation
    before = one(
        connection,
        "SELECT max(subject) FROM choices WHERE user_id = ? AND subject BETWEEN ? AND ? AND update_id = ?"
        " AND at_utc >= ?",
        (operation.user_id, _MOOD, f"{_MOOD}~", operation.update_id, text(now_utc - SEEN_FOR)),
    )
    if before is None or before[0] is None:
        return operation
    return msgspec.structs.replace(operation, observed_at_utc=moment(before[0].removeprefix(_MOOD)))


def is_newest(
    connection: Connection, user_id: int, subject: str | tuple[str, str], update_id: int | None, now_utc: datetime
) -> bool:
    """Whether no younger update has chosen about the subject (of two, and all between them) or begun the person anew.

    The same update has its effect again, unless the page has chosen since. What no update said yields to any update of
    the last 48 hours about the subject.
    """
    first, last = (subject, subject) if isinstance(subject, str) else subject
    beginning = BEGINNING if update_id is not None else first
    newest = one(
        connection,
        "SELECT max(update_id + (page_at_utc IS NOT NULL)) FROM choices"
        " WHERE user_id = ? AND (subject = ? OR subject BETWEEN ? AND ?) AND at_utc >= ?",
        (user_id, beginning, first, last, text(now_utc - SEEN_FOR)),
    )
    return _stands(update_id, newest)


def keep_number(connection: Connection, user_id: int, subject: str, update_id: int | None, now_utc: datetime) -> None:
    """Keeps the update as the newest about the subject. A repetition keeps the first time."""
    if update_id is not None:
        connection.execute(
            "INSERT INTO choices (user_id, subject, update_id, at_utc) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (user_id, subject) DO UPDATE SET update_id = excluded.update_id, at_utc = excluded.at_utc,"
            " page_at_utc = NULL WHERE update_id IS NOT excluded.update_id",
            (user_id, subject, update_id, text(now_utc)),
        )


def _is_overruled(connection: Connection, operation: Choice[Any], subject: str, now_utc: datetime) -> bool:
    """Whether a newer update has chosen about the subject, or the page after it was asked for this."""
    subjects = _contradicting(connection, operation, subject)
    if operation.page_at_utc is None:
        return not is_newest(connection, operation.user_id, subjects, operation.update_id, now_utc)
    newer = one(
        connection,
        "SELECT 1 FROM choices WHERE user_id = ? AND subject BETWEEN ? AND ?"
        " AND page_at_utc > ? AND page_at_utc <= ? LIMIT 1",
        (operation.user_id, *subjects, text(operation.page_at_utc), text(operation.page_at_utc + _LATE)),
    )
    return newer is not None


def _keep_page(connection: Connection, operation: Choice[Any], subject: str, page_at: str, now: str) -> None:
    """The page has chosen since the newest update about the subject, if there was one.

    The number's time stays: a page that renews it every day would stop the presses after a week without updates.
    """
    connection.execute(
        "INSERT INTO choices (user_id, subject, update_id, at_utc, page_at_utc) VALUES (?, ?, NULL, ?, ?)"
        " ON CONFLICT (user_id, subject) DO NOTHING",
        (operation.user_id, subject, now, page_at),
    )
    connection.execute(
        "UPDATE choices SET page_at_utc = ? WHERE user_id = ? AND subject BETWEEN ? AND ? AND page_at_utc IS NOT ?",
        (page_at, operation.user_id, *_contradicting(connection, operation, subject), page_at),
    )


def keep_erasure(connection: Connection, update_id: int | None, now_utc: datetime) -> None:
    """The shard knows for 48 hours that somebody was erased, so that an older agreement begins nobody anew."""
    if update_id is not None and _is_after_erasures(connection, update_id, now_utc):
        connection.execute(
            "INSERT INTO newest_erasure (id, update_id, at_utc) VALUES (1, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET update_id = excluded.update_id, at_utc = excluded.at_utc"
            " WHERE update_id <> excluded.update_id",
            (update_id, text(now_utc)),
        )


def forget_check_in(connection: Connection, operation: Undo) -> None:
    """Forgets the numbers of all choices about a deleted check-in."""
    subjects = (_SUBJECTS[kind].format(operation) for kind in (GiveFeedback, Rate))
    connection.execute("DELETE FROM choices WHERE user_id = ? AND subject IN (?, ?)", (operation.user_id, *subjects))


def _subjects(operation: Choice[Any]) -> list[str]:
    if isinstance(operation, ChangeSettings):
        return list(operation.given())
    moment_of_mood = text(operation.observed_at_utc) if isinstance(operation, KeepMood | ForgetMood) else ""
    return [_SUBJECTS[type(operation)].format(operation, moment_of_mood)]


def _contradicting(connection: Connection, operation: Choice[Any], subject: str) -> tuple[str, str]:
    """The first and the last subject of those that are one with it: more than itself only of a mood."""
    if not isinstance(operation, KeepMood | ForgetMood):
        return subject, subject
    first, last = one_mood(connection, operation.user_id, operation.observed_at_utc)
    return f"{_MOOD}{text(first)}", f"{_MOOD}{text(last)}~"


def _is_known(connection: Connection, user_id: int) -> bool:
    return one(connection, "SELECT 1 FROM people WHERE user_id = ?", (user_id,)) is not None


def _is_after_erasures(connection: Connection, update_id: int | None, now_utc: datetime) -> bool:
    since = text(now_utc - SEEN_FOR)
    return _stands(
        update_id, one(connection, "SELECT update_id FROM newest_erasure WHERE id = 1 AND at_utc >= ?", (since,))
    )


def _stands(update_id: int | None, newest: tuple[Any, ...] | None) -> bool:
    kept: int | None = newest[0] if newest else None
    return kept is None or (update_id is not None and update_id >= kept)
