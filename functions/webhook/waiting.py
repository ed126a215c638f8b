"""What a person sees before their answer is there: a press that ends, "typing", and after half a minute a sentence."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Final

from burnout.errors import TelegramRejectedError, TelegramUnavailableError
from burnout.telegram.calls import BotCall, chat_action
from burnout.telegram.client import Telegram
from burnout.texts import language_of
from functions.webhook.budget import EXTRA_S, fits
from functions.webhook.deps import RequestTrace
from functions.webhook.screens import sentence
from functions.webhook.updates import Update

AFTER_S: Final = 1.0  # a shorter wait needs no sign
AGAIN_S: Final = 4.5  # Telegram shows it for five seconds
_Wait = Callable[[threading.Event, float], bool]  # until the work is done: True; or so many seconds: False


def typing_by(telegram: Telegram, wait: _Wait = threading.Event.wait) -> Callable[[int], AbstractContextManager[None]]:
    """Shows a chat that the bot is at work, from a second after a block begins until it ends.

    It runs beside the block and never delays it; a sign that Telegram does not take is lost.
    """

    @contextmanager
    def typing(chat_id: int) -> Iterator[None]:
        done = threading.Event()

        def show() -> None:
            pause_s = AFTER_S
            while not wait(done, pause_s):
                with suppress(TelegramUnavailableError, TelegramRejectedError):
                    telegram.call(chat_action(chat_id, "typing"))
                pause_s = AGAIN_S

        threading.Thread(target=show, daemon=True).start()
        try:
            yield
        finally:
            done.set()

    return typing


def sending_by(telegram: Telegram) -> Callable[[BotCall], None]:
    """Sends a call at once, beside the work that it never delays; one that Telegram does not take is lost."""

    def send(call: BotCall) -> None:
        with suppress(TelegramUnavailableError, TelegramRejectedError):
            telegram.call(call)

    return lambda call: threading.Thread(target=send, args=(call,), daemon=True).start()


def say_if_slow(update: Update, telegram: Telegram, trace: RequestTrace) -> None:
    """Tells who waits that nothing is lost, if the trace says that it is time and there is time left for it."""
    waits = update.message or update.callback_query
    if not trace.slow or waits is None or waits.sender is None or not fits(trace, EXTRA_S):
        return
    language = trace.language or language_of(waits.sender.language_code)
    with suppress(TelegramUnavailableError, TelegramRejectedError):
        telegram.call(sentence("retry_slow", language).sent_to(waits.sender.id))
