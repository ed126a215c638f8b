"""What a test of the whole stack asks of a chat, of the store's files and of the bucket."""

import sqlite3
import time
from contextlib import contextmanager

from functions.store.database import shard_path
from local.aws.moto_server import BUCKET

ANSWER_S = 30


@contextmanager
def a_failed_delivery(telegram):
    """Until one more delivery has failed with a 503 than before the block."""
    telegram.advance(2)  # the date of the last error has whole seconds
    before = telegram.webhook_info().get("last_error_date", 0)
    yield
    deadline_s = time.monotonic() + ANSWER_S
    while telegram.webhook_info().get("last_error_date", 0) <= before:
        assert time.monotonic() < deadline_s, telegram.webhook_info()
        time.sleep(0.02)
    assert "503" in telegram.webhook_info()["last_error_message"]


def hears(person, expected):
    message = person.wait_for_answer(ANSWER_S)
    assert expected in message.text
    return message


def is_answered(person):
    """The next message answers a photo; half of the answers ask for the person's own rating first."""
    message = person.wait_for_answer(ANSWER_S)
    assert "The expression looks" in message.text or "Before I say what I saw" in message.text
    return message


def check_ins(stack, person):
    path = shard_path(stack.data_dir / "store", person.id)
    connection = sqlite3.connect(path)
    try:
        (count,) = connection.execute("SELECT count(*) FROM check_ins WHERE user_id = ?", (person.id,)).fetchone()
    finally:
        connection.close()
    return count


def photos_left(stack):
    found = stack.aws.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return sum(not each["Key"].startswith("erasures/") for each in found)
