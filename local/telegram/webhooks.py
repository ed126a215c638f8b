"""The fake's side of a webhook: its settings, what waits while there is none, and the POST that delivers."""

import http.client
import json
import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from local.telegram.chats import Json
from local.telegram.deliverer import Deliverer, Post
from local.telegram.delivery import NoReply, Outcome, Reply, Update
from local.telegram.forms import parse_form
from local.telegram.refusals import ApiError

RESPONSE_TIMEOUT_S = 60.0
DEFAULT_CONNECTIONS = 40
_STOPPED_S = 1.0  # a delivery in flight is not waited for any longer
# A reply cannot read, and it cannot move the webhook that it answers (core.telegram.org/bots/faq).
_REFUSED_IN_REPLIES = frozenset({"setwebhook", "deletewebhook", "close", "logout"})

Execute = Callable[[str, dict[str, Any]], object]


@dataclass(frozen=True)
class Target:
    """Where updates go."""

    url: str
    secret_token: str
    max_connections: int
    post: Post


class Webhooks:
    """Takes every new update and delivers it, or keeps it for the next webhook or getUpdates."""

    def __init__(self, *, execute: Execute, clock: Callable[[], float], rng: random.Random) -> None:
        self._execute = execute
        self._clock = clock
        self._rng = rng
        self._changed = threading.Condition(threading.RLock())
        self._allowed: tuple[str, ...] = ()
        self._target: Target | None = None
        self._deliverer: Deliverer | None = None
        self._kept: deque[Update] = deque()

    def accept(self, kind: str, update: Update) -> None:
        """Take a new update, unless its kind is switched off by allowed_updates."""
        with self._changed:
            if self._allowed and kind not in self._allowed:
                return
            if self._deliverer is not None:
                self._deliverer.push(update)
            else:
                self._kept.append(update)
                self._changed.notify_all()

    def set(self, params: Mapping[str, Any]) -> bool:
        """The setWebhook method. The same arguments again change nothing but allowed_updates."""
        url, secret = params["url"], params.get("secret_token") or ""
        connections = int(params.get("max_connections") or DEFAULT_CONNECTIONS)
        with self._changed:
            if params.get("allowed_updates") is not None:
                self._allowed = tuple(params["allowed_updates"])
            known = self._target and (self._target.url, self._target.secret_token, self._target.max_connections)
        if not url:
            self.remove()
        elif known != (url, secret, connections):
            self.deliver_to(Target(url, secret, connections, http_post(url, secret)))
        return True

    def delete(self, _params: Mapping[str, Any]) -> bool:
        """The deleteWebhook method. Undelivered updates stay: this bot never drops them."""
        self.remove()
        return True

    def deliver_to(self, target: Target) -> None:
        """Send everything that waits, and all that comes, to this target."""
        self.remove()
        deliverer = Deliverer(
            post=obeying(target.post, self._execute),
            max_connections=target.max_connections,
            clock=self._clock,
            rng=random.Random(self._rng.random()),
        )
        with self._changed:
            while self._kept:
                deliverer.push(self._kept.popleft())
            self._target, self._deliverer = target, deliverer
        deliverer.start()

    def remove(self) -> None:
        """Stop to deliver; what is undelivered waits again, in order."""
        with self._changed:
            deliverer, self._deliverer, self._target = self._deliverer, None, None
        if deliverer is None:
            return
        # Not under the lock: a delivery in flight may need it to end.
        undelivered = deliverer.stop(_STOPPED_S)
        with self._changed:
            self._kept.extendleft(reversed(undelivered))
            self._changed.notify_all()

    def info(self, _params: Mapping[str, Any]) -> Json:
        """The getWebhookInfo method."""
        with self._changed:
            deliverer, target = self._deliverer, self._target
            pending = len(self._kept) + (deliverer.pending_count if deliverer else 0)
            answer: Json = {"url": target.url if target else "", "has_custom_certificate": False}
            answer["pending_update_count"] = pending
            if target:
                answer |= {"max_connections": target.max_connections, "ip_address": "127.0.0.1"}
            if self._allowed:
                answer["allowed_updates"] = list(self._allowed)
            error = deliverer.last_error if deliverer else None
            if error:
                answer |= {"last_error_date": int(error.at), "last_error_message": error.message}
            return answer

    def get_updates(self, params: Mapping[str, Any]) -> list[Update]:
        """The getUpdates method: confirms what is below `offset`, then waits for more.

        Raises:
            ApiError: 409 while a webhook is set.
        """
        with self._changed:
            if self._deliverer is not None:
                reason = "can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"
                raise ApiError(409, f"Conflict: {reason}")
            if params.get("allowed_updates") is not None:
                self._allowed = tuple(params["allowed_updates"])
            offset = int(params.get("offset") or 0)
            while self._kept and self._kept[0]["update_id"] < offset:
                self._kept.popleft()
            self._changed.wait_for(lambda: bool(self._kept), float(params.get("timeout") or 0))
            limit = int(params.get("limit") or 100)
            return list(self._kept)[:limit]

    def wake(self) -> None:
        """Look at the clock again, after it was moved."""
        with self._changed:
            if self._deliverer is not None:
                self._deliverer.wake()

    def wait_until_empty(self, timeout_s: float) -> bool:
        """Whether all updates were delivered, or had expired, in time."""
        deliverer = self._deliverer
        return deliverer.wait_until_empty(timeout_s) if deliverer else not self._kept


def obeying(post: Post, execute: Execute) -> Post:
    """A `post` that carries out the Bot API method in a 2xx reply, as Telegram does; its errors are swallowed there."""

    def posted(update: Update) -> Outcome:
        outcome = post(update)
        if isinstance(outcome, Reply) and outcome.accepted:
            with suppress(Exception):
                _obey(outcome, execute)
        return outcome

    return posted


def _obey(reply: Reply, execute: Execute) -> None:
    content_type = next((value for name, value in reply.headers.items() if name.lower() == "content-type"), "")
    params = parse_form(content_type, reply.body).params
    method = params.pop("method", "")
    if not isinstance(method, str) or not method or method.lower().startswith("get"):
        return
    if method.lower() not in _REFUSED_IN_REPLIES:
        execute(method, params)


def http_post(url: str, secret_token: str, timeout_s: float = RESPONSE_TIMEOUT_S) -> Post:
    """A `post` that speaks HTTP(S) as Telegram's server does: secret in a header, no redirects, a timeout of 60 s."""
    parts = urlsplit(url)
    path = parts.path or "/"
    path = f"{path}?{parts.query}" if parts.query else path
    headers = {"Content-Type": "application/json"}
    headers |= {"X-Telegram-Bot-Api-Secret-Token": secret_token} if secret_token else {}
    connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def post(update: Update) -> Outcome:
        connection = connect(parts.hostname or "", parts.port, timeout=timeout_s)
        try:
            connection.request("POST", path, json.dumps(update).encode(), headers)
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.headers.items()), answer.read())
        except TimeoutError:
            return NoReply("Read timeout expired")
        except (OSError, http.client.HTTPException):
            return NoReply("Webhook connection closed")
        finally:
            connection.close()

    return post
