"""The store's Lambda handler on real files and an S3 in memory: what is asked, what is answered, what is logged."""

import json
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime

import boto3
import msgspec
import pytest
from moto import mock_aws

from burnout.errors import ConfigError
from burnout.invocation import PING
from burnout.store.check_ins import Begin, Rate
from burnout.store.people import ChangeSettings, Consent
from burnout.store.privacy import Erase, Sweep
from burnout.store.reports import ClaimDue, HoldRun
from functions.store.app import lambda_handler, wire
from tests.integration.store.processes import holding
from tests.log_lines import lines_of
from tests.unit.store.samples import record, says

BUCKET = "photos-of-a-test"
FOLDER = f"photos/{'0f' * 16}/"
KEY = f"{FOLDER}102"


@pytest.fixture(scope="module")
def s3():
    """An S3 in memory; one for all tests, because boto3 reads its models anew for each."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "dummy")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with mock_aws():
            yield boto3.client("s3")


@pytest.fixture
def environment(s3, root, monkeypatch):
    """The handler's environment: a folder with one shard. Wired anew for this test."""
    monkeypatch.setenv("DATABASE_DIR", str(root))
    monkeypatch.setenv("PHOTOS_BUCKET", BUCKET)
    wire.cache_clear()
    yield monkeypatch
    wire.cache_clear()


@pytest.fixture
def photos(s3, environment):
    """The bucket, with the photo of update 102 in it."""
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"a face")
    yield s3
    with suppress(s3.exceptions.NoSuchBucket):
        for key in keys(s3):
            s3.delete_object(Bucket=BUCKET, Key=key)
        s3.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def ask(photos):
    """Sends an operation as Lambda does: as plain JSON values."""
    return lambda operation: lambda_handler(json.loads(msgspec.json.encode(operation)), None)


def keys(photos):
    return [one["Key"] for one in photos.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@pytest.fixture
def log(photos):
    """What the handler logs, as text."""
    with lines_of(wire()[2]) as lines:
        yield lines


def lines(log):
    return [json.loads(line) for line in log().splitlines()]


def test_ping_is_answered_without_a_shard(photos, root):
    before = sorted(root.iterdir())

    assert lambda_handler(PING, None) == {"ok": {}}

    assert sorted(root.iterdir()) == before


def test_record_deletes_its_photo_after_the_commit(ask, photos):
    ask(record(102))
    ask(Rate(user_id=7, message_id=1102, rating=3))
    assert keys(photos) == [KEY]

    assert ask(record(102, photo_folder=FOLDER))["ok"]["leftovers"] == (KEY, KEY.replace("photos", "donated"))

    assert keys(photos) == []


def test_a_photo_that_cannot_be_deleted_does_not_undo_the_answer(ask, photos, log):
    photos.delete_object(Bucket=BUCKET, Key=KEY)
    photos.delete_bucket(Bucket=BUCKET)

    folder = ask(Begin(user_id=7, update_id=102))["ok"]["photo_folder"]

    assert "ok" in ask(record(102, photo_folder=folder))

    line = lines(log)[-1]
    assert (line["op"], line["outcome"], line["photo_error"]) == ("record", "ok", "delete: NoSuchBucket")
    assert ask(Begin(user_id=7, update_id=102))["ok"]["answer"]


def test_an_erasure_that_s3_fails_is_an_error_is_logged_and_is_finished_when_it_is_repeated(ask, photos, log):
    ask(record(102))
    for key in keys(photos):
        photos.delete_object(Bucket=BUCKET, Key=key)
    photos.delete_bucket(Bucket=BUCKET)

    assert ask(Erase(user_id=7)) == {"error": {"code": "photos", "message": "put: NoSuchBucket"}}

    line = lines(log)[-1]
    assert (line["op"], line["outcome"], line["level"]) == ("erase", "photos", "ERROR")
    photos.create_bucket(Bucket=BUCKET)
    assert ask(Erase(user_id=7)) == {"ok": 2}
    (logged,) = keys(photos)
    assert logged.startswith("erasures/79/")
    assert ask(Begin(user_id=7, update_id=102))["ok"]["consent_version"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"photo_folder": "models/"},
        {"photo_folder": FOLDER[1:]},
        {"photo_folder": KEY},
        {"photo_folder": None, "update_id": 2**63},
    ],
    ids=str,
)
def test_an_operation_that_is_refused_deletes_and_keeps_nothing(ask, photos, changes):
    photos.put_object(Bucket=BUCKET, Key="models/mvp.onnx", Body=b"weights")

    assert ask(msgspec.structs.replace(record(102, photo_folder=FOLDER), **changes))["error"]["code"] == "bad_request"

    assert keys(photos) == ["models/mvp.onnx", KEY]
    assert ask(Begin(user_id=7, update_id=102))["ok"]["answer"] is None


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"op": "unknown", "user_id": 7},
        {"op": "begin"},
        {"op": "begin", "user_id": 0, "update_id": 1},
        {"op": "begin", "user_id": 2**53, "update_id": 1},
        {"op": "begin", "user_id": "7; DROP TABLE people", "update_id": 1},
        {"op": "begin", "user_id": 7, "update_id": 1.5},
        {"op": "begin", "user_id": 7, "update_id": 1, "and": "more"},
        {"op": "rate", "user_id": 7, "message_id": 1, "rating": 6},
        {"op": "set_language", "user_id": 7, "language": "klingon"},
        {"op": "read_history", "user_id": 7, "days": -1},
        {"op": "read_course", "user_id": 7, "since_utc": "2026-03-02T12:00:00", "before_utc": "2026-03-03T12:00:00Z"},
        {
            "op": "hold_run",
            "shard": 256,
            "run_id": "a",
            "at_utc": "2026-03-02T12:00:00Z",
            "until_utc": "2026-03-02T12:00:00Z",
        },
        {
            "op": "finish_report",
            "user_id": 7,
            "kind": "weekly",
            "key": "2026-W10\n",
            "run_id": "a",
            "state": "sent",
            "at_utc": "2026-03-02T12:00:00Z",
        },
        {"op": "give_feedback", "user_id": 7, "message_id": 1, "agrees": False, "corrected": "hungry"},
        [],
        "ping",
        None,
    ],
    ids=str,
)
def test_a_bad_request_is_told_so_and_changes_nothing(photos, root, event, log):
    before = [(file.name, file.read_bytes()) for file in sorted(root.iterdir())]

    answered = lambda_handler(event, None)

    assert answered["error"]["code"] == "bad_request"
    assert [(file.name, file.read_bytes()) for file in sorted(root.iterdir())] == before
    (line,) = lines(log)
    assert (line["op"], line["outcome"], line["detail"]) == ("unknown", "bad_request", "")


