"""`python -m local`: the stack runs until Ctrl-C, behind a fake Telegram or, with --telegram, a bot of the real one."""

import argparse
import json
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

from burnout import redaction
from burnout.secret import TOKEN
from burnout.telegram.client import TELEGRAM_URL, TelegramClient
from burnout.texts import LANGUAGES
from infra.profile import profile_calls
from local.arguments import add_stack_arguments, stack_options
from local.aws import environment
from local.aws.ticker import Ticker
from local.stack import Options, Stack, StackError
from local.telegram.console import HELP, Console
from local.telegram.polling import Polling, PollingError

DATA: Final = Path("build/local")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command without a name."""
    parser.add_argument(
        "--telegram",
        action="store_true",
        help=f"poll the real Telegram for the bot whose token is in {environment.TOKEN_VARIABLE}",
    )
    parser.add_argument(
        "--telegram-url", default=TELEGRAM_URL, metavar="URL", help="another Bot API server (default: %(default)s)"
    )
    parser.add_argument(
        "--contact",
        default=Options.contact,
        metavar="WHO",
        help="you, whom people reach about their data: a @username, or a name with an address; the bot shows it in "
        "/privacy and /developer_info (default: %(default)s, which reaches nobody)",
    )
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the person in the terminal")
    add_stack_arguments(parser, data=DATA)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serves until Ctrl-C. Raises: StackError, KeyboardInterrupt."""
    options = replace(stack_options(arguments), contact=arguments.contact)
    if arguments.telegram:
        _poll(options, arguments.telegram_url)
    else:
        _chat(options, arguments.language)
    return 0


def _chat(options: Options, language: str) -> None:
    with Stack(options) as stack, _ticker(stack):
        print(f"data  {stack.data_dir}", flush=True)
        person = stack.telegram.person(language_code=language)
        if sys.stdin.isatty():
            print(HELP)
            Console(stack.telegram, person).run(sys.stdin)
        else:
            print('no terminal to chat in: use "python -m local photo FILE"')
            _wait_for_ctrl_c()


def _poll(options: Options, api_url: str) -> None:
    token = environment.bot_token()
    if token is None:
        raise StackError(f"set {environment.TOKEN_VARIABLE} to the token that @BotFather gave you")
    if not TOKEN.fullmatch(token):
        shape = "digits, a colon, and 30 or more letters, digits, - or _"
        raise StackError(f"{environment.TOKEN_VARIABLE} is no token of @BotFather's: those have {shape}")
    redaction.install()  # urllib3 warns with the URL, and so with the token
    bot = replace(options.bot, token=token)
    with Stack(replace(options, bot=bot, telegram_api_url=api_url)) as stack, _ticker(stack):
        try:
            Polling(TelegramClient(token, api_url), stack.gateway.post).run(profile_calls())
        except PollingError as error:
            raise StackError(str(error)) from None


def _ticker(stack: Stack) -> Ticker:
    return Ticker(lambda event: stack.dispatch.invoke("report", json.dumps(event).encode()))


def _wait_for_ctrl_c() -> None:
    threading.Event().wait()
