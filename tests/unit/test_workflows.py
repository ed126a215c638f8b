"""The hosted gate runs what .ci/run runs, with as few rights as it can."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_there_is_a_workflow():
    assert [path.name for path in WORKFLOWS] == ["ci.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_runs_the_gate_with_read_rights_only(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))

    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {"run": ".ci/run"} in steps
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_make_target_of_a_workflow_and_the_gate_exists(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = "".join(file.read_text(encoding="utf-8") for file in (path, ROOT / ".ci" / "run"))

    assert set(re.findall(r"\bmake ([a-z][a-z-]+)", named)) <= targets


def test_gate_is_executable_and_bounds_what_may_hang():
    gate = ROOT / ".ci" / "run"
    bounded = re.findall(r"timeout --kill-after=\d+ (\d+) make (\w+)", gate.read_text(encoding="utf-8"))

    assert gate.stat().st_mode & 0o111
    assert {name for _, name in bounded} == {"build", "stack"}
    assert sum(int(limit_s) for limit_s, _ in bounded) <= 20 * 60
