"""`python -m local` as a person types it: what it prints, and with which exit status it ends."""

import json
import os
import re
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from burnout.texts import text
from local.__main__ import main
from local.photo import FACE
from tests.integration.local.aws.processes import ALL_IT_SAYS, descendants, eventually, running, started

ROOT = Path(__file__).parents[3]
ANSWERED, NOT_ANSWERED, WRONG_USE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130


def test_photo_prints_the_answer_and_its_buttons(capsys):
    status = main(["photo", str(FACE)])

    printed = capsys.readouterr().out
    assert status == ANSWERED
    assert text("answer_caution_rated", "en") in printed
    assert "[👍] [👎]" in printed


def test_photo_json_has_the_prediction_and_the_milliseconds(capsys):
    status = main(["photo", str(FACE), "--json"])

    passage = json.loads(capsys.readouterr().out)
    assert status == ANSWERED
    assert passage["prediction"]["faces"][0]["models"]["mvp"]["label"] in {"negative", "positive"}
    assert {"fetch", "decode", "detect", "classify"} <= passage["prediction"]["elapsed_ms"].keys()
    assert [each["function"] for each in passage["invocations"]] == ["store", "infer", "store", "webhook"]
    assert all(each["ms"] > 0 for each in passage["invocations"])
    assert passage["answer_ms"] >= passage["invocations"][-1]["ms"]


def test_photo_that_is_none_gets_a_sentence_and_status_1(capsys, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"I am not a photo")

    status = main(["photo", str(tmp_path / "photo.jpg")])

    assert status == NOT_ANSWERED
    assert "no picture that I can read" in capsys.readouterr().out


def test_demo_plays_to_its_end_twice_and_leaves_transcript_and_charts(capsys, tmp_path):
    folder = tmp_path / "demo"

    assert [main(["demo", "--out", str(folder)]) for _ in range(2)] == [ANSWERED] * 2

    transcript = (folder / "transcript.txt").read_text(encoding="utf-8")
    assert "Strain index" in transcript
    assert "Индекс " in transcript
    assert (folder / "report.jpg").is_file()
    weeks = (folder / "six_weeks.md").read_text(encoding="utf-8")
    assert weeks in transcript
    assert [len(list(folder.glob(f"six_weeks_*.{kind}"))) for kind in ("png", "pdf")] == [17, 3]
    week = (folder / "week_of_five.md").read_text(encoding="utf-8")
    assert week in transcript
    assert week.count(": 7 days observed, index ") == len(list(folder.glob("week_of_*.jpg"))) == 5
    assert "Leo presses [Mon, 16 Nov · –]" in (folder / "week_of_five.txt").read_text(encoding="utf-8")
    assert transcript in capsys.readouterr().out


def test_photo_missing_file_is_wrong_use(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["photo", "nowhere.jpg"])

    assert ended.value.code == WRONG_USE
    assert "no such file: nowhere.jpg" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["bench", "--photos", "0"], ["bench-report", "--people", "many"], ["nonsense"], []],
)
def test_wrong_arguments_are_wrong_use(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == WRONG_USE
    assert capsys.readouterr().err.startswith("usage: python -m local")


@pytest.mark.parametrize("command", [["--help"], ["photo", "--help"]])
def test_help_says_what_it_does(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main(command)

    assert ended.value.code == 0
    assert "photo" in capsys.readouterr().out


def test_data_folder_that_is_none_is_named_and_nothing_is_left(capsys, tmp_path):
    before = descendants(os.getpid())
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")

    status = main(["photo", str(FACE), "--data", str(tmp_path / "data")])

    assert status == FAILED
    assert capsys.readouterr().err == f"local: {tmp_path / 'data'} cannot be used: Not a directory\n"
    assert descendants(os.getpid()) <= before


def test_function_that_does_not_start_is_named_and_nothing_is_left(capsys, tmp_path):
    before = descendants(os.getpid())
    (tmp_path / "logs" / "store.log").mkdir(parents=True)  # a folder where the store's log should be

    status = main(["photo", str(FACE), "--data", str(tmp_path)])

    assert status == FAILED
    assert capsys.readouterr().err.startswith("local: store does not start: SandboxDiedError")
    eventually(lambda: descendants(os.getpid()) <= before)


def test_failed_start_shows_the_end_of_the_log_and_leaves_it_where_it_says(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("MPLBACKEND", "no-backend")  # a user's own mistake: report cannot import matplotlib
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    status = main(["photo", str(FACE)])

    said = capsys.readouterr().err
    assert status == FAILED
    assert said.startswith("local: report does not start: ")
    log = Path(re.search(r"see (\S+report\.log)", said).group(1))
    last = log.read_text(encoding="utf-8").splitlines()[-1]
    assert "no-backend" in last
    assert last in said.splitlines()[-1]


def test_ctrl_c_ends_everything_and_leaves_nothing(tmp_path):
    words = [sys.executable, "-m", "local", "photo", str(FACE), "--data", str(tmp_path)]
    with started() as start:
        process = start(words, cwd=ROOT, text=True, **ALL_IT_SAYS)
        eventually((tmp_path / "logs" / "store.log").exists)  # functions are under way
        children = descendants(process.pid)

        process.send_signal(signal.SIGINT)

        assert process.wait(60) == INTERRUPTED
    assert children
    assert not running(children)
