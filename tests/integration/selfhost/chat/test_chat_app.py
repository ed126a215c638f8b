"""The second tab of the chat page: the Mini App's page and its API, for the person with the key."""

import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from burnout.clock import now_utc
from selfhost.chat.page import Page
from selfhost.chat.server import STRANGERS


def ask(tab, op, **body):
    """The status and the JSON of one request of the page."""
    status, content, _ = tab.ask("POST", f"/app/api/{op}", json.dumps(body).encode())
    return status, json.loads(content)


@pytest.fixture
def tab(chat):
    tab = chat.entered()
    tab.agree()
    return tab


def test_the_page_and_its_files_come_to_everybody_and_may_be_framed_by_nobody(chat):
    stranger = {"Authorization": None, "Origin": None}

    status, page, headers = chat.tab().ask("GET", "/app", **stranger)

    parts = re.findall(r'(?:src|href)="(/app/[^"]+)"', page.decode())
    answers = [chat.tab().ask("GET", part, **stranger) for part in parts]
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert {part.rpartition(".")[2] for part in parts} >= {"js", "css"}
    assert [(each[0], len(each[1]) > 0) for each in answers] == [(200, True)] * len(parts)
    assert chat.tab().ask("GET", "/app/assets/../../app.py", **stranger)[0] == 401


def test_a_week_is_read_and_told_on_the_page(tab):
    yesterday = str(now_utc().date() - timedelta(days=1))
    tab.says("4")
    button = tab.says("/app")["rows"]

    assert button == [[{"label": "📖 My days", "page": True}]]
    assert ask(tab, "open")[1]["settings"]["language"] == "en"
    assert [day["rating"] for day in ask(tab, "course", days=7)[1]["days"]] == [4.0]
    assert ask(tab, "tell", day=yesterday, fact="energy", value=2)[1]["energy"] == 2
    assert ask(tab, "day", day=yesterday)[1]["day"]["energy"] == 2
    assert ask(tab, "settings", language="ru") == (200, ask(tab, "open")[1]["settings"])
    assert "ваши дни" in tab.says("/app")["html"]


def test_an_export_from_the_page_comes_into_the_chat(tab):
    assert ask(tab, "export") == (200, {})

    file = tab.until(lambda tab: next((each["file"] for each in tab.bots() if "file" in each), None))
    tab.says("/help")

    assert file["name"].endswith(".zip")
    assert len([each for each in tab.bots() if "file" in each]) == 1


@pytest.mark.parametrize(
    ("op", "body", "answer"),
    [
        ("nothing", {}, (400, {"error": "bad"})),
        ("open", {"more": 1}, (400, {"error": "bad"})),
        ("open", {"x": "x" * 4096}, (400, {"error": "bad"})),
        ("day", {"day": "2199-01-01"}, (400, {"error": "future_day"})),
    ],
)
def test_nonsense_is_refused_and_the_page_goes_on(tab, op, body, answer):
    assert ask(tab, op, **body) == answer
    assert (tab.ask("GET", f"/app/api/{op}")[0], ask(tab, "open")[0]) == (404, 200)


def test_the_page_is_closed_before_the_yes_and_after_everything_is_forgotten(chat):
    tab = chat.entered()
    closed = (401, {"error": "closed"})

    assert ask(tab, "open") == closed
    tab.agree()
    assert ask(tab, "open")[0] == 200
    assert tab.post("/forget") == 200
    assert [ask(tab, op) for op in ("open", "tell")] == [closed, closed]
    assert chat.knows_nobody()


def test_a_machine_whose_clock_was_set_back_opens_the_page(chat, tab):
    chat.server.page = Page(chat.telegram, replace(chat.app, now_utc=lambda: now_utc() - timedelta(hours=3)), chat.door)

    assert ask(tab, "open")[0] == 200


def test_other_accounts_can_neither_fill_the_server_nor_keep_the_person_out(chat, tab):
    answer, asked, address = chat.page.answer, threading.Event(), ("127.0.0.1", chat.server.server_port)
    chat.page.answer = lambda request: asked.set() or answer(request)
    slow = f"POST /enter HTTP/1.1\r\nHost: {tab.host}\r\nOrigin: http://{tab.host}\r\nContent-Length: 9\r\n\r\n"
    with ThreadPoolExecutor() as threads, ExitStack() as opened:
        waiting = threads.submit(tab.ask, "GET", f"/chat?after={tab.now}")
        asked.wait(30)
        strangers = [opened.enter_context(socket.create_connection(address, 30)) for _ in range(2 * STRANGERS)]
        for each in strangers[STRANGERS:]:
            each.sendall(slow.encode())  # and never the body

        assert [each.recv(1) for each in strangers[:STRANGERS]] == [b""] * STRANGERS
        assert chat.entered().says("/help")
        assert waiting.result(30)[0] == 200
