"""The bot survives every kind of update that the Bot API knows; the list comes from aiogram's own types."""

from dataclasses import fields

import pytest
from aiogram.types import Update

from burnout.telegram.client import ALLOWED_UPDATES
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.updates import parse_update

READ = set(ALLOWED_UPDATES)
KINDS = sorted(set(Update.model_fields) - {"update_id"})


def nothing_is_needed(*_):
    raise AssertionError("an ignored update must not need anything")


@pytest.mark.parametrize("kind", sorted(set(KINDS) - READ))
def test_kind_that_the_bot_does_not_read_is_ignored_without_any_work(kind):
    deps = Deps(*[nothing_is_needed] * len(fields(Deps)))
    trace = RequestTrace()

    calls = handle(parse_update(f'{{"update_id": 1, "{kind}": {{"id": "1", "date": 1}}}}'.encode()), deps, trace)

    assert (calls, trace.outcome) == ([], "ignored")


def test_the_kinds_that_the_bot_reads_exist():
    assert set(KINDS) >= READ
    assert len(KINDS) > 20
