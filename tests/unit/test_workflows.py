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
    docker = re.findall(r"^.*\bmake (?:build|stack|rehearse)$", GATE.read_text(encoding="utf-8"), re.M)
    bounded = [re.match(r" *timeout --kill-after=\d+ (\d+) make \w+$", line) for line in docker]

    assert GATE.stat().st_mode & 0o111
    assert len(docker) >= 2
    assert all(bounded), docker
    assert sum(int(each[1]) for each in bounded) <= 30 * 60
