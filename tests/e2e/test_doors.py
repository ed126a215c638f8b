"""A web page in a browser on this machine, and a domain whose name leads to 127.0.0.1, at every port of a stack."""

import http.client
import json
from urllib.parse import urlsplit

import psutil
import pytest

from burnout.clock import now_utc
from burnout.store.people import ReadSettings
from burnout.store.privacy import Erase
from local.aws import events
from local.aws.gateway import ROUTE
from local.aws.moto_server import BUCKET
from local.telegram.launches import launch_data
from tests import updates
from tests.integration.local.aws.processes import descendants

SELF = psutil.Process()
# What a page can make a browser send, with the method of its own or the one that the goal needs.
PAGES = {
    "fetch": ("", {"Origin": "https://page.example", "Sec-Fetch-Site": "cross-site"}),
    "fetch of an older browser": ("", {"Origin": "https://page.example", "Content-Type": "text/plain"}),
    "form of a page without an origin": ("POST", {"Origin": "null", "Content-Type": "text/plain"}),
    "image": ("GET", {"Sec-Fetch-Site": "cross-site"}),
    "page of another port": ("GET", {"Sec-Fetch-Site": "same-site"}),
    "preflight": ("OPTIONS", {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}),
    "name that leads here": ("", {"Host": "page.example"}),
}


def listening():
    """The ports on which this process and those below it listen."""
    processes = [SELF, *map(psutil.Process, descendants(SELF.pid))]
    found = [each for process in processes for each in process.net_connections() if each.status == psutil.CONN_LISTEN]
    return {each.laddr.port for each in found}


def signed(service):
    """A header of a page's own making: moto looks for the service in it and checks nothing."""
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential=a/20261129/eu-west-1/{service}/aws4_request, Signature=0"}


def asked(url, method, headers, body):
    """Status and body of the answer, in which no header may allow a page anything."""
    url = urlsplit(url)
    connection = http.client.HTTPConnection(url.netloc, timeout=30)
    connection.request(method, url.path, body, headers)
    response = connection.getresponse()
    assert [name for name, _ in response.getheaders() if name.lower().startswith("access-control")] == []
    answer = response.status, response.read().decode()
    connection.close()
    return answer


@pytest.fixture(scope="module")
def ports(request):
    """The stack's ports."""
    others = listening()
    request.getfixturevalue("stack")
    return listening() - others


@pytest.fixture
def goals(ports, stack, person):
    """What somebody may want, the person's end last: (url, method, headers, body, what the answer shows)."""
    stack.aws.s3.put_object(Bucket=BUCKET, Key="photos/a/1", Body=b"a photo of somebody")
    secret = {"X-Amz-Target": "secretsmanager.GetSecretValue", **signed("secretsmanager")}
    of_telegram = {"X-Telegram-Bot-Api-Secret-Token": stack.bot.webhook_secret}
    launch = launch_data(stack.bot.token, {"id": person.id}, now_utc())
    of_the_page = {"Authorization": f"tma {launch}"}
    store = f"{stack.dispatch.url}/2015-03-31/functions/store/invocations"
    read, erase = (json.dumps(events.store_event(each(user_id=person.id))) for each in (ReadSettings, Erase))
    token = json.dumps({"SecretId": stack.aws.secret_arn})
    yield [
        (f"{stack.telegram.url}/bot{stack.telegram.token}/getMe", "GET", {}, "", "burnout_local_bot"),
        (stack.gateway.url, "POST", of_telegram, json.dumps(updates.text("/help", person.id)), "sendMessage"),
        (stack.gateway.url.removesuffix(ROUTE) + "/app/api/open", "POST", of_the_page, "{}", '"language"'),
        (f"{stack.aws.url}/{BUCKET}/photos/a/1", "GET", signed("s3"), "", "a photo of somebody"),
        (f"{stack.aws.url}/", "POST", secret, token, stack.bot.token),
        (store, "POST", {}, read, '"language"'),
        (store, "POST", {}, erase, '"ok"'),
    ]
    stack.aws.s3.delete_object(Bucket=BUCKET, Key="photos/a/1")


@pytest.mark.parametrize("secret", ["", "00000:another-start-had-this-one-in-its/"])
def test_nobody_without_the_secret_path_is_answered_at_any_port(ports, goals, stack, secret):
    before = len(stack.dispatch.invocations), len(stack.telegram.calls)

    for port in ports:
        for url, method, headers, body, _ in goals:
            path = urlsplit(url).path.split("/", 2)[2]
            assert asked(f"http://127.0.0.1:{port}/{secret}{path}", method, headers, body) == (403, ""), path

    assert (len(stack.dispatch.invocations), len(stack.telegram.calls)) == before


@pytest.mark.parametrize(("method", "headers"), PAGES.values(), ids=PAGES)
def test_no_web_page_is_answered_even_if_it_knows_the_secret_path(ports, goals, stack, method, headers):
    before = len(stack.dispatch.invocations), len(stack.telegram.calls)

    for url, its_method, its_headers, body, _ in goals:
        assert asked(url, method or its_method, {**its_headers, **headers}, body) == (403, "")

    assert {urlsplit(url).port for url, *_ in goals} == ports
    assert (len(stack.dispatch.invocations), len(stack.telegram.calls)) == before


def test_who_has_the_secret_path_is_answered_but_not_by_motos_own_api(goals, stack):
    for url, method, headers, body, shown in goals:
        status, answer = asked(url, method, headers, body)
        assert (status, shown in answer) == (200, True), answer

    assert asked(f"{stack.aws.url}/moto-api/data.json", "GET", {}, "") == (404, "")


def test_no_command_line_and_no_log_shows_a_secret_path(goals, stack):
    secrets = {urlsplit(url).path.split("/")[1].partition(":")[2] for url, *_ in goals}
    shown = [" ".join(psutil.Process(each).cmdline()) for each in (SELF.pid, *descendants(SELF.pid))]
    shown += [log.read_text(encoding="utf-8", errors="replace") for log in (stack.data_dir / "logs").iterdir()]

    assert len(secrets) == 4
    assert [each for each in secrets if each in "\n".join(shown)] == []
