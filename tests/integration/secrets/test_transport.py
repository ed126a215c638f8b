"""Every way in which a call of the Bot API can fail, over real sockets: no log line and no exception shows the token.

Every logger is at its lowest level meanwhile. What the exceptions carry with them (causes, contexts, attributes,
tracebacks) is searched as well: tracers serialise it.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from burnout import redaction
from burnout.errors import BurnoutError, TelegramRejectedError, TelegramUnavailableError
from burnout.telegram.calls import BotCall, send_document
from burnout.telegram.client import TelegramClient
from tests.integration.secrets.search import all_lines, everything
from tests.integration.secrets.wrong_servers import answer, nobody_accepts, serving

TOKEN = "123456789:AAGreatSecretTokenThatNobodyMayEverSee"
SECRET_PART = TOKEN.partition(":")[2]
WORDS, CHAT, FILE_ID = "what the diary says", 4242424242, "AgACAgIAAxkBAAIfileid"
DOCUMENT = ("burnout-export-2026-11-26.zip", b"PK\x03\x04 planted in an archive")
PRIVATE = (SECRET_PART, WORDS, str(CHAT), FILE_ID, DOCUMENT[0], "planted in an archive")


def refusal(status, description, **more):
    return lambda _: answer(status, {"ok": False, "error_code": status, "description": description, **more})


def path_of(request):
    return request.split(b" ")[1].decode()


# What an HTTP server answers; it is met by every kind of call.
REPLIES = {
    "401": refusal(401, "Unauthorized"),
    "404": refusal(404, "Not Found"),
    "409": refusal(409, "Conflict: terminated by other getUpdates request"),
    "429": refusal(429, "Too Many Requests: retry after 7", parameters={"retry_after": 7}),
    "500": refusal(500, "Internal Server Error: restart"),
    "502 page": lambda request: answer(502, f"<h1>Bad Gateway {path_of(request)}</h1>".encode()),
    "refusal with the url": lambda request: answer(400, {"ok": False, "description": f"no {path_of(request)}"}),
    "broken json": lambda _: answer(200, b'{"ok": tr'),
    "json of another shape": lambda request: answer(200, [path_of(request)]),
    "no utf-8": lambda request: answer(200, b"\xff" + request),
    "truncated body": lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{",
    "broken chunks": lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{",
    "broken gzip": lambda _: answer(200, b"no gzip", "Content-Encoding: gzip"),
    "no answer": lambda _: b"",
    "no http": lambda request: b"SSH-2.0-" + request,
    "broken headers": lambda _: b"HTTP/1.1 500 X\r\nA: b\r\nno colon here\r\nContent-Length: 2\r\n\r\n{}",
    "redirect": lambda request: answer(302, b"", f"Location: http://127.0.0.1:9{path_of(request)}"),
    "redirect that repeats the body": lambda request: answer(307, b"", f"Location: {path_of(request)}"),
    "redirect to nowhere": lambda request: answer(302, b"", f"Location: gopher://x{path_of(request)}"),
    "redirect to no url": lambda request: answer(302, b"", f"Location: http://[{path_of(request)}"),
}
# Where there is no HTTP server; "read timeout" is one that stays silent.
ADDRESSES = {
    "connection refused": "http://127.0.0.1:9",
    "dns failure": "http://no-such-host.invalid",
    "no address": "http://",
}
CALLS = {
    "call": lambda url: TelegramClient(TOKEN, url).call(BotCall("sendMessage", {"chat_id": CHAT, "text": WORDS})),
    "upload": lambda url: TelegramClient(TOKEN, url).call(
        BotCall("sendPhoto", {"chat_id": CHAT, "caption": WORDS}), {"photo": b"\x89PNG"}
    ),
    "document": lambda url: TelegramClient(TOKEN, url).call(send_document(CHAT, WORDS), {"document": DOCUMENT}),
    "getFile": lambda url: TelegramClient(TOKEN, url).download(FILE_ID),
}
FILE_REPLIES = {name: reply for name, reply in REPLIES.items() if "json" not in name and name != "no utf-8"}
SLOW = [
    "call over a read timeout",
    "file over a read timeout",
    "call over a connect timeout",
]
CASES = [
    *(f"{call} meets {reply}" for call in CALLS for reply in (*REPLIES, *ADDRESSES, "tls error")),
    *(f"file meets {reply}" for reply in FILE_REPLIES),
    *SLOW,
]


@pytest.fixture(scope="module")
def failures():
    """What each case raised, and every log line of all of them."""
    redaction.install()
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serving(reply)) for name, reply in REPLIES.items()}
        file_servers = {
            name: stack.enter_context(serving(reply, only_files=True)) for name, reply in FILE_REPLIES.items()
        }
        silent = stack.enter_context(serving(lambda _: None, only_files=True))
        mute = stack.enter_context(serving(lambda _: None))
        full = stack.enter_context(nobody_accepts())
        urls = {name: server.url for name, server in servers.items()} | ADDRESSES
        urls["tls error"] = servers["500"].url.replace("http:", "https:")
        todo = {f"{call} meets {name}": (CALLS[call], url) for call in CALLS for name, url in urls.items()}
        todo |= {f"file meets {name}": (CALLS["getFile"], server.url) for name, server in file_servers.items()}
        todo |= {
            "call over a read timeout": (CALLS["call"], mute.url),
            "file over a read timeout": (CALLS["getFile"], silent.url),
            "call over a connect timeout": (CALLS["call"], full),
        }
        lines = stack.enter_context(all_lines())
        with ThreadPoolExecutor(16) as threads:
            slow_first = sorted(todo, key=lambda name: name not in SLOW)
            raised = dict(zip(slow_first, threads.map(lambda name: failure_of(*todo[name]), slow_first), strict=True))
        yield raised, lines()


def failure_of(call, url):
    try:
        return call(url)
    except Exception as error:
        return error


@pytest.mark.parametrize("case", CASES)
def test_failure_is_ours_and_nothing_that_hangs_on_it_shows_the_token(failures, case):
    error = failures[0][case]

    assert isinstance(error, BurnoutError), error
    for private in PRIVATE:
        assert private not in everything(error)


def test_no_log_line_of_any_failure_shows_the_token_or_what_was_sent(failures):
    lines = failures[1]

    assert "WARNING urllib3.connectionpool Retrying" in lines  # it does log URLs, at the default level
    assert "WARNING urllib3.connection Failed to parse headers" in lines
    assert "DEBUG urllib3.connectionpool" in lines
    for private in PRIVATE:
        assert private not in lines


def test_refusal_keeps_the_reason_without_the_url(failures):
    error = failures[0]["call meets refusal with the url"]

    assert isinstance(error, TelegramRejectedError)
    assert error.description == "no /bot***/sendMessage"


@pytest.mark.parametrize(("call", "only_files"), [*((call, False) for call in CALLS), ("getFile", True)])
def test_redirect_is_not_followed(call, only_files):
    with (
        serving(lambda _: answer(200, {"ok": True, "result": []})) as elsewhere,
        serving(lambda _: answer(307, b"", f"Location: {elsewhere.url}/"), only_files=only_files) as server,
        pytest.raises(TelegramUnavailableError),
    ):
        CALLS[call](server.url)

    assert len(server.requests) == 1 + only_files
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "file_path", ["../../x", "http://x/", "a b\nc", "\x00", "é", "//x", "#", "?x", "@x:1/", "%zz", "%", "[", "x" * 9000]
)
def test_odd_file_path_is_a_file_or_a_failure_of_ours(file_path):
    found = {"ok": True, "result": {"file_path": file_path}}

    def reply(request):
        return answer(200, found) if b"/getFile" in request else answer(404, b"")

    redaction.install()
    with serving(reply) as server, all_lines() as lines, pytest.raises(BurnoutError) as raised:
        TelegramClient(TOKEN, server.url).download(FILE_ID)

    assert SECRET_PART not in everything(raised.value) + lines()
