"""Every operation: its function, its transaction on its shard, and what happens in the bucket before or after that.

A function is `(connection, operation, now_utc) -> answer`, inside the transaction. All of them may run twice with one
effect, and each sees nothing but the rows of its own `user_id`; the few about a shard see everybody's. They know
neither files nor locks. Cursors are read to their end, as `database.transaction` asks.

Inserts say `ON CONFLICT (key) DO NOTHING`, never `INSERT OR IGNORE`: the latter would also drop a row
that breaks a CHECK, and the caller would be told that it is kept.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from sqlite3 import Connection, IntegrityError
from typing import Any, Final, TypeVar, Union, cast

from burnout.errors import PhotoStorageError
from burnout.store.check_ins import (
    Begin,
    Begun,
    Fail,
    Failed,
    GiveFeedback,
    Rate,
    ReadHistory,
    ReadLast,
    Record,
    Recorded,
    Reveal,
    Undo,
)
from burnout.store.days import ForgetMood, KeepMood, ReadDay, TellDay
from burnout.store.inventories import KeepInventory, ReadInventories
from burnout.store.operation import Choice, Operation, ShardOperation
from burnout.store.people import ChangeSettings, Consent, EnterApp, ReadSettings, SetLanguage, SetReachable
from burnout.store.privacy import Erase, ReadRows, SetDonating, Sweep
from burnout.store.reports import (
    AnswerWeek,
    ClaimDue,
    Due,
    FinishReport,
    HoldRun,
    Postpone,
    ReadCourse,
    ReleaseReport,
    ReleaseRun,
    StartAlert,
    StartReminder,
    StartSending,
)
from functions.store import check_ins, choices, course, days, due, inventories, people, privacy, sending, updates
from functions.store.bucket import Objects
from functions.store.database import scrub_shard, shard_file, shard_of, shard_path, transaction, transaction_on
from functions.store.erasure import empty, erase
from functions.store.rows import UnstorableError
from functions.store.sweep import sweep

A = TypeVar("A")

# A test compares the types of each function with its operation's.
OPERATIONS: Final[dict[type[Operation[Any] | ShardOperation[Any]], Callable[[Connection, Any, datetime], Any]]] = {
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
    ReadHistory: course.read_history,
    KeepMood: days.keep_mood,
    ForgetMood: days.forget_mood,
    TellDay: days.tell_day,
    ReadDay: days.read_day,
    ReadSettings: people.read_settings,
    EnterApp: people.enter_app,
    ChangeSettings: people.change_settings,
    AnswerWeek: people.answer_week,
    KeepInventory: inventories.keep_inventory,
    ReadInventories: inventories.read_inventories,
    ReadCourse: course.read_course,
    StartSending: sending.start_sending,
    ReleaseReport: sending.release_report,
    FinishReport: sending.finish_report,
    Postpone: sending.postpone,
    HoldRun: sending.hold_run,
    ReleaseRun: sending.release_run,
    ClaimDue: due.claim_due,
    StartReminder: due.start_reminder,
    StartAlert: due.start_alert,
    Erase: privacy.erase,
    SetDonating: privacy.set_donating,
    ReadRows: privacy.read_rows,
}
# The answer to a choice that a newer one overrules: what stands, if it can be said in that answer. Settings are
# overruled one by one, so their own function answers.
STANDS: Final[dict[type[Choice[Any]], Callable[[Connection, Any, datetime], Any]]] = {
    Consent: people.has_agreed,
    SetLanguage: people.language_of,
    SetReachable: lambda *_: None,
    GiveFeedback: check_ins.check_in_of,
    Rate: check_ins.check_in_of,
    KeepMood: days.mood_of,
    ForgetMood: days.mood_of,
    TellDay: days.day_of,
    AnswerWeek: people.answer_of_week,
    KeepInventory: inventories.newest_inventory,
    Erase: lambda *_: None,
    SetDonating: lambda *_: None,
}
# For decoding what is sent. A sweep is several transactions, so it has no function above.
AnyOperation: Any = Union[(*OPERATIONS, Sweep)]


def run(connection: Connection, operation: Operation[A] | ShardOperation[A], now_utc: datetime) -> A:
    """The operation's answer, inside the caller's transaction. Raises: UnstorableError."""
    try:
        if isinstance(operation, Choice):
            return cast("A", _choose(connection, operation, now_utc))
        return cast("A", OPERATIONS[type(operation)](connection, operation, now_utc))
    except IntegrityError as error:
        raise UnstorableError(str(error)) from error  # SQLite names the constraint, never a value
    except (OverflowError, UnicodeEncodeError) as error:  # a number of more than 64 bits, a lone surrogate
        raise UnstorableError(type(error).__name__) from error


def _choose(connection: Connection, operation: Choice[Any], now_utc: datetime) -> Any:
    """The answer of the choice's function where no newer one overrules it, else what stands."""
    operation = choices.as_first_said(connection, operation, now_utc)
    newest = choices.newest_of(connection, operation, now_utc)
    if newest is None:
        return STANDS[type(operation)](connection, operation, now_utc)
    answer = OPERATIONS[type(newest)](connection, newest, now_utc)
    choices.keep(connection, newest, now_utc)
    return answer


