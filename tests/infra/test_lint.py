"""The template as CloudFormation and security rules see it. Each needs `make setup-lint`, and no account or network."""

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from infra.templates import TEMPLATE, read
from tests.infra.conftest import FUNCTIONS

ROOT = Path(__file__).parents[2]
PLAIN = sorted({*TEMPLATE.parent.glob("*.yaml")} - {TEMPLATE})  # stacks without a transform
TOOLS = ROOT / ".venv-lint" / "bin"
REGIONS = ("eu-west-1", "eu-central-1")
LIMIT_S = 300
SETTINGS = {
    "as it comes": (),
    "gradual store": ("GradualStore=true",),
    "at once, and infer warm": ("GradualDeployments=false", "GradualInfer=false", "InferProvisioned=1"),
    "lean": (
        "EfsThroughputMode=provisioned",
        "ZipArchitecture=arm64",
        "ReserveConcurrency=true",
        "Tracing=PassThrough",
    ),
}
CHANGES = (
    *("DatabaseFolder=/restored/sqlite", "BaselineShownPercent=25", "WebhookMemoryMb=256", "Tracing=PassThrough"),
    *("ZipArchitecture=arm64", "AlarmEmail=somebody@example.org"),
)
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
    assert tool("cfn-lint", "--regions", *REGIONS, "--", TEMPLATE, *PLAIN) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"python3.13"', '"python3.99"', "python3.99"),
        ('"Fn::Sub": "burnout-${Stage}-report:live"', '"Ref": "ReportFunctionAliaslive"', "Circular Dependencies"),
    ],
    ids=["no such runtime", "a circle"],
)
def test_a_mistake_that_only_the_transform_shows_is_found(expanded, tmp_path, right, wrong, said):
    """Linters of the short form pass it."""
    path = tmp_path / "wrong.json"
    path.write_text(expanded().read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")

    assert said in tool("cfn-lint", "--regions", *REGIONS, "--", path, check=False)


@pytest.fixture(scope="module")
def versions(expanded):
    """The ids of the functions' versions for a choice of parameters. Another id is another version."""

    @cache
    def ids(*values):
        made = json.loads(expanded(*values).read_text(encoding="utf-8"))["Resources"]
        return {name for name, each in made.items() if each["Type"] == "AWS::Lambda::Version"}

    return ids


@pytest.mark.parametrize("change", CHANGES)
def test_another_release_gives_every_function_a_new_version_and_nothing_else_does(versions, change):
    """So what is deployed under the last release's name reaches nobody."""
    assert versions(change) == versions()
    assert len(versions(change, "Release=second")) == len(FUNCTIONS)
    assert versions(change, "Release=second").isdisjoint(versions())


def test_a_releases_name_has_no_letter_that_sam_does_not_read(versions):
    name = re.compile(read()["Parameters"]["Release"]["AllowedPattern"])

    assert versions("Release=1796000000") != versions("Release=1796000001")
    assert name.fullmatch("1796000000")
    assert versions("Release=17960000000") == versions("Release=17960000001")
    assert not name.fullmatch("17960000000")


def test_gradual_deployments_go_back_by_themselves_and_can_be_switched_off(expanded):
    def deployment_groups(*values):
        made = json.loads(expanded(*values).read_text(encoding="utf-8"))["Resources"]
        return {name for name, each in made.items() if each["Type"] == "AWS::CodeDeploy::DeploymentGroup"}

    usual = {f"{name}FunctionDeploymentGroup" for name in ("Webhook", "Infer", "Report")}
    assert deployment_groups() == usual
    assert deployment_groups("GradualStore=true") == {*usual, "StoreFunctionDeploymentGroup"}
    assert deployment_groups("GradualDeployments=false", "GradualInfer=false") == set()


@pytest.fixture(scope="module")
def findings(expanded, tmp_path_factory):
    """What checkov finds when nothing is skipped: (resource, check), of the expanded template and the other stacks."""
    folder = tmp_path_factory.mktemp("unskipped")
    contents = {path.stem: read(path) for path in PLAIN}
    contents["template"] = json.loads(expanded().read_text(encoding="utf-8"))
    for name, content in contents.items():
        for each in content["Resources"].values():
            each.get("Metadata", {}).pop("checkov", None)
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
        for path in (TEMPLATE, *PLAIN)
        for name, each in read(path)["Resources"].items()
        for skip in each.get("Metadata", {}).get("checkov", {}).get("skip", ())
    }


def test_every_security_finding_is_skipped_with_a_reason_and_no_skip_is_needless(findings):
    assert findings == set(skips())


def test_every_skip_has_a_sentence():
    assert all(len(reason) > 25 for reason in skips().values())


@pytest.mark.parametrize("room", ["functions/infer", "selfhost"])
def test_the_dockerfile_has_no_security_finding(room):
    tool(
        *("checkov", "--file", ROOT / room / "Dockerfile", "--framework", "dockerfile"),
        *("--compact", "--quiet", "--skip-download"),
    )
