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

from burnout.store.check_ins import Begin, Fail, GiveFeedback, Rate, ReadHistory, ReadLast, Record, Reveal, Undo
from burnout.store.operation import Operation, ShardOperation
from burnout.store.people import ChangeSettings, Consent, ReadSettings, SetLanguage, SetReachable
from burnout.store.privacy import Erase, ReadRows, SetDonating
from burnout.store.reports import (
    AnswerWeek,
    ClaimDue,
    FinishReport,
    HoldRun,
    ReadCourse,
    ReleaseReport,
    ReleaseRun,
    StartAlert,
    StartSending,
)
from functions.store import check_ins, due, people, privacy, sending, updates
from functions.store.rows import UnstorableError

A = TypeVar("A")
OneOperation = Operation[A] | ShardOperation[A]


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
    Begin: updates.begin,
    Record: updates.record,
    Fail: updates.fail,
    Consent: people.consent,
    SetLanguage: people.set_language,
    SetReachable: people.set_reachable,
    GiveFeedback: check_ins.give_feedback,
    Rate: check_ins.rate,
    Reveal: check_ins.reveal,
    ReadLast: check_ins.read_last,
    Undo: check_ins.undo,
    ReadHistory: check_ins.read_history,
    ReadSettings: people.read_settings,
    ChangeSettings: people.change_settings,
    AnswerWeek: people.answer_week,
    ReadCourse: check_ins.read_course,
    StartSending: sending.start_sending,
    ReleaseReport: sending.release_report,
    FinishReport: sending.finish_report,
    HoldRun: sending.hold_run,
    ReleaseRun: sending.release_run,
    ClaimDue: due.claim_due,
    StartAlert: due.start_alert,
    Erase: privacy.erase,
    SetDonating: privacy.set_donating,
    ReadRows: privacy.read_rows,
}