def perform(root: Path, operation: Operation[A] | ShardOperation[A], now_utc: datetime) -> A:
    """The operation's answer, once what it wrote is durable.

    Raises: UnstorableError; what `database.transaction_on` raises.
    """
    shard = operation.shard if isinstance(operation, ShardOperation) else shard_of(operation.user_id)
    path = shard_file(root, shard)
    # A run asks all 256 shards every quarter of an hour; a shard without people is not made for that.
    if isinstance(operation, ClaimDue) and not path.exists():
        return cast("A", Due(reports=(), reminders=(), alerts=(), more=False))
    # Words and presses of somebody who was out of reach: this one may be the press that deletes everything.
    begins = isinstance(operation, Begin) and operation.photo is None and path.exists()
    erasing = begins or isinstance(operation, ForgetMood | Undo | SetDonating)
    return transaction_on(path, lambda connection: run(connection, operation, now_utc), erasing=erasing)


def fulfil(
    root: Path,
    bucket: Objects,
    operation: Operation[A] | ShardOperation[A],
    now_utc: datetime,
    note: Callable[[str], None],
) -> A:
    """The operation's answer, once what it wrote is durable and what it deletes is gone.

    A photo that cannot be deleted at its update's end is only noted: the answer stands, and a sweep deletes what stays.

    Raises: PhotoStorageError when an erasure is not complete; what `perform` raises.
    """
    if isinstance(operation, Sweep):
        return cast("A", sweep(root, bucket, operation))
    if isinstance(operation, Erase):
        forget = partial(run, operation=operation, now_utc=now_utc)
        return cast("A", erase(root, bucket, operation, now_utc, forget))
    if isinstance(operation, Undo):
        _delete_donated(root, bucket, operation)
    answer = perform(root, operation, now_utc)
    if isinstance(answer, Begun | Failed | Recorded):
        _delete_leftovers(bucket, answer, note)
    elif isinstance(operation, ForgetMood | Undo):
        scrub_shard(shard_path(root, operation.user_id))
        if isinstance(answer, str):  # donated since the look
            bucket.delete(answer)
    elif isinstance(operation, SetDonating) and isinstance(answer, str):
        empty(bucket, answer)
        scrub_shard(shard_path(root, operation.user_id))
    return answer


def _delete_donated(root: Path, bucket: Objects, operation: Undo) -> None:
    """The check-in's photo is deleted before the row that has its name: a repetition must find it."""
    key = transaction(root, operation.user_id, lambda connection: check_ins.donated_photo(connection, operation))
    if key is not None:
        bucket.delete(key)


def _delete_leftovers(bucket: Objects, answer: Begun | Failed | Recorded, note: Callable[[str], None]) -> None:
    try:
        for key in answer.leftovers:  # one by one: DELETE costs nothing at S3, the POST for several may
            bucket.delete(key)
    except PhotoStorageError as error:  # the others wait for the sweep as well: S3 may hang, and a person waits
        note(str(error))
