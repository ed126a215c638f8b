"""A person's check-ins: 👍 and 👎, ratings, the answer that waits for one, the last one and undoing it.

Every function that answers an operation is `(connection, operation, now_utc) -> answer`, as
`functions.store.operations` says.
"""

from datetime import datetime
from sqlite3 import Connection

import msgspec

from burnout import schedule
from burnout.emotions import Emotion
from burnout.inference import Prediction
from burnout.store.check_ins import (
    Begin,
    CheckIn,
    GiveFeedback,
    LastCheckIn,
    Rate,
    ReadLast,
    Record,
    Reveal,
    Undo,
)
from burnout.values import PhotoKey
from functions.store import choices
from functions.store.calendar import zone_of_person
from functions.store.days import mood_at, newest_mood
from functions.store.people import count_low, low_ratings_of, plan_alert
from functions.store.rows import moment, one, text


def give_feedback(connection: Connection, operation: GiveFeedback, now_utc: datetime) -> CheckIn | None:
    """The check-in with its last 👍 or 👎; a 👍 takes back an earlier correction. The same again keeps its time."""
    found = _find(connection, operation.user_id, operation.message_id)
    if found is not None:
        corrected = None if operation.agrees else operation.corrected
        connection.execute(
            "INSERT INTO feedback (user_id, message_id, agrees, corrected, at_utc) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (user_id, message_id) DO UPDATE"
            " SET agrees = excluded.agrees, corrected = excluded.corrected, at_utc = excluded.at_utc"
            " WHERE agrees <> excluded.agrees OR corrected IS NOT excluded.corrected",
            (operation.user_id, operation.message_id, operation.agrees, corrected, text(now_utc)),
        )
        if (found.agrees is not False, found.corrected) != (operation.agrees, corrected):  # what the index counts
            plan_alert(connection, operation.user_id, now_utc)
    return _revealed(connection, operation, now_utc)


def rate(connection: Connection, operation: Rate, now_utc: datetime) -> CheckIn | None:
    """The check-in with its last self-rating. The same again keeps its time.

    A first rating while the answer is hidden is kept as the blind one as well, and shows the answer. From the next day
    on the history has told it.
    """
    found = _find(connection, operation.user_id, operation.message_id)
    if found is not None:
        today = schedule.local_day(now_utc, zone_of_person(connection, operation.user_id))
        blind = operation.rating if found.hidden and found.day == str(today) else None
        rated = connection.execute(
            "INSERT INTO self_ratings (user_id, message_id, rating, blind_rating, at_utc) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (user_id, message_id) DO UPDATE SET rating = excluded.rating, at_utc = excluded.at_utc"
            " WHERE rating <> excluded.rating",
            (operation.user_id, operation.message_id, operation.rating, blind, text(now_utc)),
        )
        if rated.rowcount:
            count_low(connection, operation.user_id, found.self_rating, operation.rating)
            plan_alert(connection, operation.user_id, now_utc)
    return _revealed(connection, operation, now_utc)


def check_in_of(connection: Connection, operation: GiveFeedback | Rate, now_utc: datetime) -> CheckIn | None:
    """The check-in as it stands."""
    return _find(connection, operation.user_id, operation.message_id)


def reveal(connection: Connection, operation: Reveal, now_utc: datetime) -> CheckIn | None:
    """The check-in; its answer is shown."""
    return _revealed(connection, operation, now_utc)


def _revealed(connection: Connection, operation: GiveFeedback | Rate | Reveal, now_utc: datetime) -> CheckIn | None:
    """The check-in as it stands now, its answer shown from the first time on."""
    connection.execute(
        "UPDATE check_ins SET revealed_at_utc = ?"
        " WHERE user_id = ? AND message_id = ? AND rating_first AND revealed_at_utc IS NULL",
        (text(now_utc), operation.user_id, operation.message_id),
    )
    return _find(connection, operation.user_id, operation.message_id)


def _find(connection: Connection, user_id: int, message_id: int) -> CheckIn | None:
    row = one(
        connection,
        "SELECT observed_at_utc, shown_model, models_json, view, agrees, corrected, rating, hidden FROM rated_check_ins"
        " WHERE user_id = ? AND message_id = ?",
        (user_id, message_id),
    )
    if row is None:
        return None
    observed_at, shown_model, models_json, view, agrees, corrected, rating, hidden = row
    return CheckIn(
        message_id=message_id,
        prediction=prediction_of(models_json, shown_model),
        agrees=None if agrees is None else bool(agrees),
        corrected=None if corrected is None else Emotion(corrected),
        self_rating=rating,
        hidden=bool(hidden),
        view=view,
        low_ratings=low_ratings_of(connection, user_id),
        day=str(schedule.local_day(moment(observed_at), zone_of_person(connection, user_id))),
    )


def prediction_of(models_json: str, model: str) -> Prediction:
    """What a model said, of all that are kept with a check-in."""
    return msgspec.json.decode(models_json, type=dict[str, Prediction])[model]


def read_last(connection: Connection, operation: ReadLast, now_utc: datetime) -> LastCheckIn:
    """The newest check-in, a photo's or a mood, and when it was on the person's own clock.

    Telegram numbers a chat's messages in time, so a photo's is the last row of the person's range: one page, not all.
    """
    user_id = operation.user_id
    message_id, observed = one(
        connection,
        "SELECT message_id, observed_at_utc FROM check_ins WHERE user_id = ? ORDER BY message_id DESC LIMIT 1",
        (user_id,),
    ) or (0, "")
    kept = newest_mood(connection, user_id)
    mood = mood_at(connection, user_id, *kept, now_utc) if kept and observed <= kept[0] else None
    if mood is not None:
        return LastCheckIn(check_in=None, at_local=mood.at_local, mood=mood)
    if not observed:
        return LastCheckIn(check_in=None, at_local="")
    local = moment(observed).astimezone(zone_of_person(connection, user_id))
    return LastCheckIn(check_in=_find(connection, user_id, message_id), at_local=f"{local:%Y-%m-%dT%H:%M}")


def undo(connection: Connection, operation: Undo, now_utc: datetime) -> PhotoKey | None:
    """The check-in, its feedback, its rating and what was answered are gone; the photo donated with it is named.

    That the update was seen stays, without its answer: a redelivery must not bring the check-in back.
    """
    key = (operation.user_id, operation.message_id)
    photo_key = donated_photo(connection, operation)
    connection.execute(
        "UPDATE seen_updates SET answer_json = '[]' WHERE user_id = ?"
        " AND update_id = (SELECT update_id FROM check_ins WHERE user_id = ? AND message_id = ?)",
        (operation.user_id, *key),
    )
    connection.execute("DELETE FROM check_ins WHERE user_id = ? AND message_id = ?", key)
    connection.execute("DELETE FROM feedback WHERE user_id = ? AND message_id = ?", key)
    connection.execute("DELETE FROM self_ratings WHERE user_id = ? AND message_id = ?", key)
    choices.forget_check_in(connection, operation)
    return photo_key


def donated_photo(connection: Connection, operation: Begin | Record | Undo) -> PhotoKey | None:
    """The key of the photo that was donated with a check-in; None without one."""
    row = one(
        connection,
        "SELECT photo_key FROM check_ins WHERE user_id = ? AND message_id = ?",
        (operation.user_id, operation.message_id),
    )
    return None if row is None else row[0]
