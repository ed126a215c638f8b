"""What `report` is invoked with: the schedule's tick or canary, or what a person asks `webhook` for. Typed once."""

from typing import Literal

import msgspec

from burnout.values import UserId, Utc

Show = Literal["report", "course", "calendar", "why", "export"]


class Tick(msgspec.Struct, tag_field="op", tag="due", frozen=True, kw_only=True):
    """EventBridge Scheduler's event: send what is due. `at_utc` is the scheduled time, which a late retry keeps."""

    at_utc: Utc


class ReportRequest(msgspec.Struct, tag_field="op", tag="request", frozen=True, kw_only=True):
    """A person wants to see something now. The same `update_id` twice is one answer."""

    user_id: UserId
    update_id: int
    show: Show


class Canary(msgspec.Struct, tag_field="op", tag="canary", frozen=True, kw_only=True):
    """EventBridge Scheduler's other event: find out whether the bot is well, seen from outside."""


ReportEvent = Tick | ReportRequest | Canary
