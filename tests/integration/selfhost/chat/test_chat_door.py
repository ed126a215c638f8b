"""Whom the page's server lets in, and what it says of itself."""

import json

import pytest

from burnout.telegram.client import FILE_LIMIT_BYTES
from selfhost import RefusedError
from selfhost.chat.door import KEY_S
from selfhost.chat.page import Page
from selfhost.chat.server import Server

ASKED = [
    ("GET", "/chat?after=0"),
    ("GET", "/chat/files/x"),
    ("POST", "/chat/words"),
    ("POST", "/chat/press"),
    ("POST", "/chat/photo?name=a.jpg"),
    ("POST", "/forget"),
    ("POST", "/app/api/open"),
    ("POST", "/app/api/nothing"),
    ("POST", "/nowhere"),
]
OTHERS = [  # (what another page, another name or nobody in particular sends; the refusal)
    ({"Host": "evil.example:{port}"}, 421),
    ({"Host": "localhost:{port}"}, 421),
    ({"Host": "127.0.0.1"}, 421),
    ({"Host": None}, 421),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "http://127.0.0.1:1"}, 403),
    ({"Origin": "null"}, 403),
    ({"Authorization": None}, 401),
    ({"Authorization": "Bearer wrong"}, 401),
    ({"Authorization": "Bearer "}, 401),
    ({"Authorization": "Basic {token}"}, 401),
]


@pytest.mark.parametrize(("method", "path"), ASKED)
def test_another_page_another_name_and_whoever_has_no_token_are_refused(chat, method, path):
    tab = chat.entered()

    for headers, refusal in OTHERS:
        port = tab.host.partition(":")[2]
        sent = {name: value and value.format(port=port, token=tab.token) for name, value in headers.items()}
        status, body, _ = tab.ask(method, path, b"{}", **sent)
        assert (status, body[:9]) == (refusal, b'{"error":' if refusal == 401 else b"{}"), headers


@pytest.mark.parametrize("path", ["/", "/enter", "/chat/words"])
def test_a_name_that_leads_here_and_a_foreign_page_are_refused_whatever_they_ask(chat, path):
    tab = chat.entered()

    for method in ("GET", "POST"):
        assert tab.ask(method, path, Host="evil.example")[0] == 421
        assert tab.ask(method, path, Origin="https://evil.example")[0] == 403
    assert tab.ask("POST", path, Origin=None)[0] == 403


def test_a_browser_may_leave_the_origin_out_only_where_nothing_changes(chat):
    tab = chat.entered()

    assert tab.ask("GET", "/chat?after=0", Origin=None)[0] == 200
    assert tab.ask("POST", "/chat/words", b'{"text": "x"}', Origin=None)[0] == 403


def test_a_key_is_good_once_and_for_ten_minutes(chat):
    used, late, timely = chat.tab(), chat.tab(), chat.tab()
    used.enter()

    assert not lets_in(chat, used.key)
    chat.late_s = KEY_S
    timely.enter()
    chat.late_s = KEY_S + 1
    assert not any(lets_in(chat, key) for key in (late.key, "", "x" * 43))
    assert used.ask("GET", "/chat?after=0")[0] == 200


def lets_in(chat, key):
    status, body, _ = chat.tab().ask("POST", "/enter", json.dumps({"key": key}).encode())
    assert (status, body) in [(200, body), (401, b'{"error":"closed"}')]
    return status == 200


def test_30_mb_are_refused_and_the_chat_goes_on(chat):
    tab = chat.entered()
    tab.agree()

    too_much = tab.ask("POST", "/chat/photo?name=a.jpg", bytes(30 << 20))
    largest = tab.ask("POST", "/chat/photo?name=a.jpg", bytes(FILE_LIMIT_BYTES))

    assert (too_much[0], largest[0]) == (413, 200)
    assert tab.says("/help")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/words", b"{", 400),
        ("/chat/words", b"[]", 400),
        ("/chat/words", b'{"text": ""}', 400),
        ("/chat/words", b'{"text": "%s"}' % (b"x" * 4097), 400),
        ("/chat/words", b" " * (65 << 10), 413),
        ("/chat/press", b'{"message": "1", "data": "v1:home"}', 400),
        ("/chat/press", b'{"message": 1, "data": "%s"}' % (b"x" * 65), 400),
        ("/chat/press", b'{"message": 1, "data": "v1:home"}', 404),
        ("/enter", b'{"key": 1}', 400),
        ("/nowhere", b"{}", 404),
        ("/chat.html", b"{}", 404),
    ],
)
def test_nonsense_is_refused_and_the_chat_goes_on(chat, path, body, status):
    tab = chat.entered()

    assert tab.ask("POST", path, body)[0] == status
    assert tab.says("/start")


@pytest.mark.parametrize("length", ["", "-1", "²", "x", None])
def test_a_body_has_a_length_and_what_is_new_a_number(chat, length):
    tab = chat.entered()

    assert tab.ask("POST", "/chat/words", b'{"text": "x"}', Content_Length=length)[0] == 400
    assert tab.ask("GET", "/chat?after=x")[0] == 400


def test_the_page_is_served_to_everybody_and_nothing_beside_it(chat):
    tab = chat.tab()
    stranger = {"Authorization": None, "Origin": None}

    assert tab.ask("GET", "/", **stranger)[1] == b"<!doctype html>the page"
    assert tab.ask("GET", "/assets/page-1a.js", **stranger)[1] == b"script"
    for path in ("/assets/", "/../conftest.py", "/assets/../../data/lock", "/%2e%2e/data/lock", "//etc/passwd"):
        assert tab.ask("GET", path, **stranger)[0] == 401


@pytest.mark.parametrize("path", ["/", "/assets/page-1a.js", "/chat?after=0", "/chat", "/nowhere"])
def test_every_answer_forbids_what_the_page_does_not_need(chat, path):
    headers = chat.entered().ask("GET", path)[2]

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert [name for name in headers if name.lower().startswith("access-control") or name == "Set-Cookie"] == []


def test_a_preflight_is_told_nothing(chat):
    status, _, headers = chat.tab().ask("OPTIONS", "/chat/words", Origin="https://evil.example")

    assert status >= 400
    assert [name for name in headers if name.lower().startswith("access-control")] == []


def test_a_page_that_is_not_built_and_a_port_in_use_are_explained(chat, tmp_path):
    with pytest.raises(RefusedError, match="the page is not built"):
        Page(chat.telegram, chat.app, chat.door, tmp_path)
    with pytest.raises(RefusedError, match=r"in use\): leave out --port"):
        Server(chat.page, chat.server.server_port)
    with pytest.raises(RefusedError, match="leave out --port"):
        Server(chat.page, 65536)
