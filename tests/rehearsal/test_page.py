"""docs/operations.md, typed: a first deployment, further ones, and the way back, by its own lines and samconfig.toml.

Each step is one fixture on top of the one before, as releases are.
"""

import base64
import functools
import hashlib
import io
import json
import re
import zipfile

import boto3
import pytest
from moto.kms.models import kms_backends

from infra.stack import docker
from tests.rehearsal import resources
from tests.rehearsal.workplace import fences

FUNCTIONS = ("webhook", "infer", "store", "report", "app")
ZIPS = ("webhook", "store", "report", "app")
SAMS_OWN = "aws-sam-cli-managed-default"  # the bucket of what is deployed, for all stacks of an account
ANSWERS = ("@operator", "operator@example.org", "y")  # who answers for it, whom alarms reach, yes to the changes


@pytest.fixture(scope="module")
def first(workplace):
    """What every function serves after the page's section, from its first line on."""
    for each in fences("Deploy"):
        workplace.types(each, *ANSWERS)
    return served()


@pytest.fixture(scope="module")
def forgotten(workplace, first):
    """After another layer and another parameter are built and deployed, with nothing between the two commands."""
    (workplace.folder / "layers" / "common" / "another.txt").write_text("of the layer, not of the image\n")
    config = workplace.folder / "samconfig.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"Stage=prod",', '"Stage=prod", "BaselineShownPercent=25",'), encoding="utf-8")
    build, _, deploy = release()
    return workplace.types(f"{build}\n{deploy}", "y", status=2), served()


@pytest.fixture(scope="module")
def second(workplace, forgotten):
    """After the release that this became; the image is the same."""
    _, look, deploy = release()
    workplace.types(f"{look}\n{deploy}", "y")
    return served()


@pytest.fixture(scope="module")
def back(workplace, first, second):
    """After the way back that the page has, of each function."""
    (lines,) = fences("Back to the last release")
    for name in FUNCTIONS:
        of_it = lines.replace("-webhook", f"-{name}")
        workplace.types(re.sub(r"(?<=--function-version )\d+", first[name][0], of_it))
    return served()


@pytest.fixture(scope="module")
def restored(workplace, back):
    """After a release onto restored databases, and another one which does not name them; nothing is built anew."""
    _, look, deploy = release()
    workplace.types(f"{look} --database-folder /restored/sqlite\n{deploy}", "y")
    onto = served()
    workplace.types(f"{look}\n{deploy}", "y")
    return onto, served()


@pytest.fixture(scope="module")
def mixed(workplace, restored):
    """What is said of a release that brings a migration and other code."""
    migrations = workplace.folder / "functions" / "store" / "migrations"
    migrations.mkdir()
    (migrations / "0002_more.sql").write_text("SELECT 1;\n")
    (workplace.folder / "layers" / "common" / "burnout" / "more.py").write_text("")
    _, look, _ = release()
    return workplace.types(f"touch .aws-sam/build/template.yaml  # as if it were built\n{look}", status=3), served()


@pytest.fixture(scope="module")
def gone(workplace, mixed):
    """After the end that the page has, for a stage with people in it."""
    (lines,) = fences("Take it down, really")
    return workplace.types(f'export CONFIRM="$STACK"\n{lines}')


def release():
    """The three lines that never change: build, look, deploy."""
    (found,) = (each for each in fences("Deploy") if "sam build" in each)
    return found.splitlines()


def served():
    return {name: resources.live(f"burnout-prod-{name}") for name in FUNCTIONS}


def numbers(state):
    return {number for number, _ in state.values()}


def client(workplace, service):
    return boto3.Session("local", "local", region_name="eu-west-1").client(service, endpoint_url=workplace.aws_url)


def stack(workplace):
    return client(workplace, "cloudformation").describe_stacks(StackName="burnout-prod")["Stacks"][0]


def content(workplace, code):
    """A zip that CloudFormation was given, from its bucket."""
    key = {"Bucket": code["S3Bucket"], "Key": code["S3Key"]}
    return client(workplace, "s3").get_object(**key)["Body"].read()


