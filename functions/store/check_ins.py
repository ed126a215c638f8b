"""A person's check-ins: 👍 and 👎, ratings, the answer that waits for one, undoing, the history, and a report's course.

Every function that answers an operation is `(connection, operation, now_utc) -> answer`, as
`functions.store.operations` says.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from sqlite3 import Connection
from statistics import fmean

import msgspec

from burnout.emotions import Emotion
from burnout.inference import Prediction
from burnout.schedule import at_hour, local_day
from burnout.store.check_ins import (
    Begin,
    CheckIn,
    GiveFeedback,
    History,
    HistoryDay,
    LastCheckIn,
    Rate,
    ReadHistory,
    ReadLast,
    Record,
    Reveal,
    Undo,
)
from burnout.store.reports import Course, CourseCheckIn, LastReport, ReadCourse, WeeklyAnswer
from burnout.values import PhotoKey
from functions.store import choices
from functions.store.people import person_of, plan_alert, settings_of, zone_of_person
from functions.store.rows import moment, one, text


def give_feedback(connection: Connection, operation: GiveFeedback, now_utc: datetime) -> CheckIn | None:
    """The check-in with its last 👍 or 👎; a 👍 takes back an earlier correction. The same again keeps its time."""
    if _find(connection, operation.user_id, operation.message_id) is not None:
        corrected = None if operation.agrees else operation.corrected
        connection.execute(
            "INSERT INTO feedback (user_id, message_id, agrees, corrected, at_utc) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (user_id, message_id) DO UPDATE"
            " SET agrees = excluded.agrees, corrected = excluded.corrected, at_utc = excluded.at_utc"
            " WHERE agrees <> excluded.agrees OR corrected IS NOT excluded.corrected",
            (operation.user_id, operation.message_id, operation.agrees, corrected, text(now_utc)),
        )
    return _revealed(connection, operation, now_utc)


def rate(connection: Connection, operation: Rate, now_utc: datetime) -> CheckIn | None:
    """The check-in with its last self-rating. The same again keeps its time.

    A first rating while the answer is hidden is kept as the blind one as well, and shows the answer.
    """
    found = _find(connection, operation.user_id, operation.message_id)
    if found is not None:
        blind = operation.rating if found.hidden else None
        rated = connection.execute(
            "INSERT INTO self_ratings (user_id, message_id, rating, blind_rating, at_utc) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (user_id, message_id) DO UPDATE SET rating = excluded.rating, at_utc = excluded.at_utc"
            " WHERE rating <> excluded.rating",
            (operation.user_id, operation.message_id, operation.rating, blind, text(now_utc)),
        )
        if rated.rowcount:
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
        "SELECT shown_model, models_json, view, agrees, corrected, rating, hidden FROM rated_check_ins"
        " WHERE user_id = ? AND message_id = ?",
        (user_id, message_id),
    )
    if row is None:
        return None
    shown_model, models_json, view, agrees, corrected, rating, hidden = row
    return CheckIn(
        message_id=message_id,
        prediction=_prediction(models_json, shown_model),
        agrees=None if agrees is None else bool(agrees),
        corrected=None if corrected is None else Emotion(corrected),
        self_rating=rating,
        hidden=bool(hidden),
        view=view,
    )


def _prediction(models_json: str, model: str) -> Prediction:
    return msgspec.json.decode(models_json, type=dict[str, Prediction])[model]


@dataclass(frozen=True)
class NewestCheckIn:
    """A person's newest check-in: its message, when the photo was sent and when it was recorded."""

    message_id: int
    observed_at_utc: datetime
    recorded_at_utc: datetime


def newest(connection: Connection, user_id: int) -> NewestCheckIn | None:
    """The person's newest check-in; None when there is none.

    Telegram numbers a chat's messages in time, so it is the last row of the person's range: one page, not all.
    """
    row = one(
        connection,
        "SELECT message_id, observed_at_utc, recorded_at_utc FROM check_ins WHERE user_id = ?"
        " ORDER BY message_id DESC LIMIT 1",
        (user_id,),
    )
    return None if row is None else NewestCheckIn(row[0], moment(row[1]), moment(row[2]))


