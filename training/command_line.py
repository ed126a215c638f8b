"""What the commands of this folder share: a parser whose help is the module's text, and one line for what is wrong."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def parser_of(text: str | None, *, data: bool = True) -> argparse.ArgumentParser:
    """A parser with the module's docstring as its help and, unless `data` is False, the option `--data`.

    Options cannot be shortened: with a knob more, a shortened one could mean another.
    """
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawTextHelpFormatter, allow_abbrev=False
    )
    if data:
        parser.add_argument(
            "--data", type=Path, required=True, help="folder with fer2013.csv and fer2013new.csv, or training.pack's"
        )
    return parser


@contextmanager
def one_line_for(parser: argparse.ArgumentParser, *errors: type[Exception]) -> Iterator[None]:
    """An error of these kinds ends the command with its text as one line, and status 1."""
    try:
        yield
    except errors as error:
        parser.exit(1, f"{error}\n")
