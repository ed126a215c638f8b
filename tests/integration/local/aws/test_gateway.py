"""The gateway as Telegram sees it, and the event as the webhook function sees it."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from infra.templates import read
from local.aws.gateway import ROUTE, ROUTES, Gateway
from local.aws.pool import ThrottledError
from local.aws.runtime import Returned, failed


class Functions:
    """Take the functions' place: keep their events, give the answer they were told to."""

    def __init__(self):
        self.events, self.called = [], []
        self.answer = {"statusCode": 200}

    def __call__(self, function, payload):
        self.called.append(function)
        self.events.append(json.loads(payload))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, Returned) else Returned(json.dumps(self.answer).encode())


@pytest.fixture
def webhook():
    return Functions()


@pytest.fixture
def gateway(webhook):
    running = Gateway(webhook, "the-secret").start()
    yield running
    running.stop()


def request(gateway, method, path, body=b"", **headers):
    url = urlsplit(gateway.url.removesuffix(ROUTE) + path)
    connection = http.client.HTTPConnection(url.netloc, timeout=10)
    connection.request(method, url.path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def test_post_over_http_reaches_the_function_as_a_payload_2_event(gateway, webhook):
    secret = {"X_Telegram_Bot_Api_Secret_Token": "the-secret", "Content_Type": "application/json"}

    response, _ = request(gateway, "POST", ROUTE, '{"update_id": 1, "text": "да"}'.encode(), **secret)

    (event,) = webhook.events
    assert response.status == 200
    assert event["version"] == "2.0"
    assert event["routeKey"] == "POST /telegram/webhook"
    assert event["headers"]["x-telegram-bot-api-secret-token"] == "the-secret"
    assert all(name == name.lower() for name in event["headers"])
    assert event["requestContext"]["http"]["method"] == "POST"
    assert (json.loads(event["body"]), event["isBase64Encoded"]) == ({"update_id": 1, "text": "да"}, False)


@pytest.mark.parametrize(
    ("method", "path", "route", "parameters"),
    [
        ("GET", "/app", "GET /app", None),
        ("GET", "/app/assets/app-1.js", "GET /app/assets/{file}", {"file": "app-1.js"}),
        ("POST", "/app/api/open", "POST /app/api/{op}", {"op": "open"}),
    ],
)
def test_what_is_the_pages_reaches_app_with_what_stands_in_the_path(gateway, webhook, method, path, route, parameters):
    request(gateway, method, path)

    (event,) = webhook.events
    assert webhook.called == ["app"]
    assert (event["routeKey"], event["rawPath"], event.get("pathParameters")) == (route, path, parameters)
    assert "body" not in event


def test_routes_are_the_templates():
    events = {
        name: [each["Properties"] for each in function["Properties"].get("Events", {}).values()]
        for name, function in read()["Resources"].items()
        if function["Type"] == "AWS::Serverless::Function"
    }

    assert {
        f"{each['Method']} {each['Path']}": name.removesuffix("Function").lower()
        for name, routes in events.items()
        for each in routes
    } == ROUTES


def test_post_without_http_makes_the_same_event(gateway, webhook):
    reply = gateway.post({"update_id": 1})

    (event,) = webhook.events
    assert reply.accepted
    assert event["headers"]["x-telegram-bot-api-secret-token"] == "the-secret"
    assert json.loads(event["body"]) == {"update_id": 1}


def test_answer_becomes_the_http_response(gateway, webhook):
    webhook.answer = {"statusCode": 503, "headers": {"retry-after": "20"}, "body": "später"}

    response, content = request(gateway, "POST", ROUTE)
    reply = gateway.post({"update_id": 1})

    assert (response.status, response.getheader("Retry-After"), content.decode()) == (503, "20", "später")
    assert (reply.status, reply.retry_after_s, reply.body.decode()) == (503, 20, "später")


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": 200, "body": "/wA=", "isBase64Encoded": True}, 200, b"\xff\x00"),
        ({"method": "sendMessage"}, 200, b'{"method": "sendMessage"}'),
        (ThrottledError("webhook"), 503, b'{"message":"Service Unavailable"}'),
    ],
)
def test_base64_is_decoded_an_answer_without_status_is_a_200_and_a_busy_function_a_503(
    gateway, webhook, answer, status, body
):
    webhook.answer = answer

    reply = gateway.post({})

    assert (reply.status, reply.body) == (status, body)


def test_handler_exception_is_a_500(gateway, webhook):
    webhook.answer = failed("ValueError", "secret details", "1")

    response, content = request(gateway, "POST", ROUTE)

    assert response.status == 500
    assert b"secret details" not in content


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", ROUTE), ("POST", "/"), ("POST", "/telegram"), ("PUT", ROUTE), ("POST", "/app")),
        *(("GET", "/app/api/open"), ("GET", "/app/"), ("GET", "/app/assets/"), ("GET", "/app/assets/a/b")),
    ],
)
def test_other_route_is_a_404_and_never_an_event(gateway, webhook, method, path):
    response, _ = request(gateway, method, path)

    assert response.status == 404
    assert webhook.events == []
