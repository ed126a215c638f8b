"""The template as CloudFormation and security rules see it. Each needs `make setup-lint`, and no account or network."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from infra.templates import REPOSITORY, TEMPLATE, read

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venv-lint" / "bin"
REGIONS = ("eu-west-1", "eu-central-1")
LIMIT_S = 300
SETTINGS = {
    "as it comes": (),
    "gradual store": ("GradualStore=true",),
    "at once": ("GradualDeployments=false", "ReserveConcurrency=false"),
    "lean": ("EfsThroughputMode=provisioned", "ZipArchitecture=arm64", "InferProvisioned=1", "Tracing=PassThrough"),
}
# W2001: the transform has used these parameters up. W1020: an Fn::Sub of the transform's own.
IGNORED = ("W2001", "W1020")

pytestmark = pytest.mark.skipif(not (TOOLS / "checkov").exists(), reason="no linters of infra here (make setup-lint)")


def tool(*command, check=True):
    """What the tool printed, run offline and without an account."""
    environment = {"PATH": os.defpath, "HOME": "/nonexistent", "AWS_DEFAULT_REGION": REGIONS[0]}
    line = [TOOLS / command[0], *command[1:]]
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def expanded(tmp_path_factory):
    """The expanded template's file for a choice of parameters."""
    folder = tmp_path_factory.mktemp("expanded")

    def make(*values):
        path = folder / f"{len(list(folder.iterdir()))}.json"
        path.write_text(tool("python", "-m", "infra.expand", *values), encoding="utf-8")
        return path

    return make


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_expanded_template_is_what_cloudformation_takes_in_both_regions(expanded, setting):
    path = expanded(*SETTINGS[setting])

    assert tool("cfn-lint", "--regions", *REGIONS, "--ignore-checks", *IGNORED, "--", path) == ""


def test_short_forms_are_clean_as_well():
    assert tool("cfn-lint", "--regions", *REGIONS, "--", TEMPLATE, REPOSITORY) == ""


def test_a_mistake_that_only_the_transform_shows_is_found(expanded, tmp_path):
    """A runtime that does not exist passes linters of the short form."""
    wrong = expanded().read_text(encoding="utf-8").replace('"python3.13"', '"python3.99"')
    path = tmp_path / "wrong.json"
    path.write_text(wrong, encoding="utf-8")

    assert "python3.99" in tool("cfn-lint", "--regions", *REGIONS, "--", path, check=False)


def test_gradual_deployments_go_back_by_themselves_and_can_be_switched_off(expanded):
    def deployment_groups(*values):
        made = json.loads(expanded(*values).read_text(encoding="utf-8"))["Resources"]
        return {name for name, each in made.items() if each["Type"] == "AWS::CodeDeploy::DeploymentGroup"}

    assert deployment_groups() == {"WebhookFunctionDeploymentGroup", "ReportFunctionDeploymentGroup"}
    assert len(deployment_groups("GradualStore=true")) == 3
    assert deployment_groups("GradualDeployments=false") == set()


@pytest.fixture(scope="module")
def findings(expanded, tmp_path_factory):
    """What checkov finds when nothing is skipped: (resource, check), of the expanded template and the repository's."""
    template = json.loads(expanded().read_text(encoding="utf-8"))
    repository = read(REPOSITORY)
    for each in (*template["Resources"].values(), *repository["Resources"].values()):
        each.get("Metadata", {}).pop("checkov", None)
    folder = tmp_path_factory.mktemp("unskipped")
    for name, content in (("template", template), ("repository", repository)):
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    said = tool(
        *("checkov", "--directory", folder, "--framework", "cloudformation", "--output", "json"),
        *("--compact", "--quiet", "--skip-download"),
        check=False,
    )
    results = json.loads(said)["results"]
    assert results["failed_checks"]  # else it did not run
    return {(each["resource"].split(".")[-1], each["check_id"]) for each in results["failed_checks"]}


def skips():
    """(resource, check) -> reason, as the templates say."""
    return {
        (name, skip["id"]): skip["comment"]
        for path in (TEMPLATE, REPOSITORY)
        for name, each in read(path)["Resources"].items()
        for skip in each.get("Metadata", {}).get("checkov", {}).get("skip", ())
    }


def test_every_security_finding_is_skipped_with_a_reason_and_no_skip_is_needless(findings):
    assert findings == set(skips())


def test_every_skip_has_a_sentence():
    assert all(len(reason) > 25 for reason in skips().values())


def test_the_dockerfile_has_no_security_finding():
    tool(
        *("checkov", "--file", ROOT / "functions/infer/Dockerfile", "--framework", "dockerfile"),
        *("--compact", "--quiet", "--skip-download"),
    )
