"""Which shard an operation is about, and its run there."""

from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from burnout.store.check_ins import Undo
from burnout.store.operation import ShardOperation
from burnout.store.reports import ClaimDue, Due
from functions.store.database import shard_file, shard_of, transaction_on
from functions.store.operations import OneOperation, run

A = TypeVar("A")


def perform(root: Path, operation: OneOperation[A], now_utc: datetime) -> A:
    """The operation's answer, once what it wrote is durable.

    Raises: UnstorableError; what `database.transaction_on` raises.
    """
    shard = operation.shard if isinstance(operation, ShardOperation) else shard_of(operation.user_id)
    path = shard_file(root, shard)
    # A run asks all 256 shards every quarter of an hour; one where nobody lives is not made for that.
    if isinstance(operation, ClaimDue) and not path.exists():
        return cast("A", Due(reports=(), reminders=(), alerts=(), more=False))
    return transaction_on(
        path, lambda connection: run(connection, operation, now_utc), erasing=isinstance(operation, Undo)
    )
