"""Values that store, buttons and functions share, each checked where it enters."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

Language = Literal["en", "ru"]
Rating = Annotated[int, msgspec.Meta(ge=1, le=5)]
UserId = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]  # Telegram: at most 52 significant bits
Whole = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Utc = Annotated[datetime, msgspec.Meta(tz=True)]  # a time without a zone is refused
Hour = Annotated[int, msgspec.Meta(ge=0, le=23)]
Weekday = Annotated[int, msgspec.Meta(ge=0, le=6)]  # 0 = Monday, as datetime.date.weekday()
DayKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")]
WeekKey = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-W[0-9]{2}\Z")]  # an ISO week of the person's own calendar
TimeZoneName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_+\-/]{1,40}\Z")]
Span = Literal[0, 7, 30]  # so many days of the person's own calendar, today included; 0 is all
Theme = Literal["light", "dark"]
Band = Literal["calm", "raised", "high"]
# <prefix>/<the person's pseudonym>/<update_id>; store may delete nothing else
PhotoKey = Annotated[str, msgspec.Meta(pattern=r"^(photos|donated)/[0-9a-f]{32}/[0-9]{1,16}\Z")]
PhotoFolder = Annotated[str, msgspec.Meta(pattern=r"^(photos|donated)/[0-9a-f]{32}/\Z")]
SHARDS: Final = 256
Shard = Annotated[int, msgspec.Meta(ge=0, lt=SHARDS)]
# Raise it by two when the notice in `terms` changes its meaning: everybody is asked again. The number above it is the
# same notice that also tells that some people read baseline's answers: a yes to that one is a yes to both.
NOTICE_VERSION: Final = 6


def notice_version(baseline_shown_percent: int) -> int:
    """The version of the notice that people must have agreed to, or a newer one."""
    return NOTICE_VERSION + (baseline_shown_percent > 0)