def pragma(shard, statement):
    connection = sqlite3.connect(shard)
    connection.execute(f"PRAGMA {statement}")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "code", "detail"),
    [
        (lambda shard: pragma(shard, "user_version = 99"), "schema_too_new", "the shard has schema 99"),
        (lambda shard: pragma(shard, "journal_mode = WAL"), "unsafe", "journal mode wal"),
        (lambda shard: shard.write_bytes(b"\x11" * 8192), "damaged", "79.sqlite is malformed, now 79.sqlite.damaged-"),
    ],
    ids=["schema too new", "wal", "damaged"],
)
def test_a_shard_that_cannot_be_used_is_told_by_a_code_and_logged_as_an_error(ask, shard, spoil, code, detail, log):
    spoil(shard)

    assert ask(Begin(user_id=7, update_id=102))["error"]["code"] == code

    (line,) = lines(log)
    assert (line["outcome"], line["level"]) == (code, "ERROR")
    assert line["detail"].startswith(detail)


def test_a_busy_shard_is_told_so_and_only_its_people_wait(ask, shard, log):
    with holding(shard):
        assert ask(Begin(user_id=7, update_id=102))["error"] == {
            "code": "busy",
            "message": "79.sqlite: locked for 1.2 s",
        }
        assert "ok" in ask(Begin(user_id=8, update_id=103))

    busy, other = lines(log)
    assert (busy["outcome"], busy["level"]) == ("busy", "WARNING")
    assert busy["elapsed_ms"] >= 1200
    assert other["outcome"] == "ok"


def test_the_unforeseen_is_logged_and_raised(photos, environment, root, log):
    environment.setenv("DATABASE_DIR", str(root / "no" / "mount"))
    wire.cache_clear()

    with pytest.raises(FileNotFoundError):
        lambda_handler({"op": "begin", "user_id": 7, "update_id": 1}, None)

    (line,) = lines(log)
    assert (line["outcome"], line["level"]) == ("crashed", "ERROR")


def test_one_line_tells_what_happened_and_nothing_about_the_person(ask, log):
    secret = 5_550_001
    ask(Consent(user_id=secret, chat_id=secret, version=1, language="ru"))
    ask(record(102, user_id=secret, message_id=8_880_001, answer=says("private words"), photo_folder=FOLDER))

    output = log()

    first, second = (json.loads(line) for line in output.splitlines())
    assert (first["op"], first["outcome"], first["level"]) == ("consent", "ok", "INFO")
    assert (second["op"], second["outcome"]) == ("record", "ok")
    assert second["elapsed_ms"] > 0
    for word in (str(secret), "8880001", "private", KEY, "sqlite"):
        assert word not in output


def test_what_is_about_a_shard_is_done_on_the_one_that_is_named_and_made_where_something_is_kept(ask, root):
    later = datetime(2100, 1, 1, tzinfo=UTC)
    run = {"run_id": "a", "at_utc": later, "until_utc": later}

    assert ask(ClaimDue(shard=0, **run)) == {"ok": {"reports": (), "reminders": (), "alerts": (), "more": False}}
    assert not (root / "00.sqlite").exists()
    assert ask(HoldRun(shard=0, **run)) == {"ok": True}
    ask(ChangeSettings(user_id=7, time_zone="Etc/UTC"))
    assert (root / "00.sqlite").exists()
    assert [report["user_id"] for report in ask(ClaimDue(shard=0x79, **run))["ok"]["reports"]] == [7]
    assert ask(Sweep(shard=0x79, at_utc=later))["ok"]["people"] == 1


def test_a_missing_setting_is_named_at_the_first_use(environment):
    environment.delenv("DATABASE_DIR")
    wire.cache_clear()

    with pytest.raises(ConfigError, match="DATABASE_DIR"):
        lambda_handler(PING, None)
