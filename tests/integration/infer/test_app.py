"""infer against S3 over HTTP: the contract's answer, its three errors, and what is the caller's matter."""

import io
import logging

import boto3
import msgspec
import pytest
from moto.server import ThreadedMotoServer

from burnout.errors import PhotoStorageError
from burnout.inference import Inference, InferFailure
from functions.infer import app
from local.events import infer_ping
from local.photos import FACE, LANDSCAPE

BUCKET = "photos-bucket"


@pytest.fixture(scope="module")
def s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "local")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "local")
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        environment.setenv("POWERTOOLS_SERVICE_NAME", "test")
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        app.wire.cache_clear()
        yield client
        app.wire()[0].close()
        client.close()
    app.wire.cache_clear()
    server.stop()


def ask(s3, content=None, *, key="photos/someone/1", **more):
    if content is not None:
        s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    return app.lambda_handler({"bucket": BUCKET, "key": key, **more}, None)


def test_selfie_gives_one_face_in_the_contracts_form(s3):
    answer = msgspec.convert(ask(s3, FACE.read_bytes()), Inference)

    (face,) = answer.faces
    assert (answer.image.width_px, answer.image.height_px) == (960, 1280)
    assert set(answer.elapsed_ms) == {"fetch", "decode", "detect", "classify"}
    assert set(face.models) == set(answer.models) == {"mvp"}
    assert sum(face.models["mvp"].emotions.values()) == pytest.approx(1.0)
    assert face.models["mvp"].label == "positive"


def test_same_event_twice_gives_the_same_answer(s3):
    first, second = (ask(s3, FACE.read_bytes(), models=["mvp"]) for _ in range(2))

    assert first | {"elapsed_ms": None} == second | {"elapsed_ms": None}


def test_photo_without_a_face_is_no_error(s3):
    assert msgspec.convert(ask(s3, LANDSCAPE.read_bytes()), Inference).faces == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"just words", "not_an_image"), (b"", "not_an_image"), (bytes((20 << 20) + 1), "too_large")],
)
def test_what_is_no_photo_is_told_by_its_code(s3, content, code):
    assert msgspec.convert(ask(s3, content)["error"], InferFailure).code == code


def test_missing_photo_is_told_by_its_code(s3):
    assert ask(s3, key="photos/nobody/0")["error"]["code"] == "no_such_photo"


def test_failing_s3_is_raised_for_the_caller_to_try_later(s3):
    with pytest.raises(PhotoStorageError):
        app.lambda_handler({"bucket": "no-such-bucket", "key": "photos/someone/1"}, None)


@pytest.mark.parametrize(
    "event", [{}, {"bucket": BUCKET}, {"bucket": BUCKET, "key": "secrets/1"}, {"bucket": BUCKET, "key": 5}]
)
def test_wrong_request_is_raised(s3, event):
    with pytest.raises((msgspec.ValidationError, ValueError)):
        app.lambda_handler(event, None)


def test_unknown_model_is_raised(s3):
    with pytest.raises(ValueError, match="no such model"):
        ask(s3, FACE.read_bytes(), models=["tomorrow"])


def test_ping_is_answered_without_anything():
    app.wire.cache_clear()

    for event in (infer_ping(), {"ping": True}):
        assert app.lambda_handler(event, None) == {"ok": {}}
    assert app.wire.cache_info().currsize == 0


def test_log_line_tells_neither_key_nor_content(s3):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(app.wire()[3].registered_formatter)
    app.wire()[3].addHandler(handler)

    ask(s3, FACE.read_bytes(), key="photos/abcdef123/77")

    line = written.getvalue()
    assert '"outcome":"ok"' in line
    assert "abcdef123" not in line
