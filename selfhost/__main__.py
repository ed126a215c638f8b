"""The bot on a machine of your own: one process, one folder, no listening port.

    TELEGRAM_BOT_TOKEN=123456:your-token python -m selfhost --contact @anna
    python -m selfhost backup /media/stick/bot
    python -m selfhost chat

Without a command it answers until Ctrl-C.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from burnout.clock import now_utc
from burnout.telegram.client import TELEGRAM_URL, TelegramClient
from functions.webhook.person import Terms
from infra.profile import profile_calls
from selfhost import RefusedError, config, copies
from selfhost.chat import command as chat
from selfhost.clock import Clock
from selfhost.folder import Folder, opened
from selfhost.infer import InferChild
from selfhost.polling import Polling

DATA: Final = Path.home() / ".local" / "share" / "burnout"
_REFUSED, _INTERRUPTED = 3, 130
_OF_THE_BOT: Final = ("contact", "token_file", "telegram_url")  # a command has no use for them


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status: 3 with a sentence where starting again would not help."""
    arguments = _parser().parse_args(argv)
    arguments.data = arguments.data or arguments.usual_data
    run: Callable[[argparse.Namespace], int] = arguments.run
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` stops as cleanly as Ctrl-C
    try:
        _refuse_unused(arguments)
        return run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except RefusedError as error:
        print(f"selfhost: {error}", file=sys.stderr)
        return _REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m selfhost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add: Any = parser.add_argument
    add("--contact", metavar="WHO", help="whom people reach about their data: @you, or a name and address")
    kept = f"everything that is kept (default: {DATA}, of chat {chat.DATA})"
    add("--data", type=Path, metavar="FOLDER", help=kept)
    token = f"has the token, and only you can read it (default: the variable {config.TOKEN_VARIABLE})"
    add("--token-file", type=Path, metavar="FILE", help=token)
    add("--telegram-url", metavar="URL", help=f"another Bot API server (default: {TELEGRAM_URL})")
    parser.set_defaults(run=serve, usual_data=DATA)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    chat.add_parser(commands)
    for name, work, what in (
        ("backup", back_up, "copies everything, while the bot runs or not"),
        ("restore", restore, "brings a copy back, but for those who were erased"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument("copy", type=Path, help="the folder of the copy")
        command.set_defaults(run=work)
    for command in commands.choices.values():  # it may stand before the command and after it
        command.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="FOLDER", help=kept)
    return parser


def _refuse_unused(arguments: argparse.Namespace) -> None:
    """Whoever gives a token means the bot in Telegram, and would get something else. Raises: RefusedError."""
    given = [f"--{name.replace('_', '-')}" for name in _OF_THE_BOT if getattr(arguments, name) is not None]
    if given and arguments.run is not serve:
        raise RefusedError(f"{given[0]} is for the bot in Telegram, which starts without a command: leave one out")


def back_up(arguments: argparse.Namespace) -> int:
    """Makes a copy. Raises: RefusedError."""
    config.prepare(arguments.data.absolute())
    if not (arguments.data / "store").is_dir():
        raise RefusedError(f"{arguments.data} is no bot's folder: name it with --data")
    copies.back_up(Folder(arguments.data), arguments.copy, now_utc())
    print(f"copied to {arguments.copy}; leave it there, or bring it back there now and then: erasures reach it")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Brings a copy back. Raises: RefusedError."""
    config.prepare(arguments.data.absolute())
    with opened(arguments.data, to_restore=True) as place:
        copies.restore(place, arguments.copy, now_utc())
    print(f"restored from {arguments.copy}; who was erased since is erased again")
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Answers until Ctrl-C. Raises: RefusedError, KeyboardInterrupt."""
    if not arguments.contact:
        raise RefusedError("say with --contact whom people reach about their data: @you, or a name and address")
    token = config.taken_token(arguments.token_file)
    config.prepare(arguments.data.absolute())
    with opened(arguments.data) as place:
        config.log_to(place.log)
        _answer(place, token, arguments)
    return 0


def _answer(place: Folder, token: str, arguments: argparse.Namespace) -> None:
    from selfhost.bot import Bot  # noqa: PLC0415  (what it imports reads the variables that `prepare` has set)

    child = InferChild(config.for_the_child())
    try:
        child.start()
        telegram = TelegramClient(token, arguments.telegram_url or TELEGRAM_URL)
        bot = Bot(place, telegram, child, Terms(*config.PHOTOS, arguments.contact, "self"))
        print("\n".join(filter(None, (f"data  {place.root}", place.warning()))), flush=True)
        with Clock(bot.tick):
            Polling(telegram, bot.take).run(profile_calls(has_page=False))
    finally:
        child.close()


def _ended(status: int) -> None:
    """At once: a report that is being sent is taken up by the next start, and threads would hold this one up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _ended(main())
