"""The command line of the stack on one machine.

    python -m local photo selfie.jpg                 sends one photo through everything and prints the answer
    python -m local screens                          lists every screen with its lines and characters

To talk with the bot: `python -m selfhost chat`, or behind the real Telegram `python -m selfhost`.

A command is a module of this package with `add_parser(commands)`, which sets the function to `run`. They are imported
in `main` and not up here, because every child process imports this module again.
"""

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from typing import Final

_COMMANDS: Final = ("photo", "demo", "pictures", "screens", "bench")
_FAILED, _INTERRUPTED = 3, 130  # 1 is a command's own, 2 is argparse's


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status."""
    from local.stack import StackError  # noqa: PLC0415  (see above)

    arguments = _parser().parse_args(argv)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` stops as cleanly as Ctrl-C
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except StackError as error:
        print(f"local: {error}", file=sys.stderr)
        return _FAILED
    finally:
        signal.signal(signal.SIGTERM, before)


def _parser() -> argparse.ArgumentParser:
    summary, _, rest = (__doc__ or "").partition("\n\n")
    examples, _, _ = rest.partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description=f"{summary}\n\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in _COMMANDS:
        importlib.import_module(f"local.{name}").add_parser(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
