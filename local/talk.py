"""People who talk with the webhook's own code over a real store, in this process. Their photos have no bytes."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from burnout.inference import Inference, InferFailure
from burnout.store.operation import Operation, ShardOperation
from burnout.telegram.calls import BotCall
from burnout.values import Language
from functions.store.bucket import Bucket
from functions.store.operations import fulfil
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.person import Terms
from functions.webhook.updates import parse_update

A = TypeVar("A")
NOW_UTC: Final = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
Read = Inference | InferFailure | Exception  # what infer says of a photo, or raises


class NoPhotos(Bucket):
    """Holds nothing."""

    def __init__(self) -> None:
        """Reaches no S3."""

    def put(self, key: str, content: bytes) -> None:
        """Keeps nothing."""

    def delete(self, key: str) -> None:
        """Nothing is there."""

    def delete_all(self, keys: Any) -> int:
        """Nothing is there, of however many."""
        return len(list(keys))

    def listed(self, prefix: str, after: str = "") -> Iterator[Any]:
        """Nothing."""
        return iter(())


@dataclass(kw_only=True)
class Talk:
    """Private chats with the bot, in one language."""

    language: Language
    root: Path  # of the store
    terms: Terms
    name: str = "Ann"
    now_utc: datetime = NOW_UTC
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def store(self, operation: Operation[A] | ShardOperation[A]) -> A:
        """The store's answer at this moment."""
        return fulfil(self.root, NoPhotos(), operation, self.now_utc, lambda _: None)

    def said(self, user_id: int, **content: Any) -> dict[str, Any]:
        """A message of the person, now and with the next number where `content` does not say otherwise."""
        chat = {"id": user_id, "type": "private"}
        at_s = int(self.now_utc.timestamp())
        return {"from": self._sender(user_id), "message_id": next(self._numbers), "date": at_s, "chat": chat, **content}

    def pressed(self, user_id: int, data: str, **content: Any) -> dict[str, Any]:
        """A button that the person presses under such a message."""
        message = self.said(user_id, text="…", **content)
        return {"id": "1", "from": self._sender(user_id), "message": message, "data": data}

    def answer(self, read: Read, content: dict[str, Any], update_id: int = 0) -> list[BotCall]:
        """What the bot says to an update, which has the next number if none is given."""

        def fails_or(answer: Any) -> Any:
            if isinstance(read, Exception):
                raise read
            return answer

        update = parse_update(msgspec.json.encode({"update_id": update_id or next(self._numbers), **content}))
        deps = Deps(
            store=self.store,
            put_photo=lambda _key, _content: None,
            infer=lambda _key, _models: fails_or(read),
            download=lambda _: b"",
            order_report=lambda _: fails_or(None),
            typing=lambda _: nullcontext(),
            send=lambda _: None,
            now_utc=lambda: self.now_utc,
            terms=self.terms,
        )
        return handle(update, deps, RequestTrace())

    def _sender(self, user_id: int) -> dict[str, Any]:
        return {"id": user_id, "is_bot": False, "first_name": self.name, "language_code": self.language}


def rows_of(call: BotCall) -> list[list[dict[str, Any]]]:
    """The buttons under a message, row by row."""
    return list((call.params.get("reply_markup") or {}).get("inline_keyboard", ()))
