"""The page's HTTP server on 127.0.0.1. Only a tab of this address is answered, whatever name leads here."""

import socket
import socketserver
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from functions.app.files import POLICY
from selfhost import RefusedError
from selfhost.chat.page import BAD, Answer, Page, Request

HOST: Final = "127.0.0.1"
IDLE_S: Final = 60.0  # for the next piece of a request
STRANGERS: Final = 64  # connections that no key has let in: one more ends the oldest
_DRAIN_BYTES: Final = 256 << 20  # what is too long is taken and dropped, or the browser would not read why
_CHUNK_BYTES: Final = 1 << 20
HEADERS: Final = {
    "Content-Security-Policy": f"{POLICY}'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    """Serves in a thread of its own as long as its with-block lasts; `ended` is set once everything is forgotten."""

    request_queue_size = 2 * STRANGERS  # of five, a browser behind a few others would wait for seconds

    def __init__(self, page: Page, port: int) -> None:
        self.page, self.ended = page, threading.Event()
        self._strangers: dict[socket.socket, None] = {}  # the oldest first
        self._guard = threading.Lock()
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            raise RefusedError(f"port {port} cannot be used ({error}): leave out --port for a free one") from None
        self.host = f"{HOST}:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    @property
    def url(self) -> str:
        """The page's address, without a key."""
        return f"http://{self.host}"

    def server_bind(self) -> None:
        """Without the search for a name that HTTPServer does: that could leave this machine."""
        socketserver.TCPServer.server_bind(self)
        self.server_port = self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own: other accounts of this machine may connect too, but cannot keep the person out."""
        with self._guard:
            self._strangers[request] = None
            if len(self._strangers) > STRANGERS:
                oldest = next(iter(self._strangers))
                del self._strangers[oldest]
                with suppress(OSError):  # its thread has closed it
                    oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def let_in(self, connection: socket.socket) -> None:
        """It is no stranger's, or has ended."""
        with self._guard:
            self._strangers.pop(connection, None)

    def shutdown_request(self, request: Any) -> None:
        """Closes a connection."""
        self.let_in(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is no news on the terminal."""

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = IDLE_S
    server_version, sys_version = "burnout", ""

    def do_GET(self) -> None:
        """Answers."""
        self._send(self._answer())

    def do_POST(self) -> None:
        """Answers, and ends the server after the last answer."""
        self._send(self._answer())
        if self.server.page.is_forgotten:
            self.server.ended.set()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
        """Writes no log."""

    def _answer(self) -> Answer:
        page, url = self.server.page, urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, url.path, dict(parse_qsl(url.query)), headers)
        length = headers.get("content-length", "0")
        refused = self._foreign(headers) or page.refusal(request)
        if refused or not (length.isascii() and length.isdigit()):
            return refused or BAD
        if page.is_let_in(request):
            self.server.let_in(self.connection)
        if int(length) > page.most_bytes(url.path):
            self._drop(int(length))
            return Answer(413, b'{"error":"too_large"}')
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return BAD
        return page.answer(Request(self.command, url.path, request.query, headers, body))

    def _foreign(self, headers: dict[str, str]) -> Answer | None:
        """The refusal of another name for this address, and of another page; a browser names the page of a POST."""
        if headers.get("host") != self.server.host:
            return Answer(421)
        may_lack = self.command == "GET"
        own = headers.get("origin", self.server.url if may_lack else "") == self.server.url
        return None if own else Answer(403)

    def _drop(self, length: int) -> None:
        left = min(length, _DRAIN_BYTES)
        while left > 0 and (part := self.rfile.read(min(left, _CHUNK_BYTES))):
            left -= len(part)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
