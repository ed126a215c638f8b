"""What each operation does inside its transaction: one function each, `(connection, operation, now_utc) -> answer`.

All of them may run twice with one effect, and each sees nothing but the rows of its own `user_id`; the few about a
shard see everybody's. They know neither files nor locks. Cursors are read to their end, as `database.transaction` asks.

Inserts say `ON CONFLICT (key) DO NOTHING`, never `INSERT OR IGNORE`: the latter would also drop, without a word, a row
that breaks a CHECK, and the caller would be told that it is kept.
"""

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection, IntegrityError
from typing import Any, Final, TypeVar, cast

from burnout import privacy, records, reports
from functions.store import checkins, due, people, rights, updates
from functions.store import reports as sendings
from functions.store.rows import UnstorableError

A = TypeVar("A")
OneOperation = records.Operation[A] | records.ShardOperation[A]


def run(connection: Connection, operation: OneOperation[A], now_utc: datetime) -> A:
    """The operation's answer, inside the caller's transaction. Raises: UnstorableError."""
    try:
        return cast("A", OPERATIONS[type(operation)](connection, operation, now_utc))
    except IntegrityError as error:
        raise UnstorableError(str(error)) from error  # SQLite names the constraint, never a value
    except (OverflowError, UnicodeEncodeError) as error:  # a number of more than 64 bits, a lone surrogate
        raise UnstorableError(type(error).__name__) from error


# Complete by test: every member of burnout.operations.AnyOperation, with the types of its function; but for Sweep,
# which is several transactions.
OPERATIONS: Final[dict[type[OneOperation[Any]], Callable[[Connection, Any, datetime], Any]]] = {
    records.Begin: updates.begin,
    records.Record: updates.record,
    records.Fail: updates.fail,
    records.Consent: people.consent,
    records.SetLanguage: people.set_language,
    records.SetReachable: people.set_reachable,
    records.GiveFeedback: checkins.give_feedback,
    records.Rate: checkins.rate,
    records.Reveal: checkins.reveal,
    records.ReadLast: checkins.read_last,
    records.Undo: checkins.undo,
    records.ReadHistory: checkins.read_history,
    reports.ReadSettings: people.read_settings,
    reports.ChangeSettings: people.change_settings,
    reports.AnswerWeek: people.answer_week,
    reports.ReadCourse: checkins.read_course,
    reports.StartSending: sendings.start_sending,
    reports.ReleaseReport: sendings.release_report,
    reports.FinishReport: sendings.finish_report,
    reports.HoldRun: sendings.hold_run,
    reports.ReleaseRun: sendings.release_run,
    reports.ClaimDue: due.claim_due,
    reports.StartAlert: due.start_alert,
    privacy.Erase: rights.erase,
    privacy.SetDonating: rights.set_donating,
    privacy.ReadRows: rights.read_rows,
}
