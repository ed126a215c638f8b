"""How many calls one request makes: tests/infra has the seconds that they may take together."""

import pytest

from burnout.config import AppConfig
from burnout.invocation import APP_CONFIG
from functions.app import app
from functions.app.api import OPERATIONS
from tests.unit.app.test_api import BODIES

MOST_CALLS = 4  # of store or report, one after another
LONGEST = BODIES | {"settings": {"language": "ru", "theme": "dark"}}


@pytest.mark.parametrize("op", OPERATIONS)
def test_no_request_makes_more_calls_than_its_function_has_time_for(page, op):
    calls, store = [], page.store
    page.store = lambda operation: calls.append(operation) or store(operation)

    assert page(op, **LONGEST[op])[0] == 200

    assert len(calls) + len(page.ordered) <= MOST_CALLS


def test_its_clients_give_up_while_there_is_time_to_say_so(monkeypatch):
    monkeypatch.setattr(app.boto3, "client", lambda _service, config: config)

    deps = app.wire.__wrapped__(AppConfig("arn", "store", "report", 0))

    assert deps.store._client is deps.order_report._client is APP_CONFIG
