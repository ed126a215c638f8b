"""The two sides around the fake: a bot's HTTP client, and a webhook that answers what a test tells it to."""

import json
from collections import deque

import requests

from local.http_server import HttpServer, Response

SECRET = "s" * 43


class Bot:
    """The bot's side of the Bot API."""

    def __init__(self, telegram):
        self._telegram = telegram
        self._http = requests.Session()

    def post(self, method, *, timeout=10, **body):
        """The raw HTTP answer; `body` is what requests.post takes."""
        return self._http.post(f"{self._telegram.url}/bot{self._telegram.token}/{method}", timeout=timeout, **body)

    def call(self, method, **params):
        """The `result` of a call that must succeed."""
        answer = self.post(method, json=params).json()
        assert answer["ok"], answer
        return answer["result"]

    def refusal(self, method, **params):
        """The description of a call that must be refused with 400."""
        answer = self.post(method, json=params)
        assert (answer.status_code, answer.json()["error_code"], answer.json()["ok"]) == (400, 400, False)
        return answer.json()["description"]

    def download(self, file_id):
        """getFile, then the bytes behind its link."""
        path = self.call("getFile", file_id=file_id)["file_path"]
        answer = self._http.get(f"{self._telegram.url}/file/bot{self._telegram.token}/{path}", timeout=10)
        answer.raise_for_status()
        return answer.content

    def close(self):
        self._http.close()


class Webhook:
    """An HTTP endpoint that records updates and answers from a script, 200 when it is over."""

    def __init__(self):
        self.requests, self.updates = [], []
        self.script = deque()
        self._server = HttpServer(self._answer).start()
        self.url = f"{self._server.url}/telegram/webhook"

    def _answer(self, request):
        self.requests.append(request)
        self.updates.append(json.loads(request.body))
        reply = self.script.popleft() if self.script else Response(200)
        return reply(self.updates[-1]) if callable(reply) else reply

    def stop(self):
        self._server.stop()


def reply_with(method, **params):
    """A webhook answer that carries a method."""
    body = json.dumps({"method": method, **params}).encode()
    return Response(200, body, {"Content-Type": "application/json"})
