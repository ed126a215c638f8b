"""`python -m selfhost` as somebody starts it: what the system shows of it, and how it ends."""

import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.integration.local.aws.processes import descendants, eventually, running
from tests.integration.selfhost.conftest import ROOT, WAIT_S, agreed, ran

REFUSED, INTERRUPTED, KILLED = 3, 130, -9
SELFIE = (ROOT / "tests" / "photos" / "selfie.jpg").read_bytes()
STAGES = ("begin", "download", "put", "infer", "record", "reply")
MOST_BYTES = 300 << 20  # of all its processes, each at its largest


def processes(pid):
    return [psutil.Process(each) for each in (pid, *descendants(pid))]


def most_bytes(process):
    """The most memory that the process has had, what it shares with others counted whole."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10


def lines_until(process, words):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError("".join(lines))


@pytest.mark.skipif(os.geteuid() != 0, reason="what it shows of itself is closed to its own user: only root looks")
def test_no_port_no_token_and_every_file_its_owners(start, telegram, tmp_path):
    before = os.umask(0)
    process = start()
    os.umask(before)
    person = agreed(telegram)
    person.send_photo(SELFIE)
    assert person.wait_for_answer(WAIT_S).labels
    person.send_text("/export")
    eventually(lambda: "sendDocument" in [call.method for call in telegram.calls])
    person.send_text("/report")
    person.wait_for_answer(WAIT_S)

    whole = processes(process.pid)
    secret = telegram.token.partition(":")[2].encode()
    ports = [each for one in whole for each in one.net_connections() if each.status != psutil.CONN_ESTABLISHED]
    shown = [Path(f"/proc/{one.pid}/{what}") for one in whole for what in ("cmdline", "environ")]
    files = [each for each in (tmp_path / "data").rglob("*") if each.is_file()]

    assert len(whole) == 3  # itself, what reads photos, and its spare
    assert ports == []
    assert [path for path in [*shown, *files] if secret in path.read_bytes()] == []
    assert [path for path in (tmp_path / "data").rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert sum(map(most_bytes, whole)) < MOST_BYTES
    assert telegram.violations == []


def test_nothing_of_aws_and_of_the_imitation_is_loaded():
    modules = "__main__", "bot", "clock", "folder", "infer", "polling"
    show = f"import sys; from selfhost import {', '.join(modules)}; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", show], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert set(loaded.split()) & {"boto3", "moto", "werkzeug", "aiogram", "cv2", "onnxruntime", "http.server"} == set()


def test_it_ends_on_sigterm_confirms_what_it_answered_and_leaves_no_process(start, telegram):
    process = start()
    said = lines_until(process, "Open the bot")
    person = telegram.person(language_code="ru")
    person.send_text("/developer_info")
    assert "@anna" in person.wait_for_answer(WAIT_S).text
    children = descendants(process.pid)

    process.send_signal(signal.SIGTERM)

    assert process.wait(WAIT_S) == INTERRUPTED
    assert telegram.webhook_info()["pending_update_count"] == 0
    assert said[0].startswith("data  ")
    assert "polling for @burnout_local_bot" in "".join(said)
    eventually(lambda: not running(children))


def test_kill_9_after_any_stage_loses_nothing_and_doubles_nothing(start, telegram, tmp_path):
    """Each process dies of what the one before it left; the last one lives."""
    first = start()
    people = [agreed(telegram) for _ in STAGES]
    first.send_signal(signal.SIGTERM)
    first.wait(WAIT_S)
    children = set()
    for person, stage in zip(people, STAGES, strict=True):
        dying = start(program=("-m", "tests.integration.selfhost.dying", stage))
        lines_until(dying, "Open the bot")
        children |= descendants(dying.pid)
        person.send_photo(SELFIE)
        assert dying.wait(WAIT_S) == KILLED
    start()

    for person in people:
        answers = {person.wait_for_answer(WAIT_S).text}
        eventually(lambda: telegram.webhook_info()["pending_update_count"] == 0, WAIT_S)
        assert len(answers | {message.text for message in person.read_all()}) == 1
    assert kept(tmp_path / "data" / "store") == [1] * len(people)
    assert list((tmp_path / "data" / "objects").iterdir()) == []
    assert not running(children)


def kept(store):
    """How many check-ins there are of each person."""
    found = []
    for shard in store.glob("??.sqlite"):
        with closing(sqlite3.connect(shard)) as connection:
            found += connection.execute("SELECT count(*) FROM check_ins GROUP BY user_id").fetchall()
    return [number for (number,) in found]


def test_a_second_one_in_the_folder_ends_with_a_sentence(start):
    first = start()
    lines_until(first, "data  ")

    second = start()

    assert f"(process {first.pid}): stop it, or take another folder" in second.stdout.read()
    assert second.wait(WAIT_S) == REFUSED


@pytest.mark.parametrize(
    ("token", "sentence"),
    [("7000000001:wrong-token-that-is-no-bots-at-all-0", "Telegram does not accept this token"),
     ("123456:your-token", "TELEGRAM_BOT_TOKEN has no token of @BotFather's"), ("", "TELEGRAM_BOT_TOKEN is empty")],
)  # fmt: skip
def test_a_token_that_cannot_be_used_ends_it_with_a_sentence(start, token, sentence):
    process = start(TELEGRAM_BOT_TOKEN=token)

    said = process.stdout.read()

    assert process.wait(WAIT_S) == REFUSED
    assert f"selfhost: {sentence}" in said
    assert token not in said or not token
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("option", "command"),
    [("--contact", "chat"), ("--token-file", "chat"), ("--telegram-url", "chat"), ("--contact", "backup copy")],
)
def test_an_option_that_a_command_would_ignore_is_refused(tmp_path, option, command):
    ended = ran("--data", tmp_path / "data", option, "@anna", *command.split())

    assert (ended.returncode, ended.stdout) == (REFUSED, "")
    assert ended.stderr.startswith(f"selfhost: {option} is for the bot in Telegram")
    assert not (tmp_path / "data").exists()


# The command in a process whose loggers all speak, as they do when somebody debugs.
LOUD = """
import sys
from tests.integration.secrets.search import loud
import selfhost.polling
from selfhost.__main__ import main
loud(sys.stderr)
sys.exit(main(sys.argv[1:]))
"""


def test_unreachable_telegram_is_said_without_the_token_however_loud_the_loggers_are(start, tmp_path):
    token = "7000000001:AAGreatSecretTokenThatNobodyMayEverSee"
    process = start("--telegram-url", "http://127.0.0.1:9", program=("-c", LOUD), TELEGRAM_BOT_TOKEN=token)

    said = "".join(lines_until(process, "next attempt in"))
    process.send_signal(signal.SIGTERM)
    said += process.stdout.read() + (tmp_path / "data" / "log.jsonl").read_text()

    assert "Telegram cannot be reached (getMe: ConnectionError)" in said
    assert re.search(r"WARNING urllib3\.\w+ Retrying", said)
    assert token.partition(":")[2] not in said
