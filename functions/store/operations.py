"""What each operation does inside its transaction: one function each, `(connection, operation, now_utc) -> answer`.

All of them may run twice with one effect, and each sees nothing but the rows of its own `user_id`. They know neither
files nor locks. Cursors are read to their end, as `database.transaction` asks.

Inserts say `ON CONFLICT (key) DO NOTHING`, never `INSERT OR IGNORE`: the latter would also drop, without a word, a row
that breaks a CHECK, and the caller would be told that it is kept.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from sqlite3 import Connection, IntegrityError
from typing import Any, Final, TypeVar, cast

import msgspec

from burnout import records
from burnout.calls import BotCall
from burnout.emotions import Emotion
from burnout.inference import Scores

A = TypeVar("A")

SEEN_FOR: Final = timedelta(hours=48)  # Telegram redelivers for 24 h
PURGE_EVERY: Final = 20  # updates: often enough that one purge stays small, seldom enough that its page reads are cheap


class UnstorableError(Exception):
    """The operation's values contradict each other or the schema; nothing was kept."""


def run(connection: Connection, operation: records.Operation[A], now_utc: datetime) -> A:
    """The operation's answer, inside the caller's transaction. Raises: UnstorableError."""
    try:
        return cast("A", OPERATIONS[type(operation)](connection, operation, now_utc))
    except IntegrityError as error:
        raise UnstorableError(str(error)) from error  # SQLite names the constraint, never a value
    except (OverflowError, UnicodeEncodeError) as error:  # a number of more than 64 bits, a lone surrogate
        raise UnstorableError(type(error).__name__) from error


def begin(connection: Connection, operation: records.Begin, now_utc: datetime) -> records.Begun:
    """What is known before work on an update begins. Writes nothing: a write on EFS costs five times a read."""
    album = operation.media_group_id
    sibling = album is not None and _row(
        connection,
        "SELECT 1 FROM seen_updates WHERE media_group_id = ? AND user_id = ? AND update_id <> ? LIMIT 1",
        (album, operation.user_id, operation.update_id),
    )
    person = _row(
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
    now = _text(now_utc)
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
            *(operation.outcome, _json(operation.answer), now),
        ),
    )
    if not inserted.rowcount:
        return records.Recorded(first=False, answer=_answer(connection, operation) or ())
    if operation.prediction is not None:
        _keep_prediction(connection, operation, operation.prediction, now)
    _settle_failures(connection, operation, now)
    if operation.update_id % PURGE_EVERY == 0:
        _purge(connection, _text(now_utc - SEEN_FOR))
    return records.Recorded(first=True, answer=operation.answer)


