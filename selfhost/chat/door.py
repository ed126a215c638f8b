"""Who may talk with the page's server: a tab that a key from the terminal has let in."""

import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Final

KEY_S: Final = 600.0
_BYTES: Final = 32


class Door:
    """Keys are good once, and for ten minutes; a tab is good until the process ends. Threads may share it.

    Only hashes are kept and looked up, so the time of a look-up tells nothing of a key.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._keys: dict[bytes, float] = {}
        self._tabs: set[bytes] = set()

    def new_key(self) -> str:
        """A key for one tab."""
        key = secrets.token_urlsafe(_BYTES)
        self._keys[_hash(key)] = self._clock() + KEY_S
        return key

    def enter(self, key: str) -> str | None:
        """A token for a tab with this key; None when it is wrong, used, or late."""
        if self._keys.pop(_hash(key), float("-inf")) < self._clock():
            return None
        token = secrets.token_urlsafe(_BYTES)
        self._tabs.add(_hash(token))
        return token

    def knows(self, token: str) -> bool:
        """Whether a tab was given this token."""
        return _hash(token) in self._tabs


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
