"""What an operation is: asked of `store`, typed, with one typed answer, used on both sides.

On the wire an operation is `{"op": "begin", "user_id": 1, ...}` and its answer `{"ok": {...}}` or
`{"error": {"code": ..., "message": ...}}`. One operation is one SQLite transaction on the person's shard (a few are
about a whole shard). Every operation may run twice with one effect. Times are aware datetimes in UTC.
The operations stand beside this by subject: `check_ins`, `people`, `reports`, `privacy`. Those that a person chooses by
a press, by a word or on the Mini App's page are a `Choice`: of each subject the newest one stands, whatever comes late
or twice.
"""

from typing import Generic, Protocol, TypeVar

import msgspec

from burnout.values import Shard, UserId, Utc, Whole

A = TypeVar("A")


class Operation(msgspec.Struct, Generic[A], tag_field="op", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asks the store for one transaction on one person's shard."""

    user_id: UserId


class Choice(Operation[A], Generic[A], frozen=True, kw_only=True):
    """Something that a person chose. It changes nothing where a newer update has chosen otherwise.

    The answer then tells what stands, as it does after a choice that was kept.
    """

    update_id: Whole | None = None  # of the press or word; None: no update said so, and any that did comes first
    # When the Mini App's page asked for it: it yields to what the page asked for later, and to the next press.
    page_at_utc: Utc | None = None


class ShardOperation(msgspec.Struct, Generic[A], tag_field="op", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asks the store for one transaction on a shard, with the rows of all its people."""

    shard: Shard


class Store(Protocol):
    """What runs operations: the Lambda client in production, SQLite directly in tests."""

    def __call__(self, operation: Operation[A] | ShardOperation[A]) -> A:
        """The operation's answer. Raises: StoreUnavailableError."""
        ...
