"""The state behind the fake Telegram: chats, files, button presses, and the updates that come out of them.

It knows neither HTTP nor webhooks. Everything is guarded by one lock; `publish` hands updates on in order.
"""

import itertools
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any

from local.telegram.chats import Chat, Json, Message, Press
from local.telegram.delivery import CALLBACK_LIFETIME_S, Update
from local.telegram.files import FileStore
from local.telegram.refusals import CHAT_NOT_FOUND, QUERY_TOO_OLD, BadRequestError, ForbiddenError

BOT_ID = 7_000_000_001
_UPDATE_ID_MAX = 2**31 - 1


class Network:
    """One bot's part of Telegram. Messages of each chat and updates are numbered from the two numbers on."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        rng: random.Random,
        sink: Callable[[str, Update], None],
        first_message: int = 1,
        first_update: int | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.rng = rng
        self.shelf = FileStore(rng)
        self.bot: Json = {"id": BOT_ID, "is_bot": True, "first_name": "Burnout", "username": "burnout_local_bot"}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self._sink = sink
        # Half of the range: a test may send for ever without passing 32 bits (core.telegram.org/bots/api#update).
        self._update_ids = itertools.count(first_update or rng.randint(1, _UPDATE_ID_MAX // 2))
        self._first_message = first_message

    def publish(self, kind: str, content: Json) -> None:
        """Make an update of a new event."""
        with self.lock:
            self._sink(kind, {"update_id": next(self._update_ids), kind: content})

    def open_chat(self, raw: Json) -> Chat:
        """The chat with this id, made when it is new."""
        with self.lock:
            return self.chats.setdefault(raw["id"], Chat(raw, self.lock, self._first_message))

    def reachable_chat(self, params: Mapping[str, Any]) -> Chat:
        """The chat that a call names, if the bot may write to it.

        Raises:
            BadRequestError: nobody there ever wrote to the bot.
            ForbiddenError: the bot is blocked, or no longer in the group.
        """
        chat_id = str(params["chat_id"])
        # An "@name" is never found: this bot does not use any.
        chat = self.chats.get(int(chat_id)) if chat_id.removeprefix("-").isdigit() else None
        if chat is None or not chat.begun:
            raise BadRequestError(CHAT_NOT_FOUND)
        if chat.bot_status == "kicked":
            raise ForbiddenError(
                "bot was blocked by the user" if chat.is_private else "bot was kicked from the supergroup chat"
            )
        if chat.bot_status != "member":
            raise ForbiddenError("bot is not a member of the supergroup chat")
        return chat

    def message_in(self, chat: Chat, params: Mapping[str, Any], missing: str) -> Message:
        """The message that a call names.

        Raises:
            BadRequestError: it is not there; `missing` is Telegram's wording.
        """
        message = chat.messages.get(int(params["message_id"]))
        if message is None:
            raise BadRequestError(missing)
        return message

    def press_to_answer(self, query_id: str) -> Press:
        """The button press behind a callback query id.

        Raises:
            BadRequestError: there is none, or it is too old.
        """
        press = self.presses.get(query_id)
        if press is None or self.clock() > press.asked_at + CALLBACK_LIFETIME_S:
            raise BadRequestError(QUERY_TOO_OLD)
        return press

    def change_membership(self, chat: Chat, by: Json, status: str) -> None:
        """Let the bot be blocked, added, removed: a my_chat_member update."""
        with self.lock:
            old, chat.bot_status = chat.bot_status, status
            chat.remark(f"({by['first_name']}: the bot is now {status})")
            self.publish(
                "my_chat_member",
                {
                    "chat": chat.raw,
                    "from": by,
                    "date": int(self.clock()),
                    "old_chat_member": self._membership(old),
                    "new_chat_member": self._membership(status),
                },
            )

    def _membership(self, status: str) -> Json:
        member: Json = {"user": self.bot, "status": status}
        return {**member, "until_date": 0} if status == "kicked" else member
