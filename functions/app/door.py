"""Who may come in: a person for whom Telegram signed the opening of this very bot's page, not long ago.

core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from burnout.values import UserId

OPEN_FOR: Final = timedelta(hours=12)  # so long one opened page may be used
AHEAD: Final = timedelta(minutes=5)  # Telegram's clock before this one
LIMIT_BYTES: Final = 4096
_FIELDS_MAX: Final = 32
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_SECONDS: Final = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True)
class Launch:
    """An opening of the page that Telegram signed, and when."""

    user_id: int
    signed_at_utc: datetime


class _User(msgspec.Struct, frozen=True):
    id: UserId
    is_bot: bool = False


def launched_by(init_data: str, token: str, now_utc: datetime) -> Launch | None:
    """The launch; None for one that is not Telegram's, of another bot, over 12 hours old, or of tomorrow.

    None tells not which of these it is. `init_data` is the query string as Telegram's app gives it to the page.
    """
    try:
        fields = _signed_fields(init_data, token)
        signed_at_utc = _moment(fields.get("auth_date", ""))
        user = msgspec.json.decode(fields.get("user", ""), type=_User)
    except (ValueError, RecursionError):
        return None
    if user.is_bot or not -AHEAD <= now_utc - signed_at_utc <= OPEN_FOR:
        return None
    return Launch(user.id, signed_at_utc)


def _signed_fields(init_data: str, token: str) -> dict[str, str]:
    """All that Telegram signed. Raises: ValueError where anything is not as Telegram writes it."""
    if len(init_data.encode()) > LIMIT_BYTES:
        raise ValueError("too long")
    pairs = parse_qsl(
        init_data, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_FIELDS_MAX
    )
    fields = dict(pairs)
    # A line break would let one field pass for two, and of two with one name each reader could take another.
    if len(fields) < len(pairs) or not all(_NAME.fullmatch(name) and "\n" not in value for name, value in pairs):
        raise ValueError("ambiguous")
    sent = fields.pop("hash", "")
    checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    if not hmac.compare_digest(hmac.digest(key, checked.encode(), "sha256").hex().encode(), sent.encode()):
        raise ValueError("not signed for this bot")
    return fields


def _moment(seconds: str) -> datetime:
    """Raises: ValueError for anything but seconds since 1970."""
    if not _SECONDS.fullmatch(seconds):
        raise ValueError("no time")
    return datetime.fromtimestamp(int(seconds), UTC)
