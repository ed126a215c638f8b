"""The whole template, changed as CloudFormation would change it, without `sam deploy`: what moves, what is left."""

import json
import re

import boto3
import pytest
from moto import mock_aws

from infra.templates import read
from tests.rehearsal import cloudformation, resources

FUNCTIONS = ("webhook", "infer", "store", "report", "app")
CHANGES = {
    "layer": {"layer": "another"},
    "folder": {"DatabaseFolder": "/restored/sqlite"},
    "shown": {"BaselineShownPercent": "25"},
    "memory": {"WebhookMemoryMb": "1024"},
    "tracing": {"Tracing": "PassThrough"},
    "processor": {"ZipArchitecture": "arm64"},
}


@pytest.fixture
def aws(monkeypatch, tools):
    """An account with a bucket in which code lies, as `sam deploy` leaves it."""
    for name, value in {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", resources.REGION)
    cloudformation.install(monkeypatch)
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="packaged", CreateBucketConfiguration={"LocationConstraint": resources.REGION})
        for key in ("code", "layer", "another"):
            s3.put_object(Bucket="packaged", Key=key, Body=key.encode())
        yield


def packaged(layer):
    """The template as `sam deploy` gives it to CloudFormation."""
    template = read()
    for each in template["Resources"].values():
        properties = each.get("Properties", {})
        if properties.get("PackageType") == "Image":
            properties["ImageUri"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/burnout:one"
        for name, key in {"CodeUri": "code", "ContentUri": layer}.items():
            if name in properties:
                properties[name] = f"s3://packaged/{key}"
    return json.dumps(template)


def deploy(kind="CREATE", *, stage="prod", layer="layer", **values):
    """The stack's status after one change set."""
    given = {"Stage": stage, "OperatorContact": "@operator", "AlarmEmail": "a@example.org", "Release": "r1", **values}
    parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
    client, stack = boto3.client("cloudformation"), f"burnout-{stage}"
    names = {"StackName": stack, "ChangeSetName": "changes"}
    client.create_change_set(**names, ChangeSetType=kind, TemplateBody=packaged(layer), Parameters=parameters)
    client.execute_change_set(**names)
    client.delete_change_set(**names)
    return client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]


def versions():
    return {name: resources.live(f"burnout-prod-{name}")[0] for name in FUNCTIONS}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_live_moves_for_a_new_release_and_only_for_one(aws, change):
    assert deploy() == "CREATE_COMPLETE"
    assert set(versions().values()) == {"1"}

    assert deploy("UPDATE", **change) == "UPDATE_COMPLETE"
    assert set(versions().values()) == {"1"}

    assert deploy("UPDATE", Release="r2", **change) == "UPDATE_COMPLETE"
    assert set(versions().values()) == {"2"}


def test_a_first_try_that_fails_leaves_nothing_and_the_second_works(aws):
    boto3.client("logs").create_log_group(logGroupName="/burnout/prod/report")
    assert deploy() == "ROLLBACK_COMPLETE"

    assert [each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]] == ["packaged"]
    assert boto3.client("efs").describe_file_systems()["FileSystems"] == []
    assert boto3.client("kms").list_keys()["Keys"] == []

    boto3.client("logs").delete_log_group(logGroupName="/burnout/prod/report")
    boto3.client("cloudformation").delete_stack(StackName="burnout-prod")
    assert deploy() == "CREATE_COMPLETE"


def test_a_release_that_fails_leaves_the_one_before(aws):
    deploy()
    before = [resources.live(f"burnout-prod-{name}") for name in FUNCTIONS]
    boto3.client("logs").create_log_group(logGroupName="/burnout/other/api")

    assert deploy("UPDATE", Stage="other", Release="r2") == "UPDATE_ROLLBACK_COMPLETE"

    assert [resources.live(f"burnout-prod-{name}") for name in FUNCTIONS] == before


def test_people_s_data_stays_when_the_stack_is_deleted(aws):
    deploy()

    boto3.client("cloudformation").delete_stack(StackName="burnout-prod")

    assert len(boto3.client("s3").list_buckets()["Buckets"]) == 2
    assert len(boto3.client("efs").describe_file_systems()["FileSystems"]) == 1
    assert boto3.client("lambda").list_functions()["Functions"] == []


def test_two_stacks_live_in_one_account(aws):
    assert deploy() == "CREATE_COMPLETE"

    (more,) = re.findall(r",(\d+)}", read()["Parameters"]["Stage"]["AllowedPattern"])
    assert deploy(stage="d" * (1 + int(more))) == "CREATE_COMPLETE"