def test_first_deployment_serves_what_was_built(workplace, first):
    assert stack(workplace)["StackStatus"] == "CREATE_COMPLETE"
    assert numbers(first) == {"1"}
    lambdas = client(workplace, "lambda")
    for name in ZIPS:
        code = content(workplace, first[name][1]["Code"])
        described = lambdas.get_function(FunctionName=f"burnout-prod-{name}", Qualifier="live")["Configuration"]
        assert described["CodeSha256"] == base64.b64encode(hashlib.sha256(code).digest()).decode()
        assert f"functions/{name}/app.py" in zipfile.ZipFile(io.BytesIO(code)).namelist()


def test_layer_has_its_packages(workplace, first):
    layer = resources.lambdas().layers_versions_by_arn(first["webhook"][1]["Layers"][0]).content

    assert "python/msgspec/__init__.py" in zipfile.ZipFile(io.BytesIO(content(workplace, layer))).namelist()


def test_image_is_the_one_that_was_built_and_pushed(first, pushes, no_docker):
    if no_docker:
        pytest.skip(no_docker)
    uri = first["infer"][1]["Code"]["ImageUri"]

    built = docker.image("inferfunction:latest")["Id"].removeprefix("sha256:")[:12]
    assert uri == f"{pushes.address}/burnout/prod/infer:inferfunction-{built}-latest"
    assert uri.partition("/")[2] in pushes.images


def test_people_can_write_to_the_bot(workplace, first, telegram):
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack(workplace)["Outputs"]}
    told = [call.params for call in telegram.calls if call.method == "setWebhook"]

    secret = json.loads(
        client(workplace, "secretsmanager").get_secret_value(SecretId="burnout/prod/telegram")["SecretString"]
    )
    assert secret["token"] == telegram.token
    assert [(each["url"], each["secret_token"]) for each in told] == [(outputs["WebhookUrl"], secret["webhook_secret"])]
    assert telegram.violations == []


def test_a_deployment_without_a_release_of_its_own_ends_before_it_begins(first, forgotten):
    said, state = forgotten

    assert "release.toml" in said
    assert state == first


def test_second_release_reaches_every_function(first, second):
    assert numbers(second) == {"2"}
    for name in ZIPS:
        assert second[name][1]["Layers"] != first[name][1]["Layers"]
        assert second[name][1]["Code"] == first[name][1]["Code"]
    assert second["infer"][1]["Code"] == first["infer"][1]["Code"]
    shown = [str(each["webhook"][1]["Environment"]["Variables"]["BASELINE_SHOWN_PERCENT"]) for each in (first, second)]
    assert shown == ["0", "25"]


def test_the_way_back_serves_what_was_before(first, back):
    assert back == first


def test_restored_databases_stay_for_the_releases_that_follow(back, restored):
    onto, after = restored

    assert numbers(onto) == {"3"}
    assert numbers(after) == {"4"}
    places = [each["store"][1]["FileSystemConfigs"] for each in (back, onto, after)]
    assert places[0] != places[1] == places[2]


def test_a_migration_beside_other_code_is_refused(restored, mixed):
    said, state = mixed

    assert "deploy functions/store alone" in said
    assert state == restored[1]


def test_what_is_taken_down_is_gone(workplace, gone, telegram):
    client_of = functools.partial(client, workplace)

    assert [each["StackName"] for each in client_of("cloudformation").describe_stacks()["Stacks"]] == [SAMS_OWN]
    assert [each["Name"] for each in client_of("s3").list_buckets()["Buckets"] if "burnout" in each["Name"]] == []
    assert client_of("efs").describe_file_systems()["FileSystems"] == []
    assert client_of("ecr").describe_repositories()["repositories"] == []
    assert client_of("secretsmanager").list_secrets()["SecretList"] == []
    assert [key.key_state for key in kms_backends[resources.ACCOUNT][resources.REGION].keys.values()] == [
        "PendingDeletion"
    ]
    assert telegram.calls[-2].method == "deleteWebhook"
