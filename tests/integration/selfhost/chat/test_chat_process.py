"""`python -m selfhost chat` as somebody starts it: what it prints, opens and leaves, and whom it talks to."""

import os
import re
import signal
import stat
import sys
from pathlib import Path

import psutil
import pytest

from burnout.clock import now_utc
from selfhost import RefusedError, copies
from selfhost.chat.serving import serve
from selfhost.folder import Folder
from tests.integration.local.aws.processes import ALL_IT_SAYS, descendants, eventually, running, started, variables_with
from tests.integration.selfhost.chat.tab import Tab
from tests.integration.selfhost.conftest import ROOT, ran

SELFIE = (ROOT / "tests" / "photos" / "selfie.jpg").read_bytes()
INTERRUPTED = 130


@pytest.fixture
def run(tmp_path):
    """Starts the bot with a page, and gives the process and a tab that is let in."""
    with started() as start:

        def run(*arguments, **variables):
            where = ["--data", str(tmp_path / "data")]
            command = [sys.executable, "-m", "selfhost", "chat", *where, *arguments]
            process = start(command, cwd=ROOT, env=variables_with(**variables), text=True, **ALL_IT_SAYS)
            lines = []
            for line in process.stdout:
                lines.append(line)
                if found := re.match(r"open  (\S+)", line):
                    tab = Tab(found[1])
                    tab.enter()
                    return process, tab
            raise AssertionError("".join(lines))

        yield run


def test_nothing_goes_out_and_every_file_is_its_owners(run, tmp_path):
    before = os.umask(0)
    process, tab = run("--no-browser")
    os.umask(before)
    tab.agree()
    so_far = len(tab.bots())
    tab.ask("POST", "/chat/photo?name=me.jpg", SELFIE)
    tab.until(lambda tab: len(tab.bots()) > so_far)
    tab.says("/report")

    whole = [psutil.Process(each) for each in (process.pid, *descendants(process.pid))]
    sockets = [each for one in whole for each in one.net_connections("all")]
    port = int(tab.host.partition(":")[2])

    assert {each.laddr for each in sockets} == {("127.0.0.1", port)}
    assert [path for path in (tmp_path / "data").rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert tab.key not in " ".join(" ".join(one.cmdline()) for one in whole)


def test_to_forget_leaves_no_file_and_no_process(run, tmp_path):
    process, tab = run("--no-browser")
    (tmp_path / "data" / "mine.txt").write_text("not the bot's")
    tab.agree()
    children = descendants(process.pid)
    copies.back_up(Folder(tmp_path / "data"), tmp_path / "copy", now_utc())

    assert tab.post("/forget") == 200

    assert process.wait(30) == 0
    assert process.stdout.read().endswith(
        f"Everything is forgotten.\nA copy was made at {tmp_path / 'copy'}: delete it too.\n"
    )
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["mine.txt"]
    assert running(children) == set()
    assert any((tmp_path / "copy" / "objects").iterdir())  # the erasure has reached the copy


def test_the_folder_of_a_bot_in_telegram_is_not_taken(hosted):
    hosted.agree()

    with pytest.raises(RefusedError, match="is the folder of a bot in Telegram: take another with --data"):
        serve(hosted.folder, 0, opens=False)


@pytest.mark.parametrize("command", [["--data", "{here}", "chat"], ["chat", "--data", "{here}"]])
def test_a_folder_of_something_else_is_refused_with_nothing_written_there(tmp_path, command):
    (tmp_path / "letter").touch()

    ended = ran(*(word.format(here=tmp_path) for word in command))

    assert (ended.returncode, "is no bot's folder, and not empty" in ended.stderr) == (3, True)
    assert [each.name for each in tmp_path.iterdir()] == ["letter"]


def test_an_empty_folder_goes_too(run, tmp_path):
    process, tab = run("--no-browser")

    assert tab.post("/forget") == 200

    assert process.wait(30) == 0
    assert not (tmp_path / "data").exists()


def test_what_was_said_is_kept_over_a_restart_and_no_number_comes_again(run):
    process, tab = run("--no-browser")
    tab.agree()
    for _ in range(20):
        tab.says("4")
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == INTERRUPTED

    _, again = run("--no-browser")
    answer = again.says("4")

    assert answer["id"] > max(tab.messages)
    assert "rows" in answer


def test_the_browser_is_opened_by_a_file_of_the_owners(run, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nenv >{tmp_path}/variables\ncp -p "${{1#file://}}" {tmp_path}/opened\n')
    browser.chmod(0o700)

    process, tab = run(BROWSER=f"{browser} %s", TELEGRAM_BOT_TOKEN="123456:secret")

    eventually((tmp_path / "opened").exists)
    opened = tmp_path / "opened"
    assert stat.S_IMODE(opened.stat().st_mode) == 0o600
    assert "123456:secret" not in (tmp_path / "variables").read_text()
    assert f"0;url=http://{tab.host}/#key={tab.key}" in opened.read_text()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == INTERRUPTED
    assert not (Path(tmp_path) / "data" / "open.html").exists()


def test_without_a_browser_it_says_so(run):
    process, _ = run(BROWSER="/nowhere/browser %s", PATH="/nowhere")

    assert "open the address yourself" in "".join(process.stdout.readline() for _ in range(2))
