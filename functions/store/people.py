"""Who agreed, what they chose, and when their next report, reminder and alert fall due.

Every function that answers an operation is `(connection, operation, now_utc) -> answer`, as
`functions.store.operations` says. `next_report_at_utc` and `next_reminder_at_utc` follow from everything else about a
person; `plan` and `pass_report` keep them so, and are called wherever something else changes. `next_alert_at_utc` comes
with a new check-in or rating (`plan_alert`).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from burnout import schedule
from burnout.photos import DONATED, PHOTOS, folder_of
from burnout.store.people import (
    ChangeSettings,
    Consent,
    EnterApp,
    ReadSettings,
    SetLanguage,
    SetReachable,
    Settings,
)
from burnout.store.reports import AnswerWeek
from burnout.values import Language, Rating
from functions.store import choices
from functions.store.database import shard_of
from functions.store.rows import moment, one, text

LOW_RATING: Final = 2  # of five: "very bad" and "bad"
ALERT_EVERY: Final = timedelta(days=14)  # at most
_RANDOM_BYTES: Final = 15  # of a pseudonym, after the byte that is its shard


@dataclass(frozen=True)
class Person:
    """Who agreed, as far as an update needs to know."""

    consent_version: int
    consented_at_utc: str
    reachable: int
    language: Language
    pseudonym: str
    donating: int  # 1 while the person donates photos to the improvement of the model
    low_ratings: int
    alerted_at_utc: str | None  # of the last alert

    @property
    def photo_folder(self) -> str:
        """Where the person's photos go, ending in "/"."""
        return folder_of(DONATED if self.donating else PHOTOS, self.pseudonym)

    def donated(self, photo_key: str | None) -> str | None:
        """The key, if the photo lies where the person's donated ones do and they still donate them."""
        is_donated = self.donating and photo_key is not None and photo_key.startswith(self.photo_folder)
        return photo_key if is_donated else None


def person_of(connection: Connection, user_id: int) -> Person | None:
    """The person; None for somebody who has not agreed, or was erased."""
    row = one(
        connection,
        "SELECT consent_version, consented_at_utc, reachable, language, pseudonym, donating_since_utc IS NOT NULL,"
        " low_ratings, alerted_at_utc FROM people WHERE user_id = ?",
        (user_id,),
    )
    return None if row is None else Person(*row)


def consent(connection: Connection, operation: Consent, now_utc: datetime) -> bool:
    """The person agreed to this version or to a newer one, since the first time that they said so.

    They have a pseudonym from then on, and keep it until they are erased. A newer notice's language is a choice too.
    """
    user_id, update_id = operation.user_id, operation.update_id
    before = person_of(connection, user_id)
    is_newest = before is None or choices.is_newest(connection, user_id, "language", update_id, now_utc)
    language = operation.language if before is None or is_newest else before.language
    agreed = connection.execute(
        "INSERT INTO people (user_id, chat_id, pseudonym, language, consent_version, consented_at_utc)"
        " VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (user_id) DO UPDATE SET chat_id = excluded.chat_id, language = excluded.language,"
        " consent_version = excluded.consent_version, consented_at_utc = excluded.consented_at_utc"
        " WHERE excluded.consent_version > consent_version",
        (user_id, operation.chat_id, _new_pseudonym(user_id), language, operation.version, text(now_utc)),
    )
    if agreed.rowcount:
        if is_newest:
            subject = "language" if before else choices.BEGINNING
            choices.keep_number(connection, user_id, subject, update_id, now_utc)
        plan(connection, user_id, now_utc)
    return True


def has_agreed(connection: Connection, operation: Consent, now_utc: datetime) -> bool:
    """Whether the person has agreed to any version."""
    return person_of(connection, operation.user_id) is not None


def rename_folders(connection: Connection, user_id: int) -> None:
    """The person's photos go to new folders from now on; those in the old ones are nobody's."""
    connection.execute("UPDATE people SET pseudonym = ? WHERE user_id = ?", (_new_pseudonym(user_id), user_id))
    connection.execute("UPDATE check_ins SET photo_key = NULL WHERE user_id = ? AND photo_key IS NOT NULL", (user_id,))


def _new_pseudonym(user_id: int) -> str:
    return f"{shard_of(user_id):02x}{secrets.token_hex(_RANDOM_BYTES)}"


