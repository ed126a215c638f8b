"""A run's figures are in Weights & Biases, nothing else is, and what fails there costs the run one line."""

import getpass
import json
import shutil
import socket
import struct
import sys
from pathlib import Path

import pytest
import wandb
from wandb.proto.wandb_internal_pb2 import Record
from wandb.sdk.lib import wbauth

from functions.infer.contract import read_contract
from training import publish, tracking
from training.tracking import ID_FILE, Tracker

ROOT = Path(__file__).parents[2]
CONFIG = {"seed": 3, "data_sha256": {"fer2013.csv": "ab" * 32}, "machine": "a processor, 2 CPUs"}
KEY = "0123456789abcdef" * 2 + "01234567"
BLOCK = 32768  # bytes; LevelDB's log format, behind seven bytes of wandb's own


@pytest.fixture(autouse=True)
def nobody_logged_in(monkeypatch, tmp_path):
    """A home folder without a login, and a wandb that has not read its environment yet."""
    for name in ("WANDB_MODE", "WANDB_API_KEY", "WANDB_IDENTITY_TOKEN_FILE", "WANDB_BASE_URL", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    monkeypatch.setenv("WANDB_CACHE_DIR", str(tmp_path / "cache"))
    forget()
    yield
    forget()


def forget():
    wandb.teardown()
    wbauth.unauthenticate_session(update_settings=False)


def records(folder: Path) -> list[Record]:
    """What the only offline run in the folder would send."""
    (path,) = (folder / "wandb").glob("offline-run-*/run-*.wandb")
    data, at, whole, found = path.read_bytes(), 7, b"", []
    while at < len(data):
        if BLOCK - at % BLOCK < 7:
            at += BLOCK - at % BLOCK
        _, length, kind = struct.unpack_from("<IHB", data, at)
        whole += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in {1, 4}:  # whole, or the last part
            found.append(Record.FromString(whole))
            whole = b""
    return found


def history(folder):
    rows = [record.history for record in records(folder) if record.HasField("history")]
    return {
        row.step.num: {".".join(item.nested_key) or item.key: json.loads(item.value_json) for item in row.item}
        for row in rows
    }


def run_of(folder):
    return next(record.run for record in records(folder) if record.HasField("run"))


def tracked(folder, epochs=3, *, resume=False):
    tracker = Tracker(folder, CONFIG, resume=resume)
    for epoch in range(1, epochs + 1):
        tracker.log({"epoch": epoch, "train_loss": 1 / epoch, "bf16": True, "machine": "of the config already"})
    tracker.finish()
    wandb.teardown()  # as at the end of a process; before, the file may not be whole


def test_offline_run_holds_every_epochs_figures_at_its_epoch(tmp_path):
    tracked(tmp_path)

    rows = history(tmp_path)
    assert list(rows) == [1, 2, 3]
    assert [row["train_loss"] for row in rows.values()] == [1, 0.5, pytest.approx(1 / 3)]
    assert {name for name in rows[1] if not name.startswith("_")} == {"epoch", "train_loss", "bf16"}
    config = {item.key: json.loads(item.value_json) for item in run_of(tmp_path).config.update}
    assert {name: config[name] for name in CONFIG} == CONFIG


def test_offline_run_names_no_host_person_or_path_and_has_no_files(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_NAME", "mine")  # names that people chose themselves

    tracked(tmp_path)

    (sent,) = (tmp_path / "wandb").glob("offline-run-*/run-*.wandb")
    for named in (str(tmp_path), str(Path.cwd()), sys.prefix, f"/{getpass.getuser()}"):
        assert named.encode() not in sent.read_bytes()
    run = run_of(tmp_path)
    assert (run.host, run.display_name, run.git.remote_url, run.git.commit) == ("", "mine", "", "")
    kinds = {record.WhichOneof("record_type") for record in records(tmp_path)}
    assert not kinds & {"environment", "files", "artifact", "output", "output_raw", "stats"}
    assert not [path for path in (sent.parent / "files").rglob("*") if path.is_file()]
    assert socket.gethostname() not in {run.host, *(item.value_json for item in run.config.update)}


def test_resumed_run_goes_on_under_its_id_and_a_new_one_gets_another(tmp_path):
    for number, resume in enumerate((False, True, False)):
        Tracker(tmp_path, CONFIG, resume=resume).finish()
        (tmp_path / f"{number}").write_text((tmp_path / ID_FILE).read_text())

    ids = [(tmp_path / f"{number}").read_text() for number in range(3)]
    assert ids[0] == ids[1] != ids[2]
    names = sorted(path.name for path in (tmp_path / "wandb").glob("offline-run-*"))
    assert [name.split("-")[3] for name in names].count(ids[0]) == 2  # a run on disk for each start


def test_resumed_run_has_the_epochs_that_a_killed_one_had_not_written_yet(tmp_path):
    log = tmp_path / "metrics.jsonl"
    log.write_text("".join(json.dumps({"epoch": epoch, "train_loss": 1 / epoch}) + "\n" for epoch in (1, 2)))

    tracker = Tracker(tmp_path, CONFIG, resume=True)
    tracker.catch_up(log)
    tracker.log({"epoch": 3, "train_loss": 0.25})
    tracker.finish()
    wandb.teardown()

    assert {epoch: row["train_loss"] for epoch, row in history(tmp_path).items()} == {1: 1, 2: 0.5, 3: 0.25}


@pytest.mark.parametrize(
    ("environment", "mode"),
    [
        ({}, "offline"),
        ({"WANDB_API_KEY": KEY}, "online"),
        ({"WANDB_API_KEY": KEY, "WANDB_MODE": "offline"}, "offline"),
        ({"WANDB_MODE": "online"}, "offline"),
        ({"WANDB_MODE": "disabled"}, "disabled"),
    ],
)
def test_only_a_login_that_wandb_mode_does_not_deny_is_online(environment, mode, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert tracking.mode() == mode


def test_published_model_is_an_artifact_with_its_contract_hash_and_figures(tmp_path):
    """Offline, where the artifact waits in the run's folder; somebody who is logged in sends it."""
    for path in (ROOT / "functions" / "infer" / "models").glob("mvp.*"):
        shutil.copy(path, tmp_path)
    contract = read_contract(tmp_path / "mvp.json")

    run = tracking.started(tmp_path, {}, job="publish")
    publish.log_model(run, tmp_path / "mvp.onnx")
    run.finish()
    wandb.teardown()

    (artifact,) = [found.artifact for found in records(tmp_path) if found.HasField("artifact")]
    assert (artifact.name, artifact.type) == ("mvp", "model")
    assert set(artifact.aliases) == {"latest", contract.version}  # in no order
    facts = json.loads(artifact.metadata)
    assert (facts["version"], facts["sha256"]) == (contract.version, contract.sha256)
    assert facts["metrics"]["part"] == "PublicTest"
    assert sorted(entry.path for entry in artifact.manifest.contents) == ["mvp.json", "mvp.onnx"]


def test_model_is_not_sent_where_nobody_is_logged_in(tmp_path):
    assert publish.publish_to_wandb(tmp_path / "mvp.onnx") == "Weights & Biases: nobody is logged in, so only S3 has it"


def test_server_that_does_not_answer_costs_one_line_and_no_more_than_its_time(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tracking, "INIT_TIMEOUT_S", 1)
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("WANDB_BASE_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")

        tracked(tmp_path)

    assert capsys.readouterr().out.count("the run goes on untracked\n") == 1
