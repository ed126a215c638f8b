"""The template without the SAM CLI: a failed first try leaves nothing behind, and two stacks live in one account."""

import json
import os

import boto3
import pytest
from moto.cloudformation.models import cloudformation_backends

from infra.templates import read
from tests.rehearsal import resources

LONGEST = "s" * 20


@pytest.fixture
def cloudformation(tmp_path, monkeypatch):
    from moto import mock_aws

    from tests.rehearsal import cloudformation as ours

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    ours.install()
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="packaged", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for key in ("code", "layer", "layer-2"):
            s3.put_object(Bucket="packaged", Key=key, Body=key.encode())
        yield boto3.client("cloudformation")


def packaged(layer="layer"):
    template = read()
    for each in template["Resources"].values():
        properties = each.get("Properties", {})
        if properties.get("PackageType") == "Image":
            properties["ImageUri"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/burnout:one"
        if "CodeUri" in properties:
            properties["CodeUri"] = "s3://packaged/code"
        if "ContentUri" in properties:
            properties["ContentUri"] = f"s3://packaged/{layer}"
    return json.dumps(template)


def deploy(client, stack, kind="CREATE", layer="layer", **values):
    given = {"OperatorContact": "@operator", "Release": "r1", **values}
    parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
    client.create_change_set(StackName=stack, ChangeSetName="c", ChangeSetType=kind, TemplateBody=packaged(layer), Parameters=parameters)
    client.execute_change_set(StackName=stack, ChangeSetName="c")
    client.delete_change_set(StackName=stack, ChangeSetName="c")
    return client.describe_stacks(StackName=stack)["Stacks"][-1]["StackStatus"]


def made(stack):
    found = [each for each in cloudformation_backends["123456789012"]["eu-west-1"].stacks.values() if each.name == stack][-1]
    return {name: each for name, each in found.resource_map._parsed_resources.items() if isinstance(each, resources.Resource)}


def test_a_first_try_that_fails_is_taken_back_and_the_second_works(cloudformation):
    boto3.client("logs").create_log_group(logGroupName="/burnout/prod/report")
    assert deploy(cloudformation, "burnout-prod", Stage="prod") == "ROLLBACK_COMPLETE"
    left = [boto3.client("s3").list_buckets()["Buckets"], boto3.client("efs").describe_file_systems()["FileSystems"], boto3.client("kms").list_keys()["Keys"]]
    print([len(each) for each in left])
    boto3.client("logs").delete_log_group(logGroupName="/burnout/prod/report")
    cloudformation.delete_stack(StackName="burnout-prod")
    assert deploy(cloudformation, "burnout-prod", Stage="prod") == "CREATE_COMPLETE"


def test_two_stacks(cloudformation):
    for stage in ("prod", "dev"):
        assert deploy(cloudformation, f"burnout-{stage}", Stage=stage) == "CREATE_COMPLETE"
    one, other = made("burnout-prod"), made("burnout-dev")
    print(len(one), [n for n in one if n in other and one[n].physical_resource_id == other[n].physical_resource_id])


CHANGES = {"layer": {"layer": "layer-2"}, "folder": {"DatabaseFolder": "/x"}, "shown": {"BaselineShownPercent": "25"}, "memory": {"WebhookMemoryMb": "1024"}, "tracing": {"Tracing": "PassThrough"}, "processor": {"ZipArchitecture": "arm64"}}


@pytest.mark.parametrize("release", ["r2", "r1"])
@pytest.mark.parametrize("change", CHANGES)
def test_versions(cloudformation, change, release):
    deploy(cloudformation, "burnout-prod", Stage="prod")
    before = {n: r.properties["FunctionVersion"] for n, r in made("burnout-prod").items() if r.kind == "AWS::Lambda::Alias"}
    assert deploy(cloudformation, "burnout-prod", "UPDATE", Stage="prod", Release=release, **CHANGES[change]) == "UPDATE_COMPLETE"
    after = {n: r.properties["FunctionVersion"] for n, r in made("burnout-prod").items() if r.kind == "AWS::Lambda::Alias"}
    print(change, release, before, after)
    assert all(after[n] != before[n] for n in after) == (release == "r2")
