"""The Mini App through the gateway, its function and the store: what a browser gets, and what the chat sees of it."""

import json
import re
from datetime import datetime, timedelta

import pytest
import requests

from burnout.clock import now_utc
from functions.app.files import HEADERS
from local.aws.gateway import ROUTE
from local.telegram.launches import launch_data
from tests.e2e.chats import ANSWER_S, hears

OTHERS_TOKEN = "7000000002:" + "b" * 35


@pytest.fixture
def got(stack):
    """The response to a GET of a path."""
    return lambda path: requests.get(stack.gateway.url.removesuffix(ROUTE) + path, timeout=30)


@pytest.fixture
def asked(stack, person):
    """Status and JSON of one question of the person's page, opened now and signed with the bot's token, or another."""

    def ask(op, token=stack.bot.token, scheme="tma", **body):
        launch = launch_data(token, {"id": person.id, "first_name": "Anna"}, now_utc())
        url = f"{stack.gateway.url.removesuffix(ROUTE)}/app/api/{op}"
        response = requests.post(url, json=body, headers={"Authorization": f"{scheme} {launch}"}, timeout=30)
        assert HEADERS.items() <= response.headers.items()
        return response.status_code, response.json()

    return ask


def test_page_comes_with_its_headers_and_its_files_may_be_kept_for_ever(got):
    page = got("/app")

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert {**HEADERS, "cache-control": "no-cache", "content-encoding": "gzip"}.items() <= page.headers.items()
    files = re.findall(r'(?:src|href)="(/app/assets/[^"]+)"', page.text)
    assert {path.rpartition(".")[2] for path in files} == {"js", "css", "svg"}
    for path in files:
        file = got(path)
        assert (file.status_code, file.headers["cache-control"]) == (200, "public, max-age=31536000, immutable"), path


def test_only_whom_telegram_signed_for_this_bot_is_told_anything(asked):
    status, opened = asked("open")

    assert (status, opened["settings"]["language"]) == (200, "en")
    assert asked("open", token=OTHERS_TOKEN) == asked("open", scheme="Bearer") == (401, {"error": "closed"})


def test_the_chat_sees_what_was_told_on_the_page(asked, person):
    _, opened = asked("open")
    yesterday = (datetime.fromisoformat(opened["today"]) - timedelta(days=1)).date().isoformat()

    status, day = asked("tell", day=yesterday, fact="energy", value=2)

    assert (status, day["day"], day["energy"]) == (200, yesterday, 2)
    person.send_text("/day")
    days = person.wait_for_answer(ANSWER_S)
    person.press(days, next(label for label in days.labels if label.startswith("Yesterday")))
    hears(person, "Energy: 2 of 5")


def test_what_the_page_orders_comes_into_the_chat(asked, person):
    assert asked("export") == (200, {})

    answer = person.wait_for_answer(60)

    assert "document" in answer.raw, json.dumps(answer.raw)