def set_language(connection: Connection, operation: SetLanguage, now_utc: datetime) -> Language | None:
    """A known person's choice is kept. One who never chose a time zone goes by the new language's guess from now on."""
    values = (operation.language, operation.user_id, operation.language)
    if connection.execute("UPDATE people SET language = ? WHERE user_id = ? AND language <> ?", values).rowcount:
        plan(connection, operation.user_id, now_utc)
    return language_of(connection, operation, now_utc)


def language_of(connection: Connection, operation: SetLanguage, now_utc: datetime) -> Language | None:
    """The language that stands."""
    person = person_of(connection, operation.user_id)
    return person.language if person else None


def set_reachable(connection: Connection, operation: SetReachable, now_utc: datetime) -> None:
    """Whether the bot may write to a known person is kept, and what is due next follows from it: nothing old is due."""
    since = None if operation.reachable else text(now_utc)
    changed = connection.execute(
        "UPDATE people SET reachable = ?, unreachable_since_utc = ? WHERE user_id = ? AND reachable <> ?",
        (operation.reachable, since, operation.user_id, operation.reachable),
    )
    if changed.rowcount:
        plan(connection, operation.user_id, now_utc)


def hear_from(connection: Connection, user_id: int, update_id: int, now_utc: datetime) -> None:
    """Whoever writes or presses can be reached, unless a newer update said otherwise."""
    here = SetReachable(user_id=user_id, reachable=True, update_id=update_id)
    if choices.newest_of(connection, here, now_utc) is not None:
        set_reachable(connection, here, now_utc)
        choices.keep(connection, here, now_utc)


def read_settings(connection: Connection, operation: ReadSettings, now_utc: datetime) -> Settings | None:
    """The settings as they stand now; none for somebody who has not agreed."""
    return settings_of(connection, operation.user_id)


def enter_app(connection: Connection, operation: EnterApp, now_utc: datetime) -> Settings | None:
    """The settings, if the person has agreed to this notice, and did so before the page was opened."""
    person = person_of(connection, operation.user_id)
    opens = (
        person is not None
        and person.consent_version >= operation.notice
        and person.consented_at_utc <= text(operation.signed_at_utc)
    )
    return settings_of(connection, operation.user_id) if opens else None


def change_settings(connection: Connection, operation: ChangeSettings, now_utc: datetime) -> Settings | None:
    """The new values are kept, and what is due next follows from them. An unchanged value is not written again."""
    before = settings_of(connection, operation.user_id)
    if before is None:
        return None
    settings = msgspec.structs.replace(before, **operation.given())
    if settings != before:
        connection.execute(
            "UPDATE people SET time_zone = :time_zone, reports_on = :reports, report_weekday = :report_weekday,"
            " report_hour = :report_hour, quiet_from = :quiet_from, quiet_to = :quiet_to, theme = :theme,"
            " alerts_on = :alerts, hidden_factors = :hidden_factors,"
            " reminders_unanswered = iif(reminder_hour IS :reminder_hour, reminders_unanswered, 0),"
            " reminder_hour = :reminder_hour WHERE user_id = :user_id",
            msgspec.structs.asdict(settings)
            | {"user_id": operation.user_id, "hidden_factors": " ".join(settings.hidden_factors)},
        )
        plan(connection, operation.user_id, now_utc)
    return settings


def answer_week(connection: Connection, operation: AnswerWeek, now_utc: datetime) -> Rating | None:
    """A known person's answer to a week's question is kept, the last one. The same again keeps its time."""
    connection.execute(
        "INSERT INTO weekly_answers (user_id, week, answer, at_utc) SELECT user_id, ?, ?, ? FROM people"
        " WHERE user_id = ? ON CONFLICT (user_id, week) DO UPDATE SET answer = excluded.answer,"
        " at_utc = excluded.at_utc WHERE answer <> excluded.answer",
        (operation.week, operation.answer, text(now_utc), operation.user_id),
    )
    return answer_of_week(connection, operation, now_utc)


def answer_of_week(connection: Connection, operation: AnswerWeek, now_utc: datetime) -> Rating | None:
    """The answer that stands."""
    key = (operation.user_id, operation.week)
    row = one(connection, "SELECT answer FROM weekly_answers WHERE user_id = ? AND week = ?", key)
    return None if row is None else row[0]


