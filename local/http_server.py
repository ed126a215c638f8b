"""Werkzeug's HTTP server on one address, with a function from request to response; each connection has its own thread.

It closes a connection after each answer: there are no connections that are kept alive. Every server of this package
stands behind `guarded`.
"""

import hmac
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import werkzeug
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


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


def guarded(server: BaseWSGIServer) -> str:
    """The server's address with a secret first segment of its path; only who has it is let in, and no browser.

    Any page in a browser on this machine can send requests to 127.0.0.1, and read the answers once a name of its own
    leads there. A path is what every client of ours can present.
    """
    app, host = server.app, f"{server.host}:{server.port}"
    # It has the form of a bot's token, so that redaction finds it.
    secret = f"00000:{secrets.token_urlsafe(24)}"

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        presented = environ["PATH_INFO"][1:].partition("/")[0].encode()
        is_browser = "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ
        if is_browser or environ.get("HTTP_HOST") != host or not hmac.compare_digest(presented, secret.encode()):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        for name in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):
            environ[name] = "/" + environ[name][1:].partition("/")[2]
        return app(environ, start_response)

    server.app = answer
    return f"http://{host}/{secret}"


class HttpServer:
    """Serves `answer` from `start` to `stop` at `url`, on a free port. Containers need another `host`."""

    def __init__(self, answer: Answer, *, host: str = "127.0.0.1") -> None:
        self._answer = answer
        self._server = make_server(host, 0, self._serve, threaded=True, request_handler=_Handler)
        self.url = guarded(self._server)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

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
