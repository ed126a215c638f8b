"""Arguments that several commands share."""

import argparse
from pathlib import Path

from local.aws.functions import Sizes
from local.stack import Options


def add_stack_arguments(parser: argparse.ArgumentParser) -> None:
    """How the stack under the command is built."""
    sizes = Sizes()
    group = parser.add_argument_group("the stack")
    group.add_argument("--data", type=Path, metavar="DIR", help="databases and logs (default: a temporary folder)")
    for name, default in (("infer", sizes.infer), ("store", sizes.store)):
        group.add_argument(
            f"--{name}-workers",
            type=positive,
            default=default,
            metavar="N",
            help=f"execution environments of {name} (default: {default})",
        )


def stack_options(arguments: argparse.Namespace) -> Options:
    """The options that the arguments ask for."""
    sizes = Sizes(infer=arguments.infer_workers, store=arguments.store_workers)
    return Options(data_dir=arguments.data, sizes=sizes)


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
