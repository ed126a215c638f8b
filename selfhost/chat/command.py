"""The arguments of `python -m selfhost chat`."""

import argparse
from pathlib import Path
from typing import Any, Final

from selfhost import config
from selfhost.folder import opened

DATA: Final = Path.home() / ".local" / "share" / "burnout-chat"


def add_parser(commands: Any) -> None:
    """Adds `chat` to the subparsers."""
    about = "Talk with the bot on a page in your own browser: no Telegram, no account, no network."
    parser: argparse.ArgumentParser = commands.add_parser("chat", help=about, description=about)
    parser.add_argument("--port", type=int, default=0, help="of the page on 127.0.0.1 (default: a free one)")
    parser.add_argument("--no-browser", action="store_true", help="print the address, and open nothing")
    parser.set_defaults(run=run, usual_data=DATA)


def run(arguments: argparse.Namespace) -> int:
    """Serves the page until everything is forgotten. Raises: RefusedError, KeyboardInterrupt."""
    config.prepare(arguments.data.absolute())
    with opened(arguments.data) as place:
        from selfhost.chat.serving import serve  # noqa: PLC0415  (what it imports writes into the folder)

        serve(place, arguments.port, opens=not arguments.no_browser)
    return 0
