"""deploy.yml types what the page says, ci.yml runs what .ci/run runs, with as few rights as can be.

GitHub itself has never run them.
"""

import re
import subprocess
from fnmatch import fnmatch

import pytest
import yaml

from infra.templates import read
from tests.infra.test_operations_page import PAGE, ROOT, typed

WORKFLOWS = ROOT / ".github" / "workflows"
JOBS = yaml.safe_load((WORKFLOWS / "deploy.yml").read_text(encoding="utf-8"))["jobs"]
DEPLOYING = {name: job for name, job in JOBS.items() if name != "gate"}
ROLE = read(ROOT / "infra" / "deploy-role.yaml")["Resources"]
RELEASE = ["sam build", "python -m infra.release", "sam deploy"]
GATE = ROOT / ".ci" / "run"
LINT = ROOT / ".venv-lint" / "bin"
with_linters = pytest.mark.skipif(not (LINT / "actionlint").exists(), reason="no linters here (make setup-lint)")


def lines(job):
    """What a job has its shell run."""
    return [line for step in job["steps"] for line in step.get("run", "").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("job", DEPLOYING)
def test_every_line_of_the_workflow_stands_on_the_page(job):
    on_the_page = {*typed(PAGE), "make setup"}  # the whole first line is what a person needs

    assert lines(DEPLOYING[job])
    assert set(lines(DEPLOYING[job])) <= on_the_page


def test_dev_follows_the_gate_and_prod_follows_dev_and_somebodys_approval():
    assert JOBS["gate"]["uses"] == "./.github/workflows/ci.yml"
    assert (JOBS["dev"]["needs"], JOBS["prod"]["needs"], JOBS["prod"]["environment"]) == ("gate", "dev", "prod")
    for job in ("dev", "prod"):
        assert lines(JOBS[job])[-1] == 'make smoke STACK="$STACK"'
        assert JOBS[job]["env"] == {"SETTING": job, "STAGE": job, "STACK": f"burnout-{job}"}


def test_deployment_has_a_bounded_time_no_twin_and_no_other_right_than_a_login():
    for job in DEPLOYING.values():
        assert job["permissions"] == {"contents": "read", "id-token": "write"}
        assert job["timeout-minutes"] <= 90
        assert job["concurrency"] == f"deploy-{job['env']['STAGE']}"
        pins = [step["uses"] for step in job["steps"] if "uses" in step]
        assert all(re.fullmatch(r"(?:actions|aws-actions)/[a-z-]+@[0-9a-f]{40}", pin) for pin in pins)


def test_nothing_is_built_while_there_are_credentials():
    for job in ("dev", "prod"):
        steps = JOBS[job]["steps"]
        login = next(number for number, step in enumerate(steps) if "configure-aws-credentials" in step.get("uses", ""))
        built = next(number for number, step in enumerate(steps) if "sam build" in step.get("run", ""))
        assert built < login


@pytest.mark.parametrize("failing", [None, "sam deploy"])
@pytest.mark.parametrize("job", ["dev", "prod"])
def test_lines_run_in_order_and_none_after_one_that_fails(job, failing, tmp_path):
    """As a runner does: a shell for each step, with the job's variables, and programs that only note their call."""
    for program in ("make", "sam", "python", "aws"):
        stub = tmp_path / program
        fails = f'case "{program} $1" in "{failing}") exit 1 ;; esac'
        stub.write_text(f'#!/bin/sh\necho "{program} $*" >>{tmp_path}/calls\n{fails}\n', encoding="utf-8")
        stub.chmod(0o755)
    variables = {"PATH": f"{tmp_path}:/bin:/usr/bin", "CONTACT": "@operator", "ALARM_EMAIL": "a@b.example"}
    status = 0
    for step in JOBS[job]["steps"]:
        if "run" in step and not status:
            shell = ["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", step["run"]]
            status = subprocess.run(shell, cwd=tmp_path, env=variables | JOBS[job]["env"], check=False).returncode

    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert status == (1 if failing else 0)
    assert calls[-1].startswith(failing or "make smoke")
    assert [call.split(" --")[0] for call in calls if "--config-env" in call][:3] == RELEASE


def test_aws_gives_devs_role_to_main_only_and_prods_to_what_was_approved():
    (statement,) = ROLE["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    token = statement["Condition"]["StringEquals"]

    assert token["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    assert token["token.actions.githubusercontent.com:sub"] == {
        "Fn::If": [
            "Prod",
            {"Fn::Sub": "repo:${Repository}:environment:prod"},
            {"Fn::Sub": "repo:${Repository}:ref:refs/heads/main"},
        ]
    }


def actions(policy):
    """Every action that a policy allows."""
    statements = ROLE[policy]["Properties"]["PolicyDocument"]["Statement"]
    given = [each["Action"] for each in statements]
    return {action for each in given for action in ([each] if isinstance(each, str) else each)}


def test_prod_may_not_delete_what_is_kept():
    kept = {
        "s3:DeleteBucket", "s3:DeleteObject", "elasticfilesystem:DeleteFileSystem", "backup:DeleteRecoveryPoint",
        "backup:DeleteBackupVault", "kms:ScheduleKeyDeletion", "ecr:DeleteRepository", "ecr:BatchDeleteImage",
    }  # fmt: skip
    prods = actions("Deploys") | actions("Network")

    assert actions("TakesDown") == kept
    assert ROLE["TakesDown"]["Condition"] == "NotProd"
    # smoke's own photo is the exception, below a prefix of its own
    assert {each for each in kept for given in prods if fnmatch(each, given)} == {"s3:DeleteObject"}


def test_role_knows_every_service_of_the_template(resources):
    services = {each["Type"].split("::")[1].lower() for each in resources.values()}
    called = {"efs": "elasticfilesystem", "serverless": "lambda", "budgets": "budgets"}

    granted = {action.split(":")[0] for action in actions("Deploys") | actions("Network")}
    assert {called.get(service, service) for service in services} <= granted


@pytest.mark.parametrize("policy", ["Deploys", "Network", "TakesDown"])
def test_policy_is_as_short_as_aws_takes_it(policy):
    written = re.sub(r"\s", "", str(ROLE[policy]["Properties"]["PolicyDocument"])).replace("{'Fn::Sub':", "")
    for name, value in {"Stage": "a" * 20, "AWS::AccountId": "1" * 12, "AWS::Region": "eu-central-1"}.items():
        written = written.replace(f"${{{name}}}", value)

    assert len(written) < 6144


@with_linters
def test_github_takes_the_workflows():
    done = subprocess.run([LINT / "actionlint"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout == ""
    assert done.returncode == 0


@with_linters
def test_role_is_what_cloudformation_takes_and_every_finding_has_a_reason():
    template = ROOT / "infra" / "deploy-role.yaml"
    for command in (
        ["cfn-lint", "--regions", "eu-west-1", "--", template],
        ["checkov", "--file", template, "--framework", "cloudformation", "--compact", "--quiet", "--skip-download"],
    ):
        line = [LINT / command[0], *command[1:]]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout


def test_workflow_runs_the_gate_with_read_rights_only():
    workflow = yaml.safe_load((WORKFLOWS / "ci.yml").read_text(encoding="utf-8"))

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
