"""The contact for people's data: the operator's --contact reaches the webhook's configuration."""

import argparse
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from local import serve
from local.arguments import stack_options
from local.aws import functions


def contact_with(*arguments):
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    parsed = parser.parse_args(arguments)
    options = replace(stack_options(parsed), contact=parsed.contact)
    around = functions.FunctionEnvironment(SimpleNamespace(url="", secret_arn=""), "", "", Path(), options.contact)
    return functions.webhook(options.sizes, around).environment["OPERATOR_CONTACT"]


def test_contact_is_the_operators_own_or_a_sensible_default():
    assert contact_with("--telegram", "--contact", "@anna") == "@anna"
    assert contact_with("--telegram") == "@operator"
