"""What is done about an update: begun, answered once, or failed. Photos' check-ins come in here.

Every function is `(connection, operation, now_utc) -> answer`, as `functions.store.operations` says.
"""

from datetime import datetime
from sqlite3 import Connection
from typing import Final

import msgspec

from burnout.photos import DONATED, PHOTOS, folder_of, key_of, pseudonym_of
from burnout.store.check_ins import Begin, Begun, Fail, Failed, Limit, NewCheckIn, PhotoTerms, Record, Recorded
from burnout.store.privacy import SEEN_FOR
from burnout.telegram.calls import BotCall
from burnout.values import PhotoFolder, PhotoKey, Rating
from functions.store.check_ins import donated_photo
from functions.store.choices import BEGINNING, is_newest
from functions.store.limits import begin_photo, count_photo, leave_place, may_be_recorded
from functions.store.people import Person, count_low, hear_from, person_of, plan_alert
from functions.store.rows import UnstorableError, json_text, moment, one, text

PURGE_EVERY: Final = 20  # updates: often enough that one purge stays small, seldom enough that its page reads are cheap


def begin(connection: Connection, operation: Begin, now_utc: datetime) -> Begun:
    """What is known before work on an update begins.

    It writes two things at most: a photo's place near a limit, and that the person can be reached again.
    """
    person = person_of(connection, operation.user_id)
    if person is None:
        return Begun(answer=None, album_answered=False, consent_version=None, language=None, photo_folder=None)
    if not person.reachable:
        hear_from(connection, operation.user_id, operation.update_id, now_utc)
    answer = _answer(connection, operation)
    album_answered = _is_album_answered(connection, operation)
    terms = operation.photo
    begins = terms is not None and answer is None and not album_answered and terms.notice <= person.consent_version
    limit = _limit(connection, operation, terms, person, now_utc) if terms and begins else None
    ends = terms is not None and (not begins or limit == "silent")
    if ends:
        leave_place(connection, operation, now_utc)
    return Begun(
        answer=answer,
        album_answered=album_answered,
        consent_version=person.consent_version,
        language=person.language,
        photo_folder=person.photo_folder,
        limit=limit,
        low_ratings=person.low_ratings,
        leftovers=_leftovers(connection, operation, person.photo_folder if ends else None),
    )


def _limit(
    connection: Connection, operation: Begin, terms: PhotoTerms, person: Person, now_utc: datetime
) -> Limit | None:
    """The limit that the photo meets. A photo from before the agreement is nobody's: its sender may be erased since.

    The number of the agreement is kept for as long as Telegram may bring a photo; after that, no page is read for it.
    """
    is_new = person.consented_at_utc >= text(now_utc - SEEN_FOR)
    if is_new and not is_newest(connection, operation.user_id, BEGINNING, operation.update_id, now_utc):
        return "silent"
    return begin_photo(connection, operation, terms, now_utc)


def record(connection: Connection, operation: Record, now_utc: datetime) -> Recorded:
    """The update's answer and its check-in are kept; or they were kept before, and this run changed nothing."""
    recorded = _record(connection, operation, now_utc)
    return msgspec.structs.replace(recorded, leftovers=_leftovers(connection, operation, operation.photo_folder))


def _record(connection: Connection, operation: Record, now_utc: datetime) -> Recorded:
    """The answer without its leftovers.

    Nothing is kept about somebody who has not agreed, or was erased while the photo was read: they still get an
    apology, and nothing else. Somebody who has agreed again since counts as another person, and the photo is nobody's.
    """
    person = person_of(connection, operation.user_id)
    if person is None or not _is_theirs(operation, person):
        apology = operation.outcome == "dead_letter"
        return Recorded(first=apology or person is not None, answer=operation.answer if apology else ())
    answer = _answer(connection, operation)
    if answer is not None:
        return Recorded(first=False, answer=answer)
    if _is_album_answered(connection, operation) or not may_be_recorded(connection, operation, now_utc):
        return Recorded(first=False, answer=())
    now = text(now_utc)
    _keep_answer(connection, operation, now)
    if operation.photo is not None or operation.photo_folder is not None:  # a word, a button, a voice is no photo
        count_photo(connection, operation, now_utc)
    if operation.check_in is not None:
        _keep_check_in(connection, operation, operation.check_in, person.donated(_key(operation)), now)
        plan_alert(connection, operation.user_id, now_utc)
    _settle_failures(connection, operation, now)
    if operation.update_id % PURGE_EVERY == 0:
        _purge(connection, text(now_utc - SEEN_FOR))
    return Recorded(first=True, answer=operation.answer)


def _is_theirs(operation: Record | Fail, person: Person) -> bool:
    """Whether the person is the one whom `Begin` saw, and was not erased in between."""
    folder = operation.photo_folder
    return folder is None or pseudonym_of(folder) == person.pseudonym


