"""The hosted gate runs what .ci/run runs, with as few rights as it can."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PATH = ROOT / ".github" / "workflows" / "ci.yml"
GATE = ROOT / ".ci" / "run"


def test_workflow_runs_the_gate_with_read_rights_only():
    workflow = yaml.safe_load(PATH.read_text(encoding="utf-8"))

    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {"run": ".ci/run"} in steps
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)


def test_gate_is_executable_and_bounds_what_may_hang():
    bounded = re.findall(r"timeout --kill-after=\d+ (\d+) make (\w+)", GATE.read_text(encoding="utf-8"))

    assert GATE.stat().st_mode & 0o111
    assert {name for _, name in bounded} == {"build", "stack"}
    assert sum(int(limit_s) for limit_s, _ in bounded) <= 20 * 60
