"""The process that reads photos: what it can read, what it cannot do, and what becomes of it."""

import io
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from burnout.errors import FunctionCrashedError, FunctionUnavailableError
from burnout.inference import Inference
from selfhost import RefusedError, infer
from selfhost.infer import InferChild
from selfhost.pipe import receive, send
from tests.integration.local.aws.processes import eventually, running

ROOT = Path(__file__).parents[3]
PHOTOS = ROOT / "tests" / "photos"
SELFIE = (PHOTOS / "selfie.jpg").read_bytes()
PROBE = (sys.executable, "-m", "tests.integration.selfhost.probe")
VARIABLES = {"OMP_NUM_THREADS": "1"}
MVP = ("mvp",)


@pytest.fixture
def child(request, monkeypatch):
    """The real one, or with another command."""
    monkeypatch.chdir(ROOT)
    child = InferChild(VARIABLES, getattr(request, "param", infer.COMMAND))
    yield child
    child.close()


probed = pytest.mark.parametrize("child", [PROBE], indirect=True)


def picture(kind):
    buffer = io.BytesIO()
    Image.open(PHOTOS / "selfie.jpg").save(buffer, kind)
    return buffer.getvalue()


def test_every_kind_of_picture_is_read_behind_the_lock(child):
    kinds = {kind: picture(kind) for kind in ("PNG", "WEBP", "AVIF")}
    photos = {"JPEG": SELFIE, **kinds, "HEIC": (PHOTOS / "heic" / "turned.heic").read_bytes(), "again": kinds["AVIF"]}

    found = {kind: child.read(photo, MVP) for kind, photo in photos.items()}

    assert {kind: len(answer.faces) for kind, answer in found.items()} == dict.fromkeys(photos, 1)
    assert {tuple(answer.models) for answer in found.values()} == {MVP}


@probed
def test_a_stranger_who_runs_code_in_it_finds_nothing_to_open(child):
    child.start()
    folder = Path(f"/proc/{child.pid}/fd")
    held = {os.readlink(each).partition(":")[0] for each in folder.iterdir()}

    variables = Path(f"/proc/{child.pid}/environ").read_bytes()

    worked = json.loads(child.read(b"attempt", MVP).message)

    assert worked == []
    assert held == {"pipe", "/dev/null"}
    assert variables == b"OMP_NUM_THREADS=1\0"


@probed
def test_root_is_nobody_in_it(child):
    child.start()

    uids = Path(f"/proc/{child.pid}/status").read_text().partition("Uid:")[2].split()[:3]

    assert set(uids) == {"65534" if os.geteuid() == 0 else str(os.geteuid())}


@probed
@pytest.mark.parametrize("order", [b"hang", b"die", b"nonsense"])
def test_a_photo_that_ends_it_costs_that_photo_only(child, order, monkeypatch):
    monkeypatch.setattr(infer, "ANSWER_S", 2)

    with pytest.raises(FunctionUnavailableError):
        child.read(order, MVP)

    monkeypatch.undo()
    assert isinstance(child.read(SELFIE, MVP), Inference)


@probed
def test_a_bug_of_ours_is_told_by_its_kind(child):
    with pytest.raises(FunctionCrashedError) as crash:
        child.read(b"raise", MVP)

    assert crash.value.error_type == "KeyError"


def test_what_is_no_picture_has_its_code_and_the_process_goes_on(child):
    pid_before = (child.start(), child.pid)[1]

    assert child.read(b"words", MVP).code == "not_an_image"
    assert child.read(b"", MVP).code == "not_an_image"
    assert child.pid == pid_before


def test_one_that_was_killed_is_started_again(child):
    child.start()
    os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: not running([child.pid]))

    assert isinstance(child.read(SELFIE, MVP), Inference)


@pytest.mark.parametrize(
    ("child", "reason"),
    [((*PROBE, "broken"), "ValueError: mvp.json: wrong labels"), ((sys.executable, "-c", ""), "it ended")],
    indirect=["child"],
)
def test_one_that_cannot_start_says_why(child, reason):
    with pytest.raises(RefusedError, match=reason):
        child.start()


def test_one_that_hangs_ends_when_nobody_is_left_to_end_it():
    pipe = subprocess.PIPE
    with subprocess.Popen([*PROBE, "hasty"], cwd=ROOT, env=VARIABLES, stdin=pipe, stdout=pipe) as process:
        receive(process.stdout)
        send(process.stdin, MVP, b"hang")

        assert process.wait(60) == -signal.SIGALRM


@probed
def test_whoever_stops_the_bot_need_not_wait_for_one_that_hangs(child, monkeypatch):
    monkeypatch.setattr(infer, "ANSWER_S", 90.0)
    child.start()
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(child.read, b"hang", MVP)
        with suppress(TimeoutError):
            answer.result(0.5)
        threads.submit(child.close).result(60)

        with pytest.raises(FunctionUnavailableError):
            answer.result(60)
    with pytest.raises(FunctionUnavailableError, match="closed"):
        child.read(SELFIE, MVP)
