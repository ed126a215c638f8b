"""infer's image: its size, and that it needs neither root nor a writable disk, and yet names no user."""

import json
import statistics
import time

import pytest

from burnout.invocation import CHECK
from infra.stack import docker, image
from infra.stack.aws_local import EVENTS
from local.aws.moto_server import dummy_account

STARTS, PHOTOS = 3, 20
NOBODYS = ["65534:65534", "993:990"]  # nobody, and the one that Lambda has been seen to use


@pytest.fixture(scope="module")
def variables(here):
    account = {name: value for name, value in dummy_account().items() if not name.endswith("_FILE")}
    return {**account, **here.exported}


@pytest.fixture(scope="module")
def photo():
    return json.loads((EVENTS / "infer_photo.json").read_text(encoding="utf-8"))


def test_image_is_under_500_mb(built, measured):
    n_bytes = image.size_bytes(built)
    measured("infer's image on disk", f"{n_bytes / 1e6:.0f} MB")

    assert n_bytes < image.LIMIT_BYTES


@pytest.mark.parametrize("user", NOBODYS)
def test_image_answers_a_photo_as_nobody_on_a_read_only_disk(built, here, variables, photo, user):
    with image.running(built, docker.gateway(), variables, user=user) as running:
        assert running.invoke(CHECK) == {"ok": {}}
        answer = running.invoke(photo)

    assert [face["models"]["mvp"]["label"] for face in answer["faces"]] == ["positive"]


def test_image_says_no_user_so_that_sam_local_can_add_its_emulator(built):
    assert not docker.image(built)["Config"]["User"]


def test_image_start_and_photo_times_are_measured(built, here, variables, photo, measured):
    cold, warm = [], []
    for start in range(STARTS):
        with image.running(built, docker.gateway(), variables, user=NOBODYS[0]) as running:
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
