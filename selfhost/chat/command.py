"""The arguments of `python -m selfhost chat`."""

import argparse
from pathlib import Path
from typing import Any, Final

from selfhost import settings

DATA: Final = Path.home() / ".local" / "share" / "burnout-chat"


def add_parser(commands: Any) -> None:
    """Adds `chat` to the subparsers."""
    about = "Talk with the bot on a page in your own browser: no Telegram, no account, no network."
    parser: argparse.ArgumentParser = commands.add_parser("chat", help=about, description=about)
    parser.add_argument("--port", type=int, default=0, help="of the page on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--data", type=Path, default=DATA, metavar="FOLDER", help="everything that is kept (default: %(default)s)"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address, and open nothing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serves the page until everything is forgotten. Raises: RefusedError, KeyboardInterrupt."""
    settings.prepare(arguments.data.absolute())
    from selfhost.chat.serving import serve  # noqa: PLC0415  (reads the variables that are set here)

    serve(arguments.data, arguments.port, opens=not arguments.no_browser)
    return 0
