"""`python -m local`: the stack runs until Ctrl-C behind an imitation of Telegram, and you chat with the bot."""

import argparse
import json
import sys
import threading
from pathlib import Path
from typing import Final

from burnout.texts import LANGUAGES
from local.arguments import add_stack_arguments, stack_options
from local.aws.ticker import Ticker
from local.stack import Stack
from local.telegram.console import HELP, Console

DATA: Final = Path("build/local")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command without a name."""
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the person in the terminal")
    add_stack_arguments(parser, data=DATA)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serves until Ctrl-C. Raises: StackError, KeyboardInterrupt."""
    with Stack(stack_options(arguments)) as stack, _ticker(stack):
        print(f"data  {stack.data_dir}", flush=True)
        person = stack.telegram.person(language_code=arguments.language)
        if sys.stdin.isatty():
            print(HELP)
            Console(stack.telegram, person).run(sys.stdin)
        else:
            print('no terminal to chat in: use "python -m local photo FILE"')
            threading.Event().wait()
    return 0


def _ticker(stack: Stack) -> Ticker:
    return Ticker(lambda event: stack.dispatch.invoke("report", json.dumps(event).encode()))
