"""The handler with a real S3 interface and the models that are shipped."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from burnout.emotions import NEGATIVE, Emotion
from burnout.errors import PhotoStorageError
from burnout.inference import Inference
from burnout.invocation import CHECK
from functions.infer import app
from functions.infer.app import lambda_handler
from functions.infer.contract import ContractMismatchError, read_contract
from tests.integration.infer.conftest import BUCKET

ROOT = Path(__file__).parents[3]
PHOTOS = ROOT / "tests" / "photos"
MODELS = ROOT / "functions" / "infer" / "models"
KEY = "photos/0123456789abcdef0123456789abcdef/144272512"
EVENT = {"bucket": BUCKET, "key": KEY}


def put(s3, content):
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=content)


def test_portrait_gives_an_answer_that_holds_the_contract(s3):
    put(s3, (PHOTOS / "astronaut.jpg").read_bytes())

    answer = json.loads(json.dumps(lambda_handler(EVENT, None)))

    inference = msgspec.convert(answer, Inference)
    (face,) = inference.faces
    assert face.box_px == pytest.approx((163, 56, 115, 115), abs=15)
    assert (inference.image.width_px, inference.image.height_px) == (512, 512)
    assert inference.elapsed_ms.keys() == {"fetch", "decode", "detect", "classify"}
    contracts = {path.stem: read_contract(path) for path in MODELS.glob("*.json")}
    assert face.models.keys() == contracts.keys()
    assert {name: version.sha256 for name, version in inference.models.items()} == {
        name: contract.sha256 for name, contract in contracts.items()
    }
    for prediction in face.models.values():
        assert list(prediction.emotions) == list(Emotion)
        assert sum(prediction.emotions.values()) == pytest.approx(1)
        assert prediction.negative == pytest.approx(sum(prediction.emotions[emotion] for emotion in NEGATIVE))


def test_photo_that_its_person_gives_to_the_model_is_read_where_it_lies(s3):
    key = KEY.replace("photos/", "donated/")
    s3.put_object(Bucket=BUCKET, Key=key, Body=(PHOTOS / "selfie.jpg").read_bytes())

    (smiling,) = lambda_handler({**EVENT, "key": key, "models": ["mvp"]}, None)["faces"]

    prediction = smiling["models"]["mvp"]
    assert max(prediction["emotions"], key=prediction["emotions"].get) == "happy"
    assert prediction["label"] == "positive"


def test_missing_photo_is_an_answer(s3):
    assert lambda_handler(EVENT, None)["error"]["code"] == "no_such_photo"


@pytest.mark.parametrize("content", [b"", b"no picture", b"GIF89a"])
def test_what_is_no_picture_is_an_answer(s3, content):
    put(s3, content)

    answer = lambda_handler(EVENT, None)

    assert answer["error"]["code"] == "not_an_image"
    assert isinstance(answer["error"]["message"], str)


def test_21_mb_are_refused_unread(s3):
    put(s3, b"\xff\xd8\xff" + bytes(21_000_000))

    assert lambda_handler(EVENT, None)["error"]["code"] == "too_large"


def test_check_looks_at_a_drawn_face_with_the_shipped_models_and_reads_no_photo(aws, monkeypatch):
    monkeypatch.setattr(app, "fetch_photo", lambda *_: pytest.fail("a check read S3"))

    assert lambda_handler(CHECK, None) == {"ok": {}}


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ({}, "missing required field `bucket`"),
        ({"bucket": BUCKET}, "missing required field `key`"),
        ({**EVENT, "key": 5}, "Expected `str`, got `int`"),
        ({**EVENT, "key": "models/mvp.onnx"}, "does not start with photos/ or donated/"),
        ({**EVENT, "key": "erasures/7f/0"}, "does not start with photos/ or donated/"),
        ({**EVENT, "models": ["mpv"]}, "no such model: mpv"),
        ({**EVENT, "models": "mvp"}, "Expected `array`"),
    ],
)
def test_wrong_request_is_the_callers_bug(aws, event, sentence):
    with pytest.raises(ValueError, match=sentence):
        lambda_handler(event, None)


def test_missing_bucket_may_come_back(s3):
    with pytest.raises(PhotoStorageError, match="NoSuchBucket"):
        lambda_handler({**EVENT, "bucket": "another-bucket"}, None)


def test_unreachable_s3_may_come_back(aws, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{unused.getsockname()[1]}")

        with pytest.raises(PhotoStorageError, match="EndpointConnectionError"):
            lambda_handler(EVENT, None)


def test_every_invocation_leaves_one_line_without_the_photo(s3, caplog):
    put(s3, (PHOTOS / "astronaut.jpg").read_bytes())

    lambda_handler(EVENT, None)
    lambda_handler({**EVENT, "key": KEY + "0"}, None)
    with pytest.raises(ValueError, match="no such model"):
        lambda_handler({**EVENT, "models": ["mpv"]}, None)

    lines = [vars(record) for record in caplog.records if record.getMessage() == "infer"]
    assert [line["outcome"] for line in lines] == ["ok", "no_such_photo", "crashed"]
    assert lines[0]["faces"] == 1
    assert lines[0]["elapsed_ms"].keys() == {"fetch", "decode", "detect", "classify"}
    assert lines[0]["models"]["mvp"] == read_contract(MODELS / "mvp.json").sha256
    written = [app.wire()[3].registered_formatter.format(record) for record in caplog.records[-1:]]
    assert json.loads(written[0])["outcome"] == "crashed"
    assert KEY not in f"{lines}{written}"
    assert BUCKET not in f"{lines}{written}"


def test_importing_every_module_does_nothing():
    """No file, client, thread or line of output: those belong to the composition root."""
    script = """
import builtins, importlib, pathlib, socket, threading
import boto3, cv2, onnxruntime
real_open = builtins.open
def only_python(path, *arguments, **named):
    assert not str(path).endswith((".onnx", ".json", ".xml")), path
    return real_open(path, *arguments, **named)
builtins.open = only_python
boto3.client = socket.socket = onnxruntime.InferenceSession = cv2.CascadeClassifier = None
for path in sorted(pathlib.Path("functions/infer").glob("*.py")):
    importlib.import_module(f"functions.infer.{path.stem}")
assert threading.active_count() == 1
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_whatever_keeps_infer_from_starting_is_no_photo_s_fault(s3, monkeypatch):
    def no_cascades():
        raise OSError("no cascade files")

    app.wire.cache_clear()
    monkeypatch.setattr(app, "FaceFinder", no_cascades)

    with pytest.raises(ContractMismatchError, match="cannot start: no cascade files"):
        lambda_handler(EVENT, None)
