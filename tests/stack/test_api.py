"""A person's photo through `sam local start-api`: every function in its container, Telegram and S3 on this machine."""

import statistics
import time

import pytest
import requests

from burnout.clock import now_utc
from infra.stack.aws_local import SELFIE, WEBHOOK_SECRET
from local.aws.moto_server import BUCKET
from local.photo import registered, revealed, shown
from local.telegram.launches import launch_data
from tests.stack.sam_local import serving

PHOTOS = 5
LIMIT_S = 60


@pytest.fixture(scope="module")
def person(here, lambdas):
    """Somebody who has agreed, behind `sam local start-api` as the webhook's address."""
    with serving("start-api", 3000, here.exported) as url:
        here.telegram.set_webhook(f"{url}/telegram/webhook", WEBHOOK_SECRET)
        yield registered(here)


def test_photo_comes_back_with_a_real_answer_and_is_deleted(here, person, measured):
    picture = here.telegram.picture(SELFIE.read_bytes())
    took_ms = []
    for _ in range(PHOTOS):
        started = time.perf_counter()
        person.send_photo(picture)
        answer = person.wait_for_answer(LIMIT_S)
        took_ms.append((time.perf_counter() - started) * 1000)
        answer = revealed(person, answer)

    measured(f"a photo through start-api, warm (n={PHOTOS})", f"median {statistics.median(took_ms):.0f} ms")
    assert "mostly positive" in shown(answer)
    assert here.aws.s3.list_objects_v2(Bucket=BUCKET).get("KeyCount") == 0
    assert here.telegram.violations == []


def test_page_comes_and_opens_for_whom_telegram_signed(here, person):
    url = here.telegram.webhook_info()["url"].replace("/telegram/webhook", "/app")
    launch = launch_data(here.telegram.token, {"id": person.id}, now_utc())

    page = requests.get(url, timeout=LIMIT_S)
    opened, refused = (
        requests.post(f"{url}/api/open", json={}, headers={"Authorization": f"tma {each}"}, timeout=LIMIT_S)
        for each in (launch, launch[:-1])
    )

    assert (page.status_code, page.text[:15]) == (200, "<!doctype html>")
    assert (opened.status_code, opened.json()["settings"]["language"], refused.status_code) == (200, "en", 401)


def test_update_without_the_secret_is_refused(here, person):
    url = here.telegram.webhook_info()["url"]
    here.telegram.set_webhook(url, "another-secret")
    try:
        person.send_text("/help")
        deadline = time.monotonic() + LIMIT_S
        while "last_error_message" not in here.telegram.webhook_info() and time.monotonic() < deadline:
            time.sleep(0.1)

        assert "401" in here.telegram.webhook_info()["last_error_message"]
    finally:
        here.telegram.set_webhook(url, WEBHOOK_SECRET)