def _is_album_answered(connection: Connection, operation: Begin | Record) -> bool:
    """Whether another photo of the same album was recorded."""
    album = operation.media_group_id
    return album is not None and bool(
        one(
            connection,
            "SELECT 1 FROM seen_updates WHERE media_group_id = ? AND user_id = ? AND update_id <> ? LIMIT 1",
            (album, operation.user_id, operation.update_id),
        )
    )


def _leftovers(connection: Connection, operation: Begin | Record, folder: PhotoFolder | None) -> tuple[PhotoKey, ...]:
    """Every key under which an attempt may have put the photo, but for the donated one that a check-in names.

    A killed attempt tells nobody what it put, and the person may have begun or stopped donating since.
    """
    if folder is None:
        return ()
    kept = donated_photo(connection, operation)
    return tuple(key for key in _keys(folder, operation.update_id) if key != kept)


def _keys(folder: PhotoFolder, update_id: int) -> tuple[PhotoKey, ...]:
    """Where any attempt may have put the update's photo."""
    return tuple(key_of(folder_of(prefix, pseudonym_of(folder)), update_id) for prefix in (PHOTOS, DONATED))


def _key(operation: Record) -> PhotoKey | None:
    """Where this attempt put the photo, if it is one."""
    return key_of(operation.photo_folder, operation.update_id) if operation.photo_folder else None


def _keep_answer(connection: Connection, operation: Record, now: str) -> None:
    # Telegram numbers updates per bot, and begins anew at a random number after a quiet week: another person's row
    # under this number is from before that.
    connection.execute("DELETE FROM seen_updates WHERE update_id = ?", (operation.update_id,))
    connection.execute(
        "INSERT INTO seen_updates"
        " (update_id, user_id, message_id, media_group_id, outcome, answer_json, recorded_at_utc)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(operation.update_id, operation.user_id, operation.message_id, operation.media_group_id),
            *(operation.outcome, json_text(operation.answer), now),
        ),
    )


def _keep_check_in(
    connection: Connection, operation: Record, check_in: NewCheckIn, photo_key: str | None, now: str
) -> None:
    shown = check_in.models.get(check_in.shown_model)
    if shown is None:
        raise UnstorableError("shown_model is not one of the models")
    kept = connection.execute(
        "INSERT INTO check_ins (user_id, message_id, update_id, observed_at_utc, recorded_at_utc, shown_model,"
        " negative, label, models_json, versions_json, sharpness, brightness, view, rating_first, photo_key)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, message_id) DO NOTHING",
        (
            *(operation.user_id, operation.message_id, operation.update_id),
            *(text(check_in.observed_at_utc), now, check_in.shown_model),
            # Rounded, because a sum of float32 probabilities may miss [0, 1] by 1e-7, which the CHECK would refuse.
            *(round(shown.negative, 6), shown.label, json_text(check_in.models), json_text(check_in.versions)),
            *(check_in.quality.sharpness, check_in.quality.brightness, check_in.view),
            *(check_in.rating_first and check_in.rating is None, photo_key),
        ),
    )
    if kept.rowcount and check_in.rating is not None:
        _keep_rating(connection, operation, check_in.rating, now)


def _keep_rating(connection: Connection, operation: Record, rating: Rating, now: str) -> None:
    """The rating in a photo's caption is a blind one: no answer had been seen."""
    connection.execute(
        "INSERT INTO self_ratings (user_id, message_id, rating, blind_rating, at_utc) VALUES (?, ?, ?, ?, ?)",
        (operation.user_id, operation.message_id, rating, rating, now),
    )
    count_low(connection, operation.user_id, None, rating)


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

    Somebody who has not agreed, or was erased since the attempt began, is not counted: nothing is kept about them, and
    what the attempt put into S3 is named.
    """
    now = text(now_utc)
    person = person_of(connection, operation.user_id)
    if person is None or not _is_theirs(operation, person):
        leftovers = _keys(operation.photo_folder, operation.update_id) if operation.photo_folder else ()
        return Failed(attempts=0, failing_for_s=0.0, leftovers=leftovers)
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
    failing_for_s = (moment(now) - moment(first)).total_seconds()
    return Failed(attempts=max(1, attempts), failing_for_s=max(0.0, failing_for_s))


def _answer(connection: Connection, operation: Begin | Record | Fail) -> tuple[BotCall, ...] | None:
    """The answer that is kept for this person's update; None when it is not settled yet."""
    row = one(
        connection,
        "SELECT answer_json FROM seen_updates WHERE update_id = ? AND user_id = ?",
        (operation.update_id, operation.user_id),
    )
    return None if row is None else msgspec.json.decode(row[0], type=tuple[BotCall, ...])
