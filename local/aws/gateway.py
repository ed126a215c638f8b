"""API Gateway's HTTP API on 127.0.0.1: the template's routes, payload format 2.0, in front of webhook and app."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any, Final, Self

from local.aws import events
from local.aws.pool import ThrottledError
from local.aws.runtime import Returned
from local.http_server import HttpServer, Request, Response
from local.telegram.delivery import Reply, Update

ROUTE: Final = "/telegram/webhook"
ROUTES: Final = {
    f"POST {ROUTE}": "webhook",
    "GET /app": "app",
    "GET /app/assets/{file}": "app",
    "POST /app/api/{op}": "app",
}  # route -> function
_PATTERNS: Final = {re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route)): route for route in ROUTES}
_JSON: Final = {"Content-Type": "application/json"}


class Gateway:
    """Turns HTTP requests into events and the function's answers into HTTP responses, as the real one does."""

    def __init__(self, invoke: Callable[[str, bytes], Returned], webhook_secret: str) -> None:
        self._invoke = invoke
        self._webhook_secret = webhook_secret
        self._server = HttpServer(self._answer)

    @property
    def url(self) -> str:
        """Where Telegram's updates are posted to."""
        return self._server.url + ROUTE

    def start(self) -> Self:
        """The routes answer from here on."""
        self._server.start()
        return self

    def stop(self) -> None:
        """The port is closed."""
        self._server.stop()

    def post(self, update: Update) -> Reply:
        """Telegram's request without HTTP: the update with the secret header, and what the webhook replies."""
        response = self._handled("webhook", events.api_event(json.dumps(update), self._webhook_secret))
        return Reply(response.status, response.headers, response.body)

    def _answer(self, request: Request) -> Response:
        for pattern, route in _PATTERNS.items():
            if match := pattern.fullmatch(f"{request.method} {request.path}"):
                return self._handled(ROUTES[route], events.api_event_of(request, route, match.groupdict()))
        return Response(404, b'{"message":"Not Found"}', _JSON)

    def _handled(self, function: str, event: dict[str, Any]) -> Response:
        try:
            outcome = self._invoke(function, json.dumps(event).encode())
        except ThrottledError:
            return Response(503, b'{"message":"Service Unavailable"}', _JSON)
        answer = json.loads(outcome.payload)
        if outcome.error_type:
            return Response(500, b'{"message":"Internal Server Error"}', _JSON)
        return _response(answer)


def _response(answer: Any) -> Response:
    """The HTTP response of a function's answer; an answer without a statusCode is a 200 with itself as JSON."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(200, json.dumps(answer).encode(), _JSON)
    body = str(answer.get("body") or "")
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    headers = {**({"content-type": "text/plain;charset=UTF-8"} if content else {}), **(answer.get("headers") or {})}
    return Response(int(answer["statusCode"]), content, headers)
