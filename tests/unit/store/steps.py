"""What a run says about the report of person 7, whose first one is due on Sunday 8 March 2026 at 18:00 UTC."""

from datetime import datetime, timedelta
from typing import Any

from burnout.store.reports import ClaimDue, Due, FinishReport, ReleaseReport, StartSending

DUE = datetime.fromisoformat("2026-03-08T18:00:00Z")
QUARTER = timedelta(minutes=15)
WEEK = "2026-W10"


def claim(run_id: str = "a", at_utc: datetime = DUE, most: int = 20, shard: int = 0) -> ClaimDue:
    return ClaimDue(shard=shard, run_id=run_id, at_utc=at_utc, until_utc=at_utc + QUARTER, most=most)


def kind_of(key: str) -> Any:
    """Which kind of report has such a key."""
    return "weekly" if "W" in key else "requested"


def start(run_id: str = "a", key: str = WEEK, user_id: int = 7, **asked: Any) -> StartSending:
    fields: dict[str, Any] = {"user_id": user_id, "kind": kind_of(key), "key": key, "run_id": run_id, "at_utc": DUE}
    return StartSending(**fields | asked)


def release(run_id: str = "a", key: str = WEEK, at_utc: datetime = DUE) -> ReleaseReport:
    return ReleaseReport(user_id=7, kind=kind_of(key), key=key, run_id=run_id, at_utc=at_utc)


def finish(run_id: str = "a", key: str = WEEK, state: Any = "sent", at_utc: datetime = DUE, **end: Any) -> FinishReport:
    return FinishReport(user_id=7, kind=kind_of(key), key=key, run_id=run_id, state=state, at_utc=at_utc, **end)


def keys(due: Due) -> list[tuple[int, str, bool]]:
    return [(report.user_id, report.key, report.unfinished) for report in due.reports]
