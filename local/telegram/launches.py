"""How Telegram's app opens a bot's page: with the person's data, signed with the bot's token.

core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode


def launch_data(token: str, user: Mapping[str, Any], at_utc: datetime, **others: str) -> str:
    """The `tgWebAppData` of a launch: a query string. `others` are further fields, or stand in a field's place."""
    fields = {"auth_date": str(int(at_utc.timestamp())), "user": json.dumps(user, ensure_ascii=False), **others}
    return urlencode({**fields, "hash": signature(token, fields)})


def signature(token: str, fields: Mapping[str, str]) -> str:
    """Telegram's hash of all other fields."""
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
