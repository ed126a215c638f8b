"""The page's door as the page knows it, with a bot that says what a test has it say."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from functions.app.files import KINDS
from selfhost.chat.page import STATIC
from selfhost.chat.server import HEADERS

KEY, TOKEN = "good-key", "tab-token"
NOON = 1_796_040_000  # 2026-11-30 12:00 UTC


class StubBot:
    """One conversation. `heard` has what the page sent, as (path, content); `refuse` answers a path with a status."""

    def __init__(self, language="en", port=0):
        self.heard = queue.Queue()
        self.refuse = {}
        self.files = {}
        self.language = language
        self._changed = threading.Condition()
        self._now = 1
        self._messages = {}
        self._gone = []
        self._notices = []
        self._typing = False
        self._at = NOON
        self.start(port)

    def start(self, port):
        handler = type("Handler", (_Handler,), {"bot": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.port = self._server.server_port
        self.origin = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """As when the program ends: the port is closed, and whoever waits hears nothing."""
        self._server.shutdown()
        self._server.server_close()
        with self._changed:
            self._server.is_over = True
            self._changed.notify_all()

    def say(self, html="", *, mine=False, number=None, **more):
        """A message, or with its number an edit of it. Returns its number."""
        with self._changed:
            self._at += 60
            number = number or len(self._messages) + 1
            at = self._messages[number][1]["at"] if number in self._messages else self._at
            message = {"id": number, "mine": mine, "html": html, "at": at, **more}
            self._messages[number] = (self._next(), message)
            return number

    def take_away(self, number):
        with self._changed:
            del self._messages[number]
            self._gone.append((self._next(), number))

    def notice(self, text):
        with self._changed:
            number = self._next()
            self._notices.append((number, {"n": number, "text": text}))

    def types(self, typing):
        with self._changed:
            self._typing = typing
            self._next()

    def _next(self):
        self._now += 1
        self._changed.notify_all()
        return self._now

    def since(self, after, server):
        with self._changed:
            self._changed.wait_for(lambda: self._now > after or getattr(server, "is_over", False), 25)
            if getattr(server, "is_over", False):
                raise ConnectionError
            return {
                "now": self._now,
                "messages": [message for n, message in self._messages.values() if n > after],
                "gone": [number for n, number in self._gone if n > after],
                "notices": [notice for n, notice in self._notices if n > after],
                "typing": self._typing,
            }

    def hear(self, path, query, body):
        content = (query["name"][0], body) if path == "/chat/photo" else json.loads(body)
        if path == "/chat/words":
            reply = {"reply_to": content["reply_to"]} if "reply_to" in content else {}
            self.say(content["text"].replace("&", "&amp;").replace("<", "&lt;"), mine=True, **reply)
        if path == "/chat/photo":
            self.files[f"f{len(self.files)}"] = body
            self.say(mine=True, photo=f"f{len(self.files) - 1}")
        self.heard.put((path, content))


class _Handler(BaseHTTPRequestHandler):
    bot: StubBot

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urlsplit(self.path)
        path = STATIC / ("chat.html" if url.path == "/" else url.path[1:])
        if path.is_file():
            self._send(200, path.read_bytes(), KINDS[path.suffix])
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._send(401)
        elif url.path == "/chat":
            try:
                news = self.bot.since(int(parse_qs(url.query)["after"][0]), self.server)
            except ConnectionError:
                self.close_connection = True
                return
            self._send(200, json.dumps(news).encode())
        else:
            content = self.bot.files.get(url.path.removeprefix("/chat/files/"))
            self._send(404 if content is None else 200, content or b"", "application/octet-stream")

    def do_POST(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if url.path in self.bot.refuse:
            self._send(self.bot.refuse[url.path])
        elif url.path == "/enter":
            good = json.loads(body) == {"key": KEY}
            self._send(200 if good else 401, json.dumps({"token": TOKEN, "language": self.bot.language}).encode())
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._send(401)
        else:
            self.bot.hear(url.path, parse_qs(url.query), body)
            self._send(200)

    def _send(self, status, body=b"{}", kind="application/json"):
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
