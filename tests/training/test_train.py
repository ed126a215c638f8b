"""A run is repeatable, survives being stopped, and refuses what it does not know."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from tests.training.tiny import STILL
from training import checkpoint, processor, provenance, train
from training.checkpoint import CheckpointError
from training.data import Usage
from training.knobs import Knobs
from training.optimisation import rate_share, two_head_loss

TINY = Knobs(width=4, stem_stride=2, batch_size=8, epochs=3, warmup_epochs=1.0, threads=1)
ONE_EPOCH = dataclasses.replace(TINY, epochs=1, warmup_epochs=0.5)
OPTIONS = [f"--{name.replace('_', '-')}={value}" for name, value in vars(ONE_EPOCH).items()]


def run_of(faces, knobs):
    return train.Run(faces.part(Usage.TRAINING), faces.part(Usage.PUBLIC_TEST), knobs)


def test_same_seed_gives_the_same_first_epoch_and_another_gives_another(faces):
    other = dataclasses.replace(TINY, seed=2)

    first, second, third = (run_of(faces, knobs).train_epoch() for knobs in (TINY, TINY, other))

    assert first["train_loss"] == second["train_loss"] != third["train_loss"]
    assert first["public_test_loss"] == second["public_test_loss"]


def test_resumed_run_equals_an_uninterrupted_one(faces, tmp_path):
    straight = run_of(faces, TINY)
    for _ in range(3):
        expected = straight.train_epoch()

    stopped = run_of(faces, TINY)
    stopped.train_epoch()
    checkpoint.save(stopped.state(stopped.train_epoch()), tmp_path / "last.pt")
    resumed = run_of(faces, TINY)
    resumed.restore(checkpoint.load(tmp_path / "last.pt"))
    metrics = resumed.train_epoch()

    assert metrics["epoch"] == 3
    assert metrics["train_loss"] == expected["train_loss"]
    assert metrics["total_cpu_s"] > metrics["cpu_s"]
    for name, weights in straight.ema.module.state_dict().items():
        assert torch.equal(weights, resumed.ema.module.state_dict()[name]), name


def test_first_share_of_the_epochs_sees_small_faces(faces):
    run = run_of(faces, dataclasses.replace(TINY, small_side_px=24, small_share=0.5))

    sides = [run.train_epoch()["side_px"] for _ in range(3)]

    assert sides == [24, 24, 48]  # two epochs begin before the middle of three


def test_run_resumed_with_fewer_epochs_goes_on_with_the_shorter_runs_rate(faces, tmp_path):
    begun = run_of(faces, dataclasses.replace(TINY, epochs=9))
    begun.train_epoch()
    checkpoint.save(begun.state(begun.train_epoch()), tmp_path / "last.pt")
    shorter = run_of(faces, dataclasses.replace(TINY, epochs=3))

    shorter.restore(checkpoint.load(tmp_path / "last.pt"))

    assert shorter.scheduler.get_last_lr()[0] == pytest.approx(0.05 * rate_share(2 / 3, 1 / 3))
    assert begun.scheduler.get_last_lr()[0] == pytest.approx(0.05 * rate_share(2 / 9, 1 / 9))
    assert shorter.train_epoch()["epoch"] == 3


def test_rate_follows_a_number_of_epochs_that_is_lowered_in_a_run(faces):
    run = run_of(faces, dataclasses.replace(TINY, epochs=9, warmup_epochs=0.5))
    run.knobs = dataclasses.replace(run.knobs, epochs=2)

    run.train_epoch()

    assert run.scheduler.get_last_lr()[0] == pytest.approx(0.05 * rate_share(1 / 2, 1 / 4))


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"lr_max": 0.2}, "the checkpoint's knobs differ"),
        ({"epochs": 1}, "1 epochs: the checkpoint has 2 of 3 behind it"),
        ({"epochs": 10}, "10 epochs: the checkpoint has 2 of 3 behind it"),
    ],
)
def test_resume_with_other_knobs_or_an_impossible_number_of_epochs_is_refused(faces, tmp_path, other, reason):
    run = run_of(faces, TINY)
    run.train_epoch()
    checkpoint.save(run.state(run.train_epoch()), tmp_path / "last.pt")

    with pytest.raises(CheckpointError, match=f"^{reason}"):
        run_of(faces, dataclasses.replace(TINY, **other)).restore(checkpoint.load(tmp_path / "last.pt"))


def test_each_head_is_measured_by_its_own_labels(faces):
    """With the votes of all test faces moved to anger, and one face without an emotion."""
    votes = np.zeros_like(faces.votes)
    votes[:, 0] = 10
    votes[-1] = [0] * 9 + [10]
    run = run_of(dataclasses.replace(faces, votes=votes), dataclasses.replace(TINY, fer_share=0.75))
    run.ema.module.heads.weight.data.zero_()
    run.ema.module.heads.bias.data.copy_(torch.tensor([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]))

    tested = run._test()

    assert tested["public_test_accuracy"] == sum(run.test.labels == 3) / 8
    assert tested["public_test_ferplus_accuracy"] == 1.0
    assert (tested["public_test_n"], tested["public_test_ferplus_n"]) == (8, 7)
    assert tested["public_test_mean_accuracy"] == 0.75 * tested["public_test_accuracy"] + 0.25


@pytest.mark.parametrize("knob", ["stem_stride", "another"])
def test_load_of_a_run_with_other_knobs_names_the_first(faces, tmp_path, knob):
    """The weights fit either stride of the stem, so a default for it would give wrong answers in silence."""
    checkpoint.save(run_of(faces, TINY).state({}), tmp_path / "best.pt")
    other = torch.load(tmp_path / "best.pt", weights_only=True)
    if other["knobs"].pop(knob, None) is None:
        other["knobs"][knob] = 1
    torch.save(other, tmp_path / "best.pt")

    with pytest.raises(CheckpointError, match=f"another version of this code, which differs in the knob {knob}$"):
        checkpoint.load(tmp_path / "best.pt")


def test_load_of_another_network_names_the_first_weight_that_differs(faces, tmp_path):
    run = run_of(faces, TINY)
    checkpoint.save(run.state({}), tmp_path / "best.pt")
    other = torch.load(tmp_path / "best.pt", weights_only=True)
    other["knobs"]["width"] = 8
    torch.save(other, tmp_path / "best.pt")

    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(tmp_path / "best.pt")

    assert str(caught.value).endswith(
        "best.pt: another network than ResNet-18 of width 8 with two heads: "
        "heads.weight is (14, 32) instead of (14, 64)"
    )


def test_mixed_batch_is_learnt_as_both_faces_labels(faces, monkeypatch):
    """With a batch that is mixed one to three with itself reversed, the loss is that of the mixed faces."""
    run = run_of(faces, dataclasses.replace(STILL, width=4, stem_stride=2, mixup_alpha=0.2, threads=1))
    x_nchw, labels = torch.randn(4, 1, 48, 48), torch.tensor([0, 1, 2, 3])
    shares = torch.eye(7)[labels]
    others = torch.tensor([3, 2, 1, 0])
    monkeypatch.setattr(train, "mixing", lambda *_: (0.25, others))
    run.autocast = False
    run.net.train()
    logits = run.net(0.25 * x_nchw + 0.75 * x_nchw[others])
    expected = sum(
        share * two_head_loss(logits, labels[order], shares[order], run.knobs).item()
        for share, order in ((0.25, torch.arange(4)), (0.75, others))
    )

    assert run._step(x_nchw, labels, shares) == pytest.approx(expected, abs=1e-5)


def test_weight_decay_spares_batch_norm_and_biases(faces):
    decayed, free = run_of(faces, TINY).optimizer.param_groups

    assert {p.ndim for p in decayed["params"]} == {2, 4}
    assert {p.ndim for p in free["params"]} == {1}
    assert (decayed["weight_decay"], free["weight_decay"]) == (5e-4, 0.0)


@pytest.mark.parametrize(
    ("flags", "pays"), [("avx2 avx512_vnni", False), ("sse avx512_bf16", True), ("sse amx_bf16", True)]
)
def test_bf16_is_off_on_a_cpu_that_does_not_multiply_it_and_on_for_cuda(monkeypatch, tmp_path, flags, pays):
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")

    assert not train.bf16_is_faster(torch.device("cpu"))  # no such file: not Linux
    (tmp_path / "cpuinfo").write_text(f"flags\t\t: {flags}\n")
    assert train.bf16_is_faster(torch.device("cpu")) is pays
    assert train.bf16_is_faster(torch.device("cuda"))


def test_run_begins_with_the_weights_that_a_release_came_from(faces, checkpoint_path, tmp_path):
    saved = checkpoint.load(checkpoint_path)
    checkpoint.save_weights(saved, tmp_path / "tiny.pt")
    run = run_of(faces, dataclasses.replace(saved.knobs, start_from=str(tmp_path / "tiny.pt")))

    run.begin()

    kept = saved.rounded().ema
    assert all(torch.equal(weight, kept[name]) for name, weight in run.net.state_dict().items())
    assert not all(torch.equal(weight, saved.ema[name]) for name, weight in kept.items()), "float16 rounds something"


@pytest.mark.parametrize("content", [None, b"", b"onnx?", b"\x80\x02."], ids=["none", "empty", "other", "pickle"])
def test_file_that_holds_no_weights_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "mvp.onnx"
    if content is not None:
        path.write_bytes(content)

    reason = "No such file" if content is None else "not a run's checkpoint, nor a release's weights: ."
    with pytest.raises(CheckpointError, match=f"mvp.onnx: .*{reason}") as said:
        checkpoint.load_weights(path)
    assert "\n" not in str(said.value)


def test_a_releases_weights_are_not_resumed(checkpoint_path, tmp_path):
    checkpoint.save_weights(checkpoint.load(checkpoint_path), tmp_path / "tiny.pt")

    with pytest.raises(CheckpointError, match=r"tiny\.pt: the weights of a release, which a run can begin with"):
        checkpoint.load(tmp_path / "tiny.pt")


def test_command_line_writes_checkpoints_and_one_line_an_epoch(folder, tmp_path, capsys):
    out = tmp_path / "run"

    train.main(["--data", str(folder), "--out", str(out), *OPTIONS])

    (line,) = (out / "metrics.jsonl").read_text().splitlines()
    assert json.loads(line)["public_test_n"] == 8
    assert checkpoint.load(out / "last.pt").knobs == ONE_EPOCH
    assert not list(out.glob("*.partial"))
    assert capsys.readouterr().out.startswith("0 Training faces removed")


def test_run_without_a_working_wandb_trains_all_its_epochs(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "wandb", None)

    train.main(["--data", str(folder), "--out", str(tmp_path), *OPTIONS])

    assert checkpoint.load(tmp_path / "last.pt").epoch == 1
    train.main(["--data", str(folder), "--out", str(tmp_path), *OPTIONS, "--resume"])
    assert capsys.readouterr().out.count("the run goes on untracked") == 2  # one line a start


def test_tracked_configuration_names_no_folder():
    config = train._config(Knobs(start_from="/home/somebody/mvp.onnx"), {"fer2013.csv": "ab"})

    assert config["start_from"] == "mvp.onnx"
    assert (config["data_sha256"], config["seed"]) == ({"fer2013.csv": "ab"}, 1)


def test_command_line_does_not_overwrite_a_run(folder, tmp_path, capsys):
    (tmp_path / "last.pt").touch()

    with pytest.raises(SystemExit):
        train.main(["--data", str(folder), "--out", str(tmp_path), *OPTIONS])

    assert "continue it with --resume or choose another folder" in capsys.readouterr().err


def test_commit_is_a_hash_or_says_uncommitted(monkeypatch):
    assert provenance.commit() == "uncommitted" or len(provenance.commit().removesuffix("-dirty")) == 40

    def no_git(*_args, **_options):
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", no_git)
    assert provenance.commit() == "uncommitted"
