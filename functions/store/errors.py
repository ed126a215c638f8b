"""Why the store did not do what it was asked; each has the code that the caller is told."""

from typing import ClassVar


class ShardError(Exception):
    """No transaction happened. `code` is what the caller is told."""

    code: ClassVar[str]


class BusyError(ShardError):
    """The shard could not be locked within the budget; a later call may succeed."""

    code = "busy"


class DamagedError(ShardError):
    """The shard's file is malformed. `set_aside_as` is its new name, None when it had to stay."""

    code = "damaged"

    def __init__(self, shard: str, set_aside_as: str | None) -> None:
        super().__init__(f"{shard} is malformed, " + (f"now {set_aside_as}" if set_aside_as else "left in place"))
        self.shard = shard
        self.set_aside_as = set_aside_as


class SchemaTooNewError(ShardError):
    """A newer version of this code has migrated the shard; this one must not touch it."""

    code = "schema_too_new"


class OldLineageError(ShardError):
    """The shard is from before functions/store/schema.sql; no migration leads from there to here."""

    code = "old_lineage"

    def __init__(self) -> None:
        super().__init__(
            "these databases are from an older version, and only that one can read them: start it once more and send"
            " /export, then move the folder with the databases away and start this version anew"
        )


class UnsafeDatabaseError(ShardError):
    """The shard is in WAL mode, or SQLite was built with settings that lose rows on a network file system."""

    code = "unsafe"


class DiskFullError(ShardError):
    """The disk has no room for what the transaction writes; a later call may succeed."""

    code = "full"
