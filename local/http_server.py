"""Werkzeug's HTTP server on one address, with a function from request to response; each connection has its own thread.

It closes a connection after each answer: there are no connections that are kept alive.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import werkzeug
from werkzeug.serving import WSGIRequestHandler, make_server


@dataclass(frozen=True)
class Request:
    """What came in. Header names are lower case; `path` is still percent-encoded and has no query."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    client_ip: str = "127.0.0.1"


@dataclass(frozen=True)
class Response:
    """What goes out; Content-Length is added."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Response]


class HttpServer:
    """Serves `answer` from `start` to `stop`; port 0 takes a free one. Containers need another `host`."""

    def __init__(self, answer: Answer, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self._answer = answer
        self._server = make_server(host, port, self._serve, threaded=True, request_handler=_Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://{self._server.host}:{self._server.port}"

    def start(self) -> Self:
        """From here on requests are answered."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Closes the port. A request that is being answered ends by itself."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def _serve(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        request = werkzeug.Request(environ)
        url = urlsplit(environ["RAW_URI"])  # a Lambda ARN in a path is percent-encoded
        headers = {name.lower(): value for name, value in request.headers.items()}
        client_ip = request.remote_addr or ""
        response = self._answer(Request(request.method, url.path, url.query, headers, request.get_data(), client_ip))
        length = str(len(response.body))
        start_response(str(response.status), [*response.headers.items(), ("Content-Length", length)])
        return [response.body]


class _Handler(WSGIRequestHandler):
    wbufsize = -1  # head and body leave in one segment, or Nagle and delayed ACK cost 40 ms a call
    disable_nagle_algorithm = True

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """An answer that raises ConnectionError is none: the peer finds its connection closed."""
        self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  (Werkzeug's own name)
        """Writes no log."""
