"""What is done about an update: begun, answered once, or failed. Photos' check-ins come in here.

Every function is `(connection, operation, now_utc) -> answer`, as `functions.store.operations` says.
"""

from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final

import msgspec

from burnout.store.check_ins import Begin, Begun, Fail, Failed, NewCheckIn, Record, Recorded
from burnout.store.privacy import SEEN_FOR
from burnout.telegram.calls import BotCall
from functions.store.people import Person, person_of, plan_alert
from functions.store.rows import UnstorableError, json_text, moment, one, text

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
PURGE_EVERY: Final = 20  # updates: often enough that one purge stays small, seldom enough that its page reads are cheap


def begin(connection: Connection, operation: Begin, now_utc: datetime) -> Begun:
    """What is known before work on an update begins. Writes nothing: a write on EFS costs five times a read."""
    album = operation.media_group_id
    sibling = album is not None and one(
        connection,
        "SELECT 1 FROM seen_updates WHERE media_group_id = ? AND user_id = ? AND update_id <> ? LIMIT 1",
        (album, operation.user_id, operation.update_id),
    )
    person = person_of(connection, operation.user_id)
    return Begun(
        answer=_answer(connection, operation),
        album_answered=bool(sibling),
        consent_version=person.consent_version if person else None,
        language=person.language if person else None,
        photo_folder=person.photo_folder if person else None,
        photos_this_hour=_in_window(person.hour_from_utc, person.hour_photos, HOUR, now_utc) if person else 0,
        photos_today=_in_window(person.day_from_utc, person.day_photos, DAY, now_utc) if person else 0,
    )


def _in_window(since: str | None, photos: int, length: timedelta, now_utc: datetime) -> int:
    """How many of the photos counted since then still count; none when that window is over."""
    return photos if since is not None and text(now_utc - length) < since else 0


def record(connection: Connection, operation: Record, now_utc: datetime) -> Recorded:
    """The update's answer and its check-in are kept; or they were kept before, and this run changed nothing.

    Nothing is kept about somebody who has not agreed, or was erased while the photo was read: an apology is still to
    be said, anything else is not.
    """
    now = text(now_utc)
    person = person_of(connection, operation.user_id)
    if person is None:
        apology = operation.outcome == "dead_letter"
        return Recorded(first=apology, answer=operation.answer if apology else ())
    # Telegram numbers updates per bot, and anew from a random number after a quiet week: a row of another person
    # under this number is a leftover.
    connection.execute(
        "DELETE FROM seen_updates WHERE update_id = ? AND user_id <> ?", (operation.update_id, operation.user_id)
    )
    inserted = connection.execute(
        "INSERT INTO seen_updates"
        " (update_id, user_id, message_id, media_group_id, outcome, answer_json, recorded_at_utc)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (update_id) DO NOTHING",
        (
            *(operation.update_id, operation.user_id, operation.message_id, operation.media_group_id),
            *(operation.outcome, json_text(operation.answer), now),
        ),
    )
    if inserted.rowcount:
        _count_photo(connection, operation, person, now_utc)
        if operation.check_in is not None:
            photo_key = person.donated(operation.photo_key)
            _keep_check_in(connection, operation, operation.check_in, photo_key, now)
            plan_alert(connection, operation.user_id, now_utc)
        _settle_failures(connection, operation, now)
        if operation.update_id % PURGE_EVERY == 0:
            _purge(connection, text(now_utc - SEEN_FOR))
    return Recorded(
        first=bool(inserted.rowcount),
        answer=operation.answer if inserted.rowcount else _answer(connection, operation) or (),
        photo_kept=_is_photo_kept(connection, operation),
    )


def _count_photo(connection: Connection, operation: Record, person: Person, now_utc: datetime) -> None:
    """The photo counts in the windows that are open, also when it was refused; a window begins with its first photo."""
    if operation.outcome == "dead_letter" and operation.photo_key is None:
        return  # a word or a button that failed
    hour = _in_window(person.hour_from_utc, person.hour_photos, HOUR, now_utc)
    day = _in_window(person.day_from_utc, person.day_photos, DAY, now_utc)
    now = text(now_utc)
    connection.execute(
        "UPDATE people SET hour_from_utc = ?, hour_photos = ?, day_from_utc = ?, day_photos = ? WHERE user_id = ?",
        (
            *(person.hour_from_utc if hour else now, hour + 1),
            *(person.day_from_utc if day else now, day + 1, operation.user_id),
        ),
    )


