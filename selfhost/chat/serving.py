"""The bot, its page and what lets a browser in, until Ctrl-C, or until everything is forgotten."""

import getpass
import os
import platform
import shutil
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from burnout.clock import now_utc
from functions.app.api import Deps
from functions.webhook.person import Terms
from local.telegram.deliverer import Deliverer
from selfhost import RefusedError, config, copies
from selfhost.bot import Bot
from selfhost.chat.door import Door
from selfhost.chat.page import Page
from selfhost.chat.server import Server
from selfhost.chat.telegram import PageTelegram
from selfhost.clock import Clock
from selfhost.folder import OF_A_BOT, OF_A_PAGE, Folder
from selfhost.infer import InferChild
from selfhost.reaching import Reaching

_OPENS: Final = "open.html"
_REACHED_S: Final = 20.0  # a drive that hangs is not waited for any longer
_OURS: Final = (
    *("store", "objects", "matplotlib", "log.jsonl", "log.jsonl.1", "copies", "lock"),
    *(_OPENS, OF_A_BOT, OF_A_PAGE),
)


def serve(place: Folder, port: int, *, opens: bool) -> None:
    """Serves the page until everything is forgotten. Raises: RefusedError, KeyboardInterrupt."""
    _refuse_anothers(place)
    with ExitStack() as stack:
        server = _begun(place, port, stack, opens=opens)
        server.ended.wait()
    _remove(place)


def _refuse_anothers(place: Folder) -> None:
    """The people of a bot in Telegram would go too when this one's forgets everything. Raises: RefusedError."""
    mark = place.root / OF_A_PAGE
    if any(place.store.iterdir()) and not mark.exists():
        raise RefusedError(f"{place.root} is the folder of a bot in Telegram: take another with --data")
    try:
        mark.touch(mode=0o600)
    except OSError as error:
        raise RefusedError(f"{place.root} cannot be used: {error.strerror}") from None


def _begun(place: Folder, port: int, stack: ExitStack, *, opens: bool) -> Server:
    config.log_to(place.log)
    deliverer = Deliverer(post=lambda update: bot.take(update))  # noqa: PLW0108  (which comes later)
    telegram, door, child = PageTelegram(deliverer.push), Door(), InferChild(config.for_the_child())
    terms = Terms(*config.PHOTOS, _whose(), "self", app_url="page:")  # the page knows where that is
    bot = Bot(place, telegram, child, terms)
    app = Deps(bot.store, bot.report, now_utc, terms.notice)
    server = stack.enter_context(Server(Page(telegram, app, door), port))
    stack.callback(child.close)
    child.start()
    deliverer.start()
    stack.callback(deliverer.stop)
    stack.enter_context(Clock(bot.tick))
    stack.callback((place.root / _OPENS).unlink, missing_ok=True)
    print("\n".join(filter(None, (f"data  {place.root}", place.warning()))))
    _let_in(lambda: f"{server.url}/#key={door.new_key()}", place.root if opens else None)
    return server


def _whose() -> str:
    """Who answers for what is kept: whoever uses the machine."""
    return f"{getpass.getuser()}, {platform.node()}"


def _let_in(address: Callable[[], str], opens: Path | None) -> None:
    """Prints an address for a tab, opens it from a file in the folder, and prints another at each Enter."""

    def asked() -> None:
        for _ in sys.stdin:
            _show(address(), None)

    _show(address(), opens)
    if sys.stdin.isatty():
        print("Enter: an address for another tab. Ctrl-C: the end; what you said is kept.", flush=True)
        threading.Thread(target=asked, daemon=True).start()


def _show(address: str, opens: Path | None) -> None:
    print(f"open  {address}\n      It is good once, for ten minutes.", flush=True)
    if opens is not None:
        threading.Thread(target=_open, args=(address, opens / _OPENS), daemon=True).start()


def _open(address: str, file: Path) -> None:
    """By a file: everybody on the machine sees a command's arguments, and the key is in the address."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(f'<!doctype html><meta http-equiv="refresh" content="0;url={address}">')
    if not webbrowser.open(file.as_uri()):
        print("No browser was found: open the address yourself.", flush=True)


def _remove(place: Folder) -> None:
    """What the bot made in the folder is gone, and so is the folder if that was all. Raises: RefusedError."""
    root, made = place.root, copies.remembered(place)
    reaching = Reaching(place)
    reaching.begin(now_utc())
    reaching.end(_REACHED_S)
    try:
        for path in (root / name for name in _OURS):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if not any(root.iterdir()):
            root.rmdir()
    except OSError as error:
        raise RefusedError(f"what you said is erased, but {root} could not be deleted: {error.strerror}") from None
    print("Everything is forgotten.")
    for copy in made:
        print(f"A copy was made at {copy}: delete it too.")
