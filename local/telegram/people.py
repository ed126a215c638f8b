"""The people on the other side: they write, send photos, press buttons, block the bot, and read what it says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.telegram.chats import Json, Message, Press
from local.telegram.files import Picture
from local.telegram.launches import launch_data
from local.telegram.network import Network

_STICKER_PX = 512


class Group:
    """A group chat that the bot can be added to. Every message reaches the bot, as with its privacy mode off."""

    def __init__(self, network: Network, group_id: int, title: str) -> None:
        self._network = network
        self.chat = network.open_chat({"id": group_id, "type": "supergroup", "title": title})
        self.chat.bot_status = "left"

    def add_bot(self, by: "Person") -> None:
        """Make the bot a member: a my_chat_member update and the service message about it."""
        self.chat.begun = True
        self._network.change_membership(self.chat, by.user, "member")
        by.send({"new_chat_members": [self._network.bot]}, to=self)

    def remove_bot(self, by: "Person") -> None:
        """Remove the bot."""
        self._network.change_membership(self.chat, by.user, "kicked")


class Person:
    """Somebody with a private chat with the bot. Every method is something that one can do in the app."""

    def __init__(self, network: Network, user: Json) -> None:
        self._network = network
        self.user = user
        self.chat = network.open_chat({"id": user["id"], "type": "private", "first_name": user["first_name"]})

    @property
    def id(self) -> int:
        """The id of the person and of the private chat."""
        return int(self.user["id"])

    def send_text(self, text: str, *, to: Group | None = None) -> Message:
        """Write a message; a leading /command is marked as such."""
        content: Json = {"text": text}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return self.send(content, to=to)

    def edit_text(self, message: Message, text: str) -> Message:
        """Change an own message: an edited_message update."""
        with self._network.lock:
            chat = self._network.chats[message.chat_id]
            edited = chat.replace(message, {"text": text}, self._network.clock())
            self._network.publish("edited_message", edited.raw)
            return edited

    def send_photo(
        self,
        image: bytes | Picture,
        *,
        caption: str = "",
        media_group_id: str | None = None,
    ) -> Message:
        """Send a photo the usual way: Telegram re-encodes it in several sizes, all under fresh ids.

        An album is several calls with one `media_group_id`.
        """
        # Encoding takes tens of milliseconds: not under the lock.
        picture = image if isinstance(image, Picture) else self._network.shelf.picture(image)
        with self._network.lock:
            content: Json = {"photo": self._network.shelf.photo_sizes(picture)}
            content |= {"caption": caption} if caption else {}
            content |= {"media_group_id": media_group_id} if media_group_id else {}
            return self.send(content)

    def send_document(self, data: bytes, file_name: str, mime_type: str, *, caption: str = "") -> Message:
        """Send as a file: the bytes stay as they are, the type is what the sender says."""
        with self._network.lock:
            _, dot, suffix = file_name.rpartition(".")
            document = self._stored(data, "documents", dot + suffix)
            document |= {"file_name": file_name, "mime_type": mime_type}
            return self.send({"document": document} | ({"caption": caption} if caption else {}))

    def send_sticker(self) -> Message:
        """Send a sticker."""
        sticker = {"type": "regular", "width": _STICKER_PX, "height": _STICKER_PX, "is_animated": False}
        return self.send({"sticker": {**self._stored(b"webp", "stickers", ".webp"), **sticker, "is_video": False}})

    def send(self, content: Mapping[str, Any], *, to: Group | None = None) -> Message:
        """Send a message with any content of a Bot API Message, such as a location."""
        chat = to.chat if to else self.chat
        with self._network.lock:
            if chat.is_private and chat.bot_status == "kicked":
                raise RuntimeError("whoever has blocked the bot cannot write to it; unblock() first")
            chat.begun = True
            message = chat.add(self.user, dict(content), self._network.clock())
            if chat.bot_status == "member":
                self._network.publish("message", message.raw)
            return message

    def press(self, message: Message, label_or_data: str) -> Press:
        """Press a button by its label. What is no label goes out as forged data, which any client can send."""
        with self._network.lock:
            chat = self._network.chats[message.chat_id]
            shown = chat.messages.get(message.message_id, message)
            now = self._network.clock()
            press = Press(str(self._network.rng.getrandbits(62)), chat, now)
            self._network.presses[press.query_id] = press
            chat.remark(f"({self.user['first_name']} presses [{label_or_data}])")
            query: Json = {"id": press.query_id, "from": self.user, "message": shown.raw}
            instance = str(self._network.bot["id"] ^ chat.id)
            query |= {"chat_instance": instance, "data": shown.data_of(label_or_data)}
            self._network.publish("callback_query", query)
            return press

    def open_app(self, message: Message, label: str, token: str) -> tuple[str, str]:
        """Open the page behind a button: its address, and what Telegram signs for it with the bot's token."""
        address = next(each.page for each in message.buttons if each.label == label and each.page)
        with self._network.lock:
            query_id, now = self._network.rng.getrandbits(62), self._network.clock()
        return address, launch_data(token, self.user, datetime.fromtimestamp(now, UTC), query_id=str(query_id))

    def block(self) -> None:
        """Block the bot: it is told so, and cannot write any more."""
        self._network.change_membership(self.chat, self.user, "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self._network.change_membership(self.chat, self.user, "member")

    def wait_for_answer(self, timeout_s: float = 10.0) -> Message:
        """The next unread message or edit of the bot in the private chat. Raises: NoAnswerError."""
        return self.chat.wait_for_answer(timeout_s)

    def read_all(self) -> list[Message]:
        """Everything unread of the bot, which then counts as read."""
        return self.chat.read_all()

    def view(self) -> str:
        """The private chat as the person sees it now."""
        return self.chat.view()

    def _stored(self, data: bytes, folder: str, suffix: str) -> Json:
        with self._network.lock:
            file = self._network.shelf.keep(data, folder=folder, suffix=suffix)
        return {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": len(data)}
