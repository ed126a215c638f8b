"""How the page comes to a person's rows: who may enter, and that what they choose there stands."""

from datetime import datetime
from typing import Final, TypeVar

from burnout.store.operation import Choice, Store
from burnout.store.people import ReadSettings, Settings
from burnout.store.privacy import ReadRows

A = TypeVar("A")
_KEPT: Final = ("consent_version", "consented_at_utc")


# Two operations and no number: one EnterApp and by_page take their place, which the store then knows.
def entered(store: Store, user_id: int, signed_at_utc: datetime, notice: int) -> Settings | None:
    """The settings of somebody who has agreed to this notice, or a newer one, before the page was opened; else None.

    So what was opened before an erasure opens nothing after it, also when the person agreed again.
    """
    kept = store(ReadRows(user_id=user_id, table="people", most=1))
    if not kept.rows:
        return None
    version, consented = (kept.rows[0][kept.columns.index(column)] for column in _KEPT)
    if version < notice or signed_at_utc < datetime.fromisoformat(consented):
        return None
    return store(ReadSettings(user_id=user_id))


def chosen(store: Store, choice: Choice[A]) -> A:
    """What stands after a choice that was made on the page."""
    return store(choice)
