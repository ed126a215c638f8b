"""Who may write to a log: apps, telemetry and `newer`, by a logger that `burnout.redaction` made. Read from source.

A new place is a new way for a secret or a person's words to get out, so it has to be added here on purpose.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKERS = {"layers/common/burnout/redaction.py"}
SPEAKERS = {f"functions/{function}/{file}.py" for function, file in (
    ("infer", "app"), ("store", "app"), ("report", "metrics"), ("webhook", "telemetry"),
    ("app", "telemetry"),
)} | {"layers/common/burnout/newer.py"}  # fmt: skip
PIPES = {("functions/infer/heif.py", "sys.stdout")}  # a process of its own: image.py reads all that it says
WRITERS = {"print", "pprint", "breakpoint", "input", "exec", "eval"}
MODULES = {"logging", "traceback", "pprint", "faulthandler", "cgitb"}
LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"}


@cache
def modules():
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for folder in ("functions", "layers/common/burnout")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]


def findings(name, tree):
    """What in a module could write to a log, and may not there."""
    for node in ast.walk(tree):
        what = None if name in MAKERS else written_by(node)
        if what in LEVELS and name in SPEAKERS:
            what = None if plain(node) else f"{what} with more than a fixed word and facts"
        if what and (name, what) not in PIPES:
            yield f"{name}:{node.lineno}: {what}"


def written_by(node):
    if isinstance(node, ast.Import):
        return next((alias.name for alias in node.names if alias.name.partition(".")[0] in MODULES), None)
    if isinstance(node, ast.ImportFrom):
        if (node.module or "").partition(".")[0] in MODULES:
            return node.module
        return (
            "aws_lambda_powertools.logging" if (node.module or "").startswith("aws_lambda_powertools.logging") else None
        )
    if isinstance(node, ast.Attribute):
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        return f"{owner}.{node.attr}" if owner in {"sys", "os"} and node.attr in {"stdout", "stderr", "write"} else None
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name):
        return node.func.id if node.func.id in WRITERS | {"Logger"} else None
    if isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
        return None if is_mathematics(node.func) else node.func.attr
    return None


def is_mathematics(function):
    return isinstance(function.value, ast.Name) and function.value.id in {"math", "np"}


def plain(call):
    """Whether a log call says a fixed word, with facts beside it and nothing else: no exception, no stack."""
    words = [argument for argument in call.args if isinstance(argument, ast.Constant)]
    return len(call.args) == len(words) == 1 and {keyword.arg for keyword in call.keywords} <= {"extra"}


def test_nobody_else_writes_to_a_log():
    assert [finding for name, tree in modules() for finding in findings(name, tree)] == []


@pytest.mark.parametrize(
    "line",
    [
        "print(event)",
        "import logging",
        "from logging import getLogger",
        "warnings.warn('x')",
        "from traceback import print_exc",
        "import traceback",
        "from aws_lambda_powertools.logging import Logger",
        "Logger().info('x')",
        "logger.info('x')",
        "deps.logger.exception('x')",
        "self._log.warning('x', extra={})",
        "sys.stdout.write('x')",
        "print('x', file=sys.stderr)",
        "os.write(1, b'x')",
    ],
)
def test_each_way_of_writing_is_found(line):
    assert list(findings("functions/webhook/bot.py", ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "logger.info(f'{user_id}')",
        "logger.info('for %s', user_id)",
        "logger.info(text)",
        "logger.exception('x', exc_info=True)",
        "logger.info('x', stack_info=True)",
        "print('x')",
        "Logger()",
    ],
)
def test_those_who_may_write_say_a_fixed_word_and_facts_only(line):
    assert list(findings("functions/webhook/telemetry.py", ast.parse(line)))


def test_log_call_with_facts_is_allowed_where_it_belongs():
    line = ast.parse("logger.info('update', extra={'update_id': trace.update_id})")

    assert list(findings("functions/webhook/telemetry.py", line)) == []


def test_every_function_has_its_logger_from_redaction():
    makers = {name for name, tree in modules() if any(is_redacted_logger(node) for node in ast.walk(tree))}

    assert makers == SPEAKERS


def is_redacted_logger(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "redacted_logger"
