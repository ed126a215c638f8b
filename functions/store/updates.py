"""What is done about an update: begun, answered once, or failed. Photos' check-ins come in here.

Every function is `(connection, operation, now_utc) -> answer`, as `functions.store.operations` says.
"""

from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final

import msgspec

from burnout import records
from burnout.calls import BotCall
from functions.store.rows import UnstorableError, json_text, moment, one, text

SEEN_FOR: Final = timedelta(hours=48)  # Telegram redelivers for 24 h
PURGE_EVERY: Final = 20  # updates: often enough that one purge stays small, seldom enough that its page reads are cheap


def begin(connection: Connection, operation: records.Begin, now_utc: datetime) -> records.Begun:
    """What is known before work on an update begins. Writes nothing: a write on EFS costs five times a read."""
    album = operation.media_group_id
    sibling = album is not None and one(
        connection,
        "SELECT 1 FROM seen_updates WHERE media_group_id = ? AND user_id = ? AND update_id <> ? LIMIT 1",
        (album, operation.user_id, operation.update_id),
    )
    person = one(
        connection, "SELECT consent_version, language FROM people WHERE user_id = ?", (operation.user_id,)
    ) or (None, None)
    return records.Begun(
        answer=_answer(connection, operation),
        album_answered=bool(sibling),
        consent_version=person[0],
        language=person[1],
    )


def record(connection: Connection, operation: records.Record, now_utc: datetime) -> records.Recorded:
    """The update's answer is kept, and its prediction; or they were before, and this run changed nothing."""
    now = text(now_utc)
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
    if not inserted.rowcount:
        return records.Recorded(first=False, answer=_answer(connection, operation) or ())
    if operation.prediction is not None:
        _keep_prediction(connection, operation, operation.prediction, now)
    _settle_failures(connection, operation, now)
    if operation.update_id % PURGE_EVERY == 0:
        _purge(connection, text(now_utc - SEEN_FOR))
    return records.Recorded(first=True, answer=operation.answer)


def _keep_prediction(
    connection: Connection, operation: records.Record, prediction: records.Prediction, now: str
) -> None:
    shown = prediction.models.get(prediction.shown_model)
    if shown is None:
        raise UnstorableError("shown_model is not one of the models")
    connection.execute(
        "INSERT INTO predictions (user_id, message_id, update_id, observed_at_utc, recorded_at_utc, shown_model,"
        " negative, label, models_json, versions_json, sharpness, brightness, rating_first)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, message_id) DO NOTHING",
        (
            *(operation.user_id, operation.message_id, operation.update_id),
            *(text(prediction.observed_at_utc), now, prediction.shown_model),
            # Rounded, because a sum of float32 probabilities may miss [0, 1] by 1e-7, which the CHECK would refuse.
            *(round(shown.negative, 6), shown.label, json_text(prediction.models), json_text(prediction.versions)),
            *(prediction.quality.sharpness, prediction.quality.brightness, prediction.rating_first),
        ),
    )


def _settle_failures(connection: Connection, operation: records.Record, now: str) -> None:
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

    Updates are numbered in time, so the walk from the lowest stops at the first young one and reads no further page;
    the one just recorded is always young. What stands behind a young one waits for a later purge.
    """
    connection.execute(
        "DELETE FROM seen_updates WHERE update_id <"
        " (SELECT update_id FROM seen_updates WHERE recorded_at_utc >= ? ORDER BY update_id LIMIT 1)",
        (before,),
    )
    connection.execute("DELETE FROM failures WHERE dead = 0 AND last_failed_at_utc < ?", (before,))


def fail(connection: Connection, operation: records.Fail, now_utc: datetime) -> records.Failed:
    """This failure counts, unless the update is settled. Two in the same second are one, so a repetition is too."""
    now = text(now_utc)
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
    return records.Failed(
        attempts=max(1, attempts), first_failed_at_utc=since_utc, failing_for_s=max(0.0, failing_for_s)
    )


def _answer(
    connection: Connection, operation: records.Begin | records.Record | records.Fail
) -> tuple[BotCall, ...] | None:
    """The answer that is kept for this person's update; None when it is not settled yet."""
    row = one(
        connection,
        "SELECT answer_json FROM seen_updates WHERE update_id = ? AND user_id = ?",
        (operation.update_id, operation.user_id),
    )
    return None if row is None else msgspec.json.decode(row[0], type=tuple[BotCall, ...])
