"""Arguments of several commands."""

import argparse
from pathlib import Path


def existing_file(text: str) -> Path:
    """The path of a file. Raises: argparse.ArgumentTypeError when there is none."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"no such file: {text}")
    return path


def positive(text: str) -> int:
    """A whole number of at least 1. Raises: argparse.ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a whole number of at least 1: {text}")
    return int(text)
