"""Who is let in. The second opinion on signatures is in tests/integration/app/test_signatures.py."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from functions.app import door
from functions.app.door import Launch, launched_by
from local.telegram.launches import launch_data, signature

TOKEN, OTHER_TOKEN = "123456:" + "a" * 35, "654321:" + "b" * 35
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
USER = {"id": 7, "first_name": "Ann & <Бо> 😀", "language_code": "ru"}


def launched(init_data):
    return launched_by(init_data, TOKEN, NOW)


def signed(*, token=TOKEN, user=USER, at_utc=NOW, **others):
    return launch_data(token, user, at_utc, **others)


def changed(name, value):
    return urlencode({**dict(parse_qsl(signed())), name: value})


def test_a_launch_says_who_and_when():
    assert launched(signed()) == Launch(7, NOW)


@pytest.mark.parametrize(
    "init_data",
    [
        "",
        "no query",
        "hash=",
        "user=%FF&hash=00",
        "\ud800",
        urlencode({"auth_date": int(NOW.timestamp()), "user": '{"id":7}'}),
        signed(token=OTHER_TOKEN),
        changed("hash", "0" * 64),
        changed("hash", "é"),
        changed("hash", dict(parse_qsl(signed()))["hash"].upper()),
        changed("user", '{"id":8}'),
        changed("auth_date", str(int(NOW.timestamp()) + 1)),
        changed("extra", "x"),
        signed() + "&hash=" + dict(parse_qsl(signed()))["hash"],
        "user=%7B%22id%22%3A8%7D&" + signed(),
        signed(note="\ufffd").replace("%EF%BF%BD", "%FF"),  # two spellings of one letter
        signed(start_param="x" * 5000),
        signed(start_param="a\nuser=b"),
        signed(**{"a=b": "c"}),
        signed(**{f"f{number}": "x" for number in range(40)}),
        signed(user={"id": 7, "is_bot": True}),
        signed(user={"id": 0}),
        signed(user={"id": "7"}),
        signed(user={"id": 2**53}),
        signed(user=[]),
        signed(user_id="7", user={}),
        signed(auth_date="now"),
        signed(auth_date="-1"),
        signed(auth_date="١٢٣"),
        signed(auth_date="9" * 400),
    ],
)
def test_whatever_telegram_did_not_sign_so_for_this_bot_opens_nothing(init_data):
    assert launched(init_data) is None


@pytest.mark.parametrize(
    ("age", "opens"),
    [
        (timedelta(hours=12), True),
        (timedelta(hours=12, seconds=1), False),
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, seconds=-1), False),
        (timedelta(days=-1), False),
    ],
)
def test_a_launch_opens_for_twelve_hours_and_none_of_tomorrow(age, opens):
    assert (launched(signed(at_utc=NOW - age)) is not None) is opens


def test_a_launch_without_person_or_time_opens_nothing():
    for fields in ({"auth_date": str(int(NOW.timestamp()))}, {"user": '{"id":7}'}):
        assert launched(urlencode({**fields, "hash": signature(TOKEN, fields)})) is None


def test_signatures_are_compared_in_constant_time_only():
    tree = ast.parse(Path(door.__file__).read_text(encoding="utf-8"))
    compared = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Compare)]

    assert [each for each in compared if "hash" in each or "sent" in each or "digest" in each] == []
    assert sum(isinstance(node, ast.Attribute) and node.attr == "compare_digest" for node in ast.walk(tree)) == 1