def read_last(connection: Connection, operation: ReadLast, now_utc: datetime) -> LastCheckIn:
    """The newest check-in and when it was on the person's own clock."""
    found = newest(connection, operation.user_id)
    if found is None:
        return LastCheckIn(check_in=None, at_local="")
    observed_at = found.observed_at_utc.astimezone(zone_of_person(connection, operation.user_id))
    check_in = _find(connection, operation.user_id, found.message_id)
    return LastCheckIn(check_in=check_in, at_local=f"{observed_at:%Y-%m-%dT%H:%M}")


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


def read_history(connection: Connection, operation: ReadHistory, now_utc: datetime) -> History:
    """The days of the person's own calendar with check-ins, by when the photos were sent, oldest first."""
    zone = zone_of_person(connection, operation.user_id)
    today = local_day(now_utc, zone)
    since = text(at_hour(today - timedelta(days=operation.days - 1), 0, zone)) if operation.days else ""
    rows = connection.execute(
        "SELECT observed_at_utc, shown_model, models_json, read, counted, rating FROM rated_check_ins"
        " WHERE user_id = ? AND observed_at_utc >= ? ORDER BY observed_at_utc, message_id",
        (operation.user_id, since),
    ).fetchall()
    days = groupby(rows, key=lambda row: local_day(moment(row[0]), zone))
    return History(days=tuple(_day(day, list(rows)) for day, rows in days), today=today.isoformat())


def _day(day: date, rows: list[tuple[str, str, str, int, float | None, int | None]]) -> HistoryDay:
    ratings = [rating for *_, rating in rows if rating is not None]
    counted = [negative for *_, negative, _ in rows if negative is not None]
    with_side = [
        prediction.label
        for _, shown, models, _, negative, _ in rows
        if negative is not None and (prediction := _prediction(models, shown)).sure
    ]
    read = sum(seen for *_, seen, _, _ in rows)
    return HistoryDay(
        day=day.isoformat(),
        check_ins=len(rows),
        read=read,
        negative=with_side.count("negative"),
        mean_negative=fmean(counted) if counted else None,
        ratings=len(ratings),
        rating_sum=sum(ratings),
        unsure=read - len(with_side),
    )


def read_course(connection: Connection, operation: ReadCourse, now_utc: datetime) -> Course | None:
    """What a report is made of; none for somebody who has not agreed, or was erased meanwhile."""
    person, settings = person_of(connection, operation.user_id), settings_of(connection, operation.user_id)
    if person is None or settings is None:
        return None
    window = (operation.user_id, text(operation.since_utc), text(operation.before_utc))
    check_ins = connection.execute(
        "SELECT observed_at_utc, counted, rating FROM rated_check_ins"
        " WHERE user_id = ? AND observed_at_utc >= ? AND observed_at_utc < ? ORDER BY observed_at_utc, message_id",
        window,
    ).fetchall()
    weekly = connection.execute(
        "SELECT at_utc, answer FROM weekly_answers"
        " WHERE user_id = ? AND at_utc >= ? AND at_utc < ? ORDER BY at_utc, week",
        window,
    ).fetchall()
    return Course(
        pseudonym=person.pseudonym,
        settings=settings,
        check_ins=tuple(
            CourseCheckIn(observed_at_utc=moment(at), negative=negative, rating=rating)
            for at, negative, rating in check_ins
        ),
        weekly=tuple(WeeklyAnswer(answered_at_utc=moment(at), answer=answer) for at, answer in weekly),
        last_report=_last_report(connection, operation),
        told_too_little=_told_too_little(connection, operation),
    )


def _last_report(connection: Connection, operation: ReadCourse) -> LastReport | None:
    """The newest weekly report with an index that was sent before the course ends."""
    row = one(
        connection,
        "SELECT at_utc, index_value FROM reports WHERE user_id = ? AND kind = 'weekly' AND state = 'sent'"
        " AND index_value IS NOT NULL AND at_utc < ? ORDER BY key DESC LIMIT 1",
        (operation.user_id, text(operation.before_utc)),
    )
    return None if row is None else LastReport(sent_at_utc=moment(row[0]), index=row[1])


def _told_too_little(connection: Connection, operation: ReadCourse) -> bool:
    """Whether the newest weekly report that ended before the course does was a skipped one."""
    row = one(
        connection,
        "SELECT state FROM reports WHERE user_id = ? AND kind = 'weekly' AND state IN ('sent', 'noted', 'skipped')"
        " AND at_utc < ? ORDER BY key DESC LIMIT 1",
        (operation.user_id, text(operation.before_utc)),
    )
    return row is not None and row[0] == "skipped"
