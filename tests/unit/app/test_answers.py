"""The page over HTTP: its files, and the headers of every answer whoever asks. AWS is a stand-in."""

import base64
import gzip
import json

import pytest

from burnout.clock import now_utc
from burnout.config import AppConfig
from burnout.errors import StoreUnavailableError
from burnout.invocation import APP_CONFIG
from burnout.redaction import redacted_logger
from burnout.secret import BotSecret
from burnout.values import NOTICE_VERSION
from functions.app import app, files
from functions.app.api import Deps
from local.telegram.launches import launch_data
from tests.log_lines import lines_of
from tests.unit.app.conftest import ONE, STRANGER

TOKEN = "123456:" + "a" * 35
YEAR = "public, max-age=31536000, immutable"
BUILT = {
    "app.html": b"<!doctype html>",
    "assets/app-WsNaCRf8.js": b"const a=1;" * 100,
    "assets/app-D9-_Kp1M.css": b"a{}",
    "assets/icon.svg": b"<svg/>",
    "assets/.secret": b"x",
    "licenses.md": b"MIT",
}


@pytest.fixture
def called(page, tmp_path, monkeypatch):
    """One HTTP request to the function, and its response."""
    for name, content in BUILT.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "outside.js").write_bytes(b"x")
    for variable in ("TELEGRAM_SECRET_ARN", "STORE_FUNCTION", "REPORT_FUNCTION"):
        monkeypatch.setenv(variable, "x")
    monkeypatch.setenv("BASELINE_SHOWN_PERCENT", "0")
    page.now_utc = now_utc()
    deps = Deps(page.store, lambda _: None, now_utc, NOTICE_VERSION)
    monkeypatch.setattr(app, "wire", lambda _config: deps)
    monkeypatch.setattr(app, "read_bot_secret", lambda _arn: BotSecret(TOKEN, "s"))
    monkeypatch.setattr(app, "static", lambda path: files.static(path, tmp_path / "static"))

    def request(method, path, headers=None, **event):
        event |= {"requestContext": {"http": {"method": method}}, "rawPath": path, "headers": headers}
        return app.lambda_handler(event, None)

    return request


def signed(user_id=ONE):
    return {"Authorization": f"tma {launch_data(TOKEN, {'id': user_id}, now_utc())}"}


@pytest.mark.parametrize(
    ("path", "name", "kind", "cached"),
    [
        ("/app", "app.html", "text/html; charset=utf-8", "no-cache"),
        ("/app/assets/app-WsNaCRf8.js", "assets/app-WsNaCRf8.js", "text/javascript; charset=utf-8", YEAR),
        ("/app/assets/app-D9-_Kp1M.css", "assets/app-D9-_Kp1M.css", "text/css; charset=utf-8", YEAR),
        ("/app/assets/icon.svg", "assets/icon.svg", "image/svg+xml", "no-cache"),
    ],
)
@pytest.mark.parametrize("accepted", ["gzip, br", "identity"])
def test_a_file_is_kept_for_a_year_only_where_its_name_says_its_content(called, path, name, kind, cached, accepted):
    response = called("GET", path, {"Accept-Encoding": accepted})

    body, packed = base64.b64decode(response["body"]), accepted != "identity"
    assert (gzip.decompress(body) if packed else body) == BUILT[name]
    assert response["headers"].get("content-encoding") == ("gzip" if packed else None)
    assert (response["statusCode"], response["isBase64Encoded"]) == (200, True)
    assert response["headers"]["content-type"] == kind
    assert response["headers"]["cache-control"] == cached
    assert response["headers"]["vary"] == "accept-encoding"


@pytest.mark.parametrize("accepted", ["br;q=1, gzip;q=0.5", "Gzip;q=0.001", "*", "identity, * ; q=0.1"])
@pytest.mark.parametrize(("refused", "packed"), [("", "gzip"), (", gzip;q=0", None), (", GZIP ; q=0.000", None)])
def test_a_file_is_packed_only_for_who_gives_gzip_some_weight(called, accepted, refused, packed):
    response = called("GET", "/app", {"accept-encoding": accepted + refused})

    assert response["headers"].get("content-encoding") == packed


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/app/",
        "/app/app.html",
        "/app/../outside.js",
        "/app/assets/../../outside.js",
        "/app/assets",
        "/app/licenses.md",
        "/app/assets/.secret",
        "/app/api/open",
        "",
        "/app/assets/%2e%2e/outside.js",
    ],
)
def test_nothing_else_is_a_file(called, path):
    assert called("GET", path)["statusCode"] == 404


ANSWERS = {
    200: ("POST", "/app/api/open", signed(), {"body": "{}"}),
    400: ("POST", "/app/api/nonsense", signed(), {}),
    401: ("POST", "/app/api/open", None, {"body": "{}"}),
    404: ("GET", "/nowhere", None, {}),
    503: ("POST", "/app/api/open", signed(), {"body": "{}"}),
}


@pytest.mark.parametrize("status", [*ANSWERS, "file"])
def test_every_answer_has_the_same_guards(called, page, status):
    if status == 503:
        page.store.failures.append(StoreUnavailableError("down"))
    method, path, headers, event = ANSWERS.get(status, ("GET", "/app", None, {}))

    response = called(method, path, headers, **event)

    sent = response["headers"]
    assert response["statusCode"] == (200 if status == "file" else status)
    assert sent["content-security-policy"].split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors https://web.telegram.org",
    ]
    assert (sent["x-content-type-options"], sent["referrer-policy"]) == ("nosniff", "no-referrer")
    assert sent["permissions-policy"].startswith("camera=()")
    assert [name for name in sent if name.startswith("access-control") or name == "set-cookie"] == []
    assert sent["cache-control"] == ("no-cache" if status == "file" else "no-store")
    assert ("retry-after" in sent) == (status == 503)


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {"authorization": ""},
        {"authorization": "tma"},
        {"authorization": "tma x"},
        {"authorization": signed()["Authorization"].replace("tma", "Bearer")},
        signed(STRANGER),
    ],
)
def test_whoever_has_no_launch_of_their_own_reads_one_word(called, headers):
    response = called("POST", "/app/api/open", headers, body="{}")

    assert (response["statusCode"], json.loads(response["body"])) == (401, {"error": "closed"})


@pytest.mark.parametrize(
    ("body", "is_base64", "status"),
    [('{"days":7}', False, 200), ("eyJkYXlzIjo3fQ==", True, 200), ("{}", True, 400), (None, False, 400)],
)
def test_a_body_comes_plain_or_as_base64(called, body, is_base64, status):
    response = called("POST", "/app/api/month", signed(), body=body, isBase64Encoded=is_base64)

    assert response["statusCode"] == status


def test_the_log_has_operation_status_and_time_and_nothing_of_the_person(called):
    with lines_of(redacted_logger()) as written:
        for path in ("/app/api/open", "/app/api/ann@example.org"):
            called("POST", path, signed(), body='{"word": "ann@example.org"}')

    lines = [json.loads(line) for line in written().splitlines()]
    assert [(line["op"], line["status"], list(line["stage_ms"])) for line in lines] == [
        ("open", 400, ["answer"]),
        ("other", 400, ["answer"]),
    ]
    assert "ann" not in str(lines)
    assert "hash" not in str(lines)


def test_its_clients_give_up_while_there_is_time_to_say_so(monkeypatch):
    monkeypatch.setattr(app.boto3, "client", lambda _service, config: config)

    deps = app.wire.__wrapped__(AppConfig("arn", "store", "report", 0))

    assert deps.store._client is deps.order_report._client is APP_CONFIG
