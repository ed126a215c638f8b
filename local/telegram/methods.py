"""What the Bot API's methods do to the chats, with Telegram's own refusals. Calls that arrive here are well formed."""

from collections.abc import Callable, Mapping
from typing import Any

from local.telegram.chats import Chat, Json, Message
from local.telegram.files import Uploaded, check_photo_upload
from local.telegram.limits import visible_text
from local.telegram.network import Network
from local.telegram.refusals import NOT_MODIFIED, BadRequestError

_DELETABLE_S = 48 * 3600

Params = Mapping[str, Any]
Uploads = Mapping[str, Uploaded]


class BotMethods:
    """The methods that people notice; those about webhooks belong to `FakeTelegram`."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.profile: dict[tuple[str, str], Json] = {}  # (method, language) -> what the bot said about itself
        self._by_name: dict[str, Callable[[Params, Uploads], Any]] = {
            "answerCallbackQuery": self._answer_callback_query,
            "deleteMessage": self._delete_message,
            "editMessageText": self._edit_text,
            "getFile": self._get_file,
            "getMe": self._get_me,
            "leaveChat": self._leave_chat,
            "sendChatAction": self._send_chat_action,
            "sendDocument": self._send_document,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
        }

    def names(self) -> frozenset[str]:
        """The methods that `call` knows."""
        return frozenset(self._by_name) | _PROFILE_METHODS

    def call(self, method: str, params: Params, uploads: Uploads) -> Any:
        """Carry out a method and return its `result`.

        Raises:
            ApiError: what Telegram would answer.
        """
        with self._network.lock:
            if method in _PROFILE_METHODS:
                self.profile[method, params.get("language_code") or ""] = dict(params)
                return True
            return self._by_name[method](params, uploads)

    def _send_message(self, params: Params, _uploads: Uploads) -> Json:
        return self._send(params, {"text": visible_text(params, "text")}, params["text"])

    def _send_photo(self, params: Params, uploads: Uploads) -> Json:
        shelf = self._network.shelf
        data = _upload(uploads, "photo").data
        check_photo_upload(data)
        sizes = shelf.photo_sizes(shelf.picture(data))
        return self._send(params, {"photo": sizes, **_caption(params)}, params.get("caption") or "")

    def _send_document(self, params: Params, uploads: Uploads) -> Json:
        upload = _upload(uploads, "document")
        _, dot, suffix = upload.file_name.rpartition(".")
        file = self._network.shelf.keep(upload.data, folder="documents", suffix=dot + suffix)
        document: Json = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_name": upload.file_name}
        document["file_size"] = len(upload.data)
        return self._send(params, {"document": document, **_caption(params)}, params.get("caption") or "")

    def _send(self, params: Params, content: Json, source: str) -> Json:
        chat = self._network.reachable_chat(params)
        markup = _markup(params, chat)
        content = {**content, "reply_markup": markup} if markup else content
        content = {**content, **_quoted(chat, params.get("reply_parameters") or {})}
        return chat.add(self._network.bot, content, self._network.clock(), source).raw

    def _edit_text(self, params: Params, _uploads: Uploads) -> Json:
        chat, message = self._own_message(params)
        if "text" not in message.raw:
            raise BadRequestError("there is no text in the message to edit")
        # An edit without reply_markup takes the buttons away.
        content = {"text": visible_text(params, "text"), "reply_markup": _markup(params, chat)}
        unchanged = all(message.raw.get(name) == value for name, value in content.items())
        if unchanged and params["text"] == message.source:
            raise BadRequestError(NOT_MODIFIED)
        return chat.replace(message, content, self._network.clock(), params["text"]).raw

    def _own_message(self, params: Params) -> tuple[Chat, Message]:
        if params.get("chat_id") is None or params.get("message_id") is None:
            raise BadRequestError("message identifier is not specified")
        chat = self._network.reachable_chat(params)
        message = self._network.message_in(chat, params, "message to edit not found")
        if not message.from_bot:
            raise BadRequestError("message can't be edited")
        return chat, message

    def _delete_message(self, params: Params, _uploads: Uploads) -> bool:
        chat = self._network.reachable_chat(params)
        message = self._network.message_in(chat, params, "message to delete not found")
        too_old = self._network.clock() > message.raw["date"] + _DELETABLE_S
        if too_old or not (message.from_bot or chat.is_private):
            raise BadRequestError("message can't be deleted")
        chat.remove(message.message_id)
        return True

    def _answer_callback_query(self, params: Params, _uploads: Uploads) -> bool:
        self._network.press_to_answer(params["callback_query_id"]).answer(params.get("text") or "")
        return True

    def _send_chat_action(self, params: Params, _uploads: Uploads) -> bool:
        chat = self._network.reachable_chat(params)
        if params["action"] != "typing":  # that says how long something took, which is no part of a conversation
            chat.remark(f"(bot: {params['action']} …)")
        return True

    def _leave_chat(self, params: Params, _uploads: Uploads) -> bool:
        chat = self._network.reachable_chat(params)
        if chat.is_private:
            raise BadRequestError("chat member status can't be changed in private chats")
        self._network.change_membership(chat, self._network.bot, "left")
        return True

    def _get_file(self, params: Params, _uploads: Uploads) -> Json:
        return self._network.shelf.describe(params["file_id"], self._network.clock())

    def _get_me(self, _params: Params, _uploads: Uploads) -> Json:
        abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
        return {**self._network.bot, **dict.fromkeys(abilities, False)}


_PROFILE_METHODS = frozenset({"setMyCommands", "setMyDescription", "setMyShortDescription"})


def _markup(params: Params, chat: Chat) -> Json | None:
    markup = params.get("reply_markup")
    rows = (markup or {}).get("inline_keyboard")
    if not chat.is_private and any("web_app" in button for row in rows or () for button in row):
        raise BadRequestError("BUTTON_TYPE_INVALID")
    return dict(markup) if markup and rows else None


def _quoted(chat: Chat, reply: Mapping[str, Any]) -> Json:
    """The message that this one replies to, which tells no reply of its own."""
    quoted = chat.messages.get(int(reply.get("message_id") or 0))
    if reply and quoted is None and not reply.get("allow_sending_without_reply"):
        raise BadRequestError("message to be replied not found")
    own = {name: value for name, value in (quoted.raw if quoted else {}).items() if name != "reply_to_message"}
    return {"reply_to_message": own} if own else {}


def _caption(params: Params) -> Json:
    caption = visible_text(params, "caption")
    return {"caption": caption} if caption else {}


def _upload(uploads: Uploads, name: str) -> Uploaded:
    """The file in the call: this bot sends none by an id or a URL."""
    if name not in uploads:
        raise BadRequestError(f"there is no {name} in the request")
    return uploads[name]