def _keep_prediction(
    connection: Connection, operation: records.Record, prediction: records.Prediction, now: str
) -> None:
    shown = prediction.models.get(prediction.shown_model)
    if shown is None:
        raise UnstorableError("shown_model is not one of the models")
    connection.execute(
        "INSERT INTO predictions (user_id, message_id, update_id, observed_at_utc, recorded_at_utc, shown_model,"
        " negative, label, models_json, versions_json, sharpness, brightness)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, message_id) DO NOTHING",
        (
            *(operation.user_id, operation.message_id, operation.update_id),
            *(_text(prediction.observed_at_utc), now, prediction.shown_model),
            # Rounded, because a sum of float32 probabilities may miss [0, 1] by 1e-7, which the CHECK would refuse.
            *(round(shown.negative, 6), shown.label, _json(prediction.models), _json(prediction.versions)),
            *(prediction.quality.sharpness, prediction.quality.brightness),
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
    now = _text(now_utc)
    key = (operation.user_id, operation.update_id)
    attempts, first, last = _row(
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
    since_utc = datetime.fromisoformat(first)
    failing_for_s = (datetime.fromisoformat(now) - since_utc).total_seconds()
    return records.Failed(
        attempts=max(1, attempts), first_failed_at_utc=since_utc, failing_for_s=max(0.0, failing_for_s)
    )


def consent(connection: Connection, operation: records.Consent, now_utc: datetime) -> records.Done:
    """The person agreed to this version or to a newer one, since the first time that they said so."""
    connection.execute(
        "INSERT INTO people (user_id, chat_id, language, consent_version, consented_at_utc) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (user_id) DO UPDATE SET chat_id = excluded.chat_id, language = excluded.language,"
        " consent_version = excluded.consent_version, consented_at_utc = excluded.consented_at_utc"
        " WHERE excluded.consent_version > consent_version",
        (operation.user_id, operation.chat_id, operation.language, operation.version, _text(now_utc)),
    )
    return records.Done()


def set_language(connection: Connection, operation: records.SetLanguage, now_utc: datetime) -> records.Done:
    """A known person's choice is kept."""
    values = (operation.language, operation.user_id, operation.language)
    connection.execute("UPDATE people SET language = ? WHERE user_id = ? AND language <> ?", values)
    return records.Done()


def set_reachable(connection: Connection, operation: records.SetReachable, now_utc: datetime) -> records.Done:
    """Whether the bot may write to a known person is kept."""
    values = (operation.reachable, operation.user_id, operation.reachable)
    connection.execute("UPDATE people SET reachable = ? WHERE user_id = ? AND reachable <> ?", values)
    return records.Done()


def give_feedback(connection: Connection, operation: records.GiveFeedback, now_utc: datetime) -> records.Found:
    """The check-in with its last 👍 or 👎; a 👍 takes back an earlier correction. The same again keeps its time."""
    corrected = None if operation.agrees else operation.corrected
    return _keep_about_check_in(
        connection,
        operation,
        "INSERT INTO feedback (user_id, message_id, agrees, corrected, at_utc) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (user_id, message_id) DO UPDATE"
        " SET agrees = excluded.agrees, corrected = excluded.corrected, at_utc = excluded.at_utc"
        " WHERE agrees <> excluded.agrees OR corrected IS NOT excluded.corrected",
        (operation.agrees, corrected, _text(now_utc)),
    )


def rate(connection: Connection, operation: records.Rate, now_utc: datetime) -> records.Found:
    """The check-in with its last self-rating. The same again keeps its time."""
    return _keep_about_check_in(
        connection,
        operation,
        "INSERT INTO self_ratings (user_id, message_id, rating, at_utc) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (user_id, message_id) DO UPDATE SET rating = excluded.rating, at_utc = excluded.at_utc"
        " WHERE rating <> excluded.rating",
        (operation.rating, _text(now_utc)),
    )


def _keep_about_check_in(
    connection: Connection,
    operation: records.GiveFeedback | records.Rate,
    statement: str,
    values: tuple[Any, ...],
) -> records.Found:
    key = (operation.user_id, operation.message_id)
    if _row(connection, "SELECT 1 FROM predictions WHERE user_id = ? AND message_id = ?", key) is None:
        return records.Found(check_in=None)
    connection.execute(statement, (*key, *values))
    row = _row(
        connection,
        "SELECT shown_model, models_json, agrees, corrected, rating FROM predictions"
        " LEFT JOIN feedback USING (user_id, message_id) LEFT JOIN self_ratings USING (user_id, message_id)"
        " WHERE user_id = ? AND message_id = ?",
        key,
    )
    shown_model, models_json, agrees, corrected, rating = cast("tuple[Any, ...]", row)
    check_in = records.CheckIn(
        message_id=operation.message_id,
        scores=msgspec.json.decode(models_json, type=dict[str, Scores])[shown_model],
        agrees=None if agrees is None else bool(agrees),
        corrected=None if corrected is None else Emotion(corrected),
        self_rating=rating,
    )
    return records.Found(check_in=check_in)


def read_history(connection: Connection, operation: records.ReadHistory, now_utc: datetime) -> records.HistoryFacts:
    """The person's days with check-ins, by the UTC date of the photo, oldest first."""
    rows = connection.execute(
        "SELECT substr(observed_at_utc, 1, 10) AS day, count(*), sum(label = 'negative'), avg(negative),"
        " count(rating), ifnull(sum(rating), 0)"
        " FROM predictions LEFT JOIN self_ratings USING (user_id, message_id)"
        " WHERE user_id = ? AND observed_at_utc >= ? GROUP BY day ORDER BY day",
        (operation.user_id, _text(operation.since_utc) if operation.since_utc else ""),
    ).fetchall()
    return records.HistoryFacts(
        days=tuple(
            records.DayFacts(
                day=day, check_ins=n, negative=negative, mean_negative=mean, ratings=ratings, rating_sum=rating_sum
            )
            for day, n, negative, mean, ratings, rating_sum in rows
        )
    )


def _answer(
    connection: Connection, operation: records.Begin | records.Record | records.Fail
) -> tuple[BotCall, ...] | None:
    """The answer that is kept for this person's update; None when it is not settled yet."""
    row = _row(
        connection,
        "SELECT answer_json FROM seen_updates WHERE update_id = ? AND user_id = ?",
        (operation.update_id, operation.user_id),
    )
    return None if row is None else msgspec.json.decode(row[0], type=tuple[BotCall, ...])


def _row(connection: Connection, query: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The one row of a query that has at most one, or None. Read to the end, so that no cursor stays open."""
    rows: list[tuple[Any, ...]] = connection.execute(query, values).fetchall()
    return rows[0] if rows else None


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _text(moment: datetime) -> str:
    """ISO 8601 in UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# Complete by test: every member of burnout.records.AnyOperation, with the types of its function.
OPERATIONS: Final[dict[type[records.Operation[Any]], Callable[[Connection, Any, datetime], Any]]] = {
    records.Begin: begin,
    records.Record: record,
    records.Fail: fail,
    records.Consent: consent,
    records.SetLanguage: set_language,
    records.SetReachable: set_reachable,
    records.GiveFeedback: give_feedback,
    records.Rate: rate,
    records.ReadHistory: read_history,
}