def _is_photo_kept(connection: Connection, operation: Record) -> bool:
    """Whether this photo has a check-in, by what is kept, so that a repetition gets the same answer."""
    return operation.photo_key is not None and bool(
        one(
            connection,
            "SELECT 1 FROM check_ins WHERE user_id = ? AND message_id = ? AND photo_key = ?",
            (operation.user_id, operation.message_id, operation.photo_key),
        )
    )


def _keep_check_in(
    connection: Connection,
    operation: Record,
    check_in: NewCheckIn,
    photo_key: str | None,
    now: str,
) -> None:
    shown = check_in.models.get(check_in.shown_model)
    if shown is None:
        raise UnstorableError("shown_model is not one of the models")
    connection.execute(
        "INSERT INTO check_ins (user_id, message_id, update_id, observed_at_utc, recorded_at_utc, shown_model,"
        " negative, label, models_json, versions_json, sharpness, brightness, rating_first, photo_key)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, message_id) DO NOTHING",
        (
            *(operation.user_id, operation.message_id, operation.update_id),
            *(text(check_in.observed_at_utc), now, check_in.shown_model),
            # Rounded, because a sum of float32 probabilities may miss [0, 1] by 1e-7, which the CHECK would refuse.
            *(round(shown.negative, 6), shown.label, json_text(check_in.models), json_text(check_in.versions)),
            *(check_in.quality.sharpness, check_in.quality.brightness, check_in.rating_first, photo_key),
        ),
    )


def _settle_failures(connection: Connection, operation: Record, now: str) -> None:
    key = (operation.user_id, operation.update_id)
    if operation.outcome != "dead_letter":
        connection.execute("DELETE FROM failures WHERE user_id = ? AND update_id = ?", key)
        return
    connection.execute(
        "INSERT INTO failures (user_id, update_id, attempts, first_failed_at_utc, last_failed_at_utc, dead)"
        " VALUES (?, ?, 0, ?, ?, 1) ON CONFLICT (user_id, update_id) DO UPDATE SET dead = 1",
        (*key, now, now),
    )


def _purge(connection: Connection, before: str) -> None:
    """Nothing seen before a moment is kept, nor failures of updates that Telegram has given up.

    Updates are numbered in time, so reading from the lowest stops at the first young one and takes no further page;
    the one just recorded is always young. What stands behind a young one waits for a later purge.
    """
    connection.execute(
        "DELETE FROM seen_updates WHERE update_id <"
        " (SELECT update_id FROM seen_updates WHERE recorded_at_utc >= ? ORDER BY update_id LIMIT 1)",
        (before,),
    )
    connection.execute("DELETE FROM failures WHERE dead = 0 AND last_failed_at_utc < ?", (before,))


def fail(connection: Connection, operation: Fail, now_utc: datetime) -> Failed:
    """This failure counts, unless the update is settled. Two in the same second are one, so a repetition is too.

    Somebody who has not agreed is not counted: nothing is kept about them.
    """
    now = text(now_utc)
    if person_of(connection, operation.user_id) is None:
        return Failed(attempts=0, first_failed_at_utc=moment(now), failing_for_s=0.0)
    key = (operation.user_id, operation.update_id)
    attempts, first, last = one(
        connection,
        "SELECT attempts, first_failed_at_utc, last_failed_at_utc FROM failures WHERE user_id = ? AND update_id = ?",
        key,
    ) or (0, now, "")
    if _answer(connection, operation) is None and last != now:
        attempts += 1
        connection.execute(
            "INSERT INTO failures"
            " (user_id, update_id, attempts, first_failed_at_utc, last_failed_at_utc, stage, error_type)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, update_id) DO UPDATE SET attempts = excluded.attempts,"
            " last_failed_at_utc = excluded.last_failed_at_utc, stage = excluded.stage,"
            " error_type = excluded.error_type",
            (*key, attempts, first, now, operation.stage, operation.error_type),
        )
    since_utc = moment(first)
    failing_for_s = (moment(now) - since_utc).total_seconds()
    return Failed(attempts=max(1, attempts), first_failed_at_utc=since_utc, failing_for_s=max(0.0, failing_for_s))


def _answer(connection: Connection, operation: Begin | Record | Fail) -> tuple[BotCall, ...] | None:
    """The answer that is kept for this person's update; None when it is not settled yet."""
    row = one(
        connection,
        "SELECT answer_json FROM seen_updates WHERE update_id = ? AND user_id = ?",
        (operation.update_id, operation.user_id),
    )
    return None if row is None else msgspec.json.decode(row[0], type=tuple[BotCall, ...])
