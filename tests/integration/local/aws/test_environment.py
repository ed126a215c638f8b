"""What of the user's environment a function may see."""

import os

import pytest

from local.aws import environment


@pytest.fixture
def user(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:real")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "intranet.example")


def test_isolated_keeps_the_users_path_and_proxy_but_no_account_and_no_token(user):
    variables = environment.isolated({"MARK": "1"})

    assert variables["PATH"]
    assert variables["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert variables["MARK"] == "1"
    assert not [name for name in variables if name.startswith(("AWS_", "POWERTOOLS_", "TELEGRAM_BOT_TOKEN"))]


def test_isolated_sends_nothing_of_ours_through_the_users_proxy(user):
    assert environment.isolated({})["no_proxy"] == environment.isolated({})["NO_PROXY"] == "intranet.example,127.0.0.1"


def test_replaced_gives_everything_back(user):
    before = dict(os.environ)  # noqa: TID251  (the thing under test)

    with environment.replaced({"ONLY": "this"}):
        inside = dict(os.environ)  # noqa: TID251

    assert inside == {"ONLY": "this"}
    assert dict(os.environ) == before  # noqa: TID251