def settings_of(connection: Connection, user_id: int) -> Settings | None:
    """What a person has chosen, or the defaults; None for somebody who has not agreed."""
    row = one(
        connection,
        "SELECT language, time_zone, reports_on, report_weekday, report_hour, reminder_hour, quiet_from, quiet_to,"
        " theme, alerts_on, hidden_factors, donating_since_utc IS NOT NULL FROM people WHERE user_id = ?",
        (user_id,),
    )
    if row is None:
        return None
    found: dict[str, Any] = dict(zip(Settings.__struct_fields__, row, strict=True))
    found |= {name: bool(found[name]) for name in ("reports", "alerts", "donating")}
    return Settings(**found | {"hidden_factors": tuple(found["hidden_factors"].split())})


def plan(connection: Connection, user_id: int, now_utc: datetime) -> None:
    """A known person's next report and reminder are what their settings say; none while the bot cannot reach them.
    The same holds for alerts, also for a person who does not want any. Whoever has chosen no clock gets neither.

    What is due already stays due: a change of settings between the hour and the run would else lose it. A reminder
    stays so only where its hour is still the chosen one: people get no reminder at an hour they have just given up.
    """
    settings = settings_of(connection, user_id)
    row = one(
        connection,
        "SELECT reachable, next_report_at_utc, next_reminder_at_utc FROM people WHERE user_id = ?",
        (user_id,),
    )
    if settings is None or row is None:
        return
    reachable, report_due, reminder_due = row
    report = reminder = None
    asked_for = reachable and settings.time_zone is not None
    if asked_for and settings.reports:
        report = _upcoming(report_due, now_utc, next_report(settings, now_utc))
    if asked_for and settings.reminder_hour is not None:
        kept = reminder_due if _is_at(reminder_due, settings.reminder_hour, settings.zone) else None
        reminder = _upcoming(kept, now_utc, schedule.next_reminder(settings.reminder_hour, settings.zone, now_utc))
    connection.execute(
        "UPDATE people SET next_report_at_utc = ?, next_reminder_at_utc = ?,"
        " next_alert_at_utc = iif(alerts_on AND reachable, next_alert_at_utc, NULL) WHERE user_id = ?",
        (report, reminder, user_id),
    )


def plan_alert(connection: Connection, user_id: int, now_utc: datetime) -> None:
    """After a new check-in or rating: who wants alerts and can be reached is due now, or 14 days after the last.

    What is due already stays due.
    """
    connection.execute(
        "UPDATE people SET next_alert_at_utc ="
        " max(?, coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', alerted_at_utc, ?), ''))"
        " WHERE user_id = ? AND alerts_on AND reachable AND next_alert_at_utc IS NULL",
        (text(now_utc), f"+{ALERT_EVERY.days} days", user_id),
    )


def count_low(connection: Connection, user_id: int, before: Rating | None, after: Rating) -> None:
    """One more rating of 1 or 2, which is answered with another sentence; a change between the two is none."""
    if after <= LOW_RATING and (before is None or before > LOW_RATING):
        connection.execute("UPDATE people SET low_ratings = low_ratings + 1 WHERE user_id = ?", (user_id,))


def low_ratings_of(connection: Connection, user_id: int) -> int:
    """How many ratings of 1 or 2 the person has given, deleted ones too."""
    row = one(connection, "SELECT low_ratings FROM people WHERE user_id = ?", (user_id,))
    return row[0] if row else 0


def _is_at(due: str | None, hour: int, zone: ZoneInfo) -> bool:
    """Whether what is due is due at that hour of its day."""
    return due is not None and schedule.at_hour(schedule.local_day(moment(due), zone), hour, zone) == moment(due)


def _upcoming(due: str | None, now_utc: datetime, later: datetime) -> str:
    return due if due is not None and due <= text(now_utc) else text(later)


def next_report(settings: Settings, after_utc: datetime) -> datetime:
    """The first moment after another at which these settings want a report, in UTC."""
    return schedule.next_report(settings.report_weekday, settings.report_hour, settings.zone, after_utc)


def pass_report(connection: Connection, user_id: int, at_utc: datetime) -> None:
    """The report that was due is settled: the next one is due after `at_utc`, if any is to come at all."""
    settings = settings_of(connection, user_id)
    if settings is not None:
        connection.execute(
            "UPDATE people SET next_report_at_utc = ? WHERE user_id = ? AND next_report_at_utc IS NOT NULL",
            (text(next_report(settings, at_utc)), user_id),
        )
