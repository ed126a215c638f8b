"""infer's image: its size, and that it needs neither root nor a writable disk."""

import json
import statistics
import time

import pytest

from burnout.invocation import PING
from infra.stack import events, image
from infra.stack.sam import FUNCTIONS

STARTS, PHOTOS = 3, 20
NOBODYS = ["65534:65534", "993:990"]  # the image's own user, and the one that Lambda has been seen to use


@pytest.fixture(scope="module")
def variables(here):
    return here.of(FUNCTIONS["infer"])


@pytest.fixture(scope="module")
def photo(here):
    return json.loads(events.alive("infer", "photo", here))


def test_image_is_under_500_mb(built, measured):
    n_bytes = image.size_bytes(built)
    measured("infer's image on disk", f"{n_bytes / 1e6:.0f} MB")

    assert n_bytes < image.LIMIT_BYTES


@pytest.mark.parametrize("user", NOBODYS)
def test_image_answers_a_photo_as_nobody_on_a_read_only_disk(built, here, variables, photo, user):
    with image.running(built, here.host, variables, user=user) as running:
        assert running.invoke(PING) == {"ok": {}}
        answer = running.invoke(photo)

    assert [face["models"]["mvp"]["label"] for face in answer["faces"]] == ["positive"]


def test_image_says_its_user_is_not_root(built):
    from infra.stack import docker

    assert docker.image(built)["Config"]["User"] == NOBODYS[0]


def test_image_start_and_photo_times_are_measured(built, here, variables, photo, measured):
    cold, warm = [], []
    for start in range(STARTS):
        with image.running(built, here.host, variables, user=NOBODYS[0]) as running:
            cold.append(_seconds(running, photo))
            warm += [_seconds(running, photo) for _ in range(PHOTOS if start == 0 else 0)]

    measured(f"infer, first photo of a container (n={STARTS})", f"median {statistics.median(cold):.2f} s")
    p95 = sorted(warm)[int(len(warm) * 0.95) - 1]
    measured(
        f"infer, warm photo (n={PHOTOS})", f"median {statistics.median(warm) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
    )
    assert statistics.median(warm) < statistics.median(cold)


def _seconds(running, event):
    started = time.perf_counter()
    running.invoke(event)
    return time.perf_counter() - started
