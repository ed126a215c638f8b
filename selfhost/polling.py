"""Telegram without a public address: getUpdates brings updates, the bot answers them.

An update is confirmed to Telegram only when it is done, so one that was in work when the laptop went to sleep comes
again. The bot's token is in no message and no exception of this module.
"""

import io
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import segno

from burnout.errors import TelegramRejectedError, TelegramUnavailableError
from burnout.telegram.calls import BotCall
from burnout.telegram.client import ALLOWED_UPDATES, TelegramClient
from burnout.texts import text
from local.telegram.deliverer import Deliverer, Post
from local.telegram.delivery import Settled, Update
from selfhost import RefusedError

_SAY: Final = partial(print, flush=True)  # whoever reads a pipe sees it at once as well
_LAST_POLL_S: Final = 5.0
_SPARE_S: Final = 10.0  # for the answer to arrive after the long poll's own end
_LOOK_AGAIN_S: Final = 0.5  # while updates are being worked on: then Telegram answers at once, with those same updates
_FATAL: Final = (401, 404)
_CONFLICT: Final = 409
_REFUSED: Final = "Telegram does not accept this token: @BotFather shows the bot's own under /mybots"
_TAKEN: Final = "another program answers for this bot, or has set a webhook: stop it, or take another bot's token"


class Ledger:
    """Which updates are being worked on, and how far Telegram may forget."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._unfinished: set[int] = set()
        self._finished: set[int] = set()

    def take_new(self, updates: list[Update]) -> list[Update]:
        """Those of the updates that were not seen before; they are unfinished from here on."""
        with self._changed:
            new = [each for each in updates if each["update_id"] not in self._unfinished | self._finished]
            self._unfinished.update(each["update_id"] for each in new)
            return new

    def finish(self, settled: Settled) -> None:
        """The update is done: answered, or expired."""
        with self._changed:
            self._unfinished.discard(settled.update["update_id"])
            self._finished.add(settled.update["update_id"])
            self._changed.notify_all()

    def offset(self) -> int | None:
        """Every update below may be forgotten; None when there is nothing to confirm.

        Without an offset Telegram gives everything that is unconfirmed. So the numbers may also restart at a random
        place, as they do after a week without updates.
        """
        with self._changed:
            if self._unfinished:
                return min(self._unfinished)
            return max(self._finished) + 1 if self._finished else None

    def confirmed(self, offset: int | None) -> None:
        """Telegram has forgotten what is below the offset."""
        with self._changed:
            self._finished = {each for each in self._finished if offset is None or each >= offset}

    def idle(self) -> bool:
        """Whether nothing is being worked on."""
        with self._changed:
            return not self._unfinished

    def wait_for_progress(self, timeout_s: float) -> None:
        """Until an update is done, or the time is over."""
        with self._changed:
            self._changed.wait(timeout_s)


class Polling:
    """Brings the updates of a bot to `post` until `stop` is called from another thread."""

    def __init__(
        self,
        client: TelegramClient,
        post: Post,
        *,
        say: Callable[[str], object] = _SAY,
        long_poll_s: int = 50,
        pause_s: float = 5,
    ) -> None:
        self._client = client
        self._say = say
        self._long_poll_s = long_poll_s
        self._pause_s = pause_s  # after a failure, unless Telegram asks for longer
        self._stopping = threading.Event()
        self._ledger = Ledger()
        self._deliverer = Deliverer(post=post, on_done=self._ledger.finish, max_connections=8)

    def run(self, profile: Iterable[BotCall] = ()) -> None:
        """Polls until `stop`; the calls of the bot's profile come first, and its link is said.

        Raises: RefusedError, without the token in it, when Telegram does not accept that.
        """
        try:
            self._deliverer.start()
            begun = False
            while not self._stopping.is_set():
                if begun:
                    self._patiently(self._poll_once)
                else:
                    begun = self._patiently(partial(self._begin, profile))
        finally:
            self._deliverer.stop()
            self._confirm_the_rest()

    def stop(self) -> None:
        """Makes `run` return when the poll in progress has ended."""
        self._stopping.set()

    def _begin(self, profile: Iterable[BotCall]) -> None:
        me = self._client.call(BotCall("getMe", {}))
        # Undelivered updates stay: people's messages are among them.
        self._client.call(BotCall("deleteWebhook", {"drop_pending_updates": False}))
        self._say(f"polling for @{me.get('username', '?')}; a webhook, if there was one, is removed")
        self._show_itself(profile)
        if "username" in me:
            link = f"https://t.me/{me['username']}"
            self._say(f"{text('link_start', 'en', link=link)}\n\n{_drawn(link)}")

    def _show_itself(self, profile: Iterable[BotCall]) -> None:
        """A bot that answers matters more than its menu: what Telegram does not take is said, and the rest waits."""
        try:
            for call in profile:
                self._client.call(call)
        except (TelegramUnavailableError, TelegramRejectedError) as error:
            self._say(f"commands and descriptions are not all set ({error}); the next start sets them")

    def _poll_once(self) -> None:
        offset, wait_s = self._ledger.offset(), self._long_poll_s if self._ledger.idle() else 0
        params = {"timeout": wait_s, "allowed_updates": ALLOWED_UPDATES} | (
            {} if offset is None else {"offset": offset}
        )
        updates = self._client.call(BotCall("getUpdates", params), read_s=wait_s + _SPARE_S)
        self._ledger.confirmed(offset)
        for update in self._ledger.take_new(updates):
            self._deliverer.push(update)
        if not self._ledger.idle():
            self._ledger.wait_for_progress(_LOOK_AGAIN_S)

    def _patiently(self, step: Callable[[], None]) -> bool:
        """Whether the step worked; if not, it has said why and waited. Raises: RefusedError when that cannot help."""
        try:
            step()
            return True
        except TelegramUnavailableError as error:
            self._wait(error.retry_after_s or self._pause_s, f"Telegram cannot be reached ({error})")
        except TelegramRejectedError as error:
            if error.status in _FATAL:
                raise RefusedError(f"{_REFUSED} ({error.status})") from None
            if error.status != _CONFLICT:
                raise RefusedError(f"Telegram refuses: {error}") from None
            self._wait(2 * self._pause_s, _TAKEN)
        return False

    def _wait(self, seconds: float, why: str) -> None:
        self._say(f"{why}; next attempt in {seconds:g} s")
        self._stopping.wait(seconds)

    def _confirm_the_rest(self) -> None:
        offset = self._ledger.offset()
        if offset is None:
            return
        try:
            self._client.call(BotCall("getUpdates", {"timeout": 0, "limit": 1, "offset": offset}), read_s=_LAST_POLL_S)
        except (TelegramUnavailableError, TelegramRejectedError):
            self._say("the last answers are not confirmed: Telegram will bring them again, the bot will recognise them")


def _drawn(link: str) -> str:
    """The link as a QR code of characters, for a telephone's camera: light letters on a dark terminal."""
    drawing = io.StringIO()
    segno.make(link, micro=False).terminal(drawing, border=2, compact=True)
    return drawing.getvalue()
