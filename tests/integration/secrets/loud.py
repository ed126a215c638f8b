"""The unmodified handlers in processes whose loggers are at the lowest level, as an operator may set them."""

import sys

from local.aws.runtime import load
from tests.integration.secrets.search import loud

FUNCTIONS = ("app", "infer", "report", "store", "webhook")


def __getattr__(name):
    if name not in FUNCTIONS:
        raise AttributeError(name)
    handler = load(f"functions.{name}.app.lambda_handler")
    loud(sys.stderr)
    return handler


def path_of(function_name):
    """The path of a loud handler, for `local.aws.runtime.Function`."""
    return f"{__name__}.{function_name}"
