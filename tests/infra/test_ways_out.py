"""What holds people's data or opens their pictures has no way out, and everything at rest is encrypted."""

import re

import pytest

from infra.templates import REPOSITORY, TEMPLATE, read

CLOSED = ("infer", "store")
# Gateways, routes, peerings and addresses are not among them.
INWARD = {"VPC", "Subnet", "RouteTable", "SubnetRouteTableAssociation", "VPCEndpoint"} | {
    f"SecurityGroup{way}" for way in ("", "Ingress", "Egress")
}


def test_the_network_has_no_way_out(resources):
    of_network = [each["Type"].split("::") for each in resources.values() if each["Type"].startswith("AWS::EC2::")]

    assert {kind for _, _, kind in of_network} <= INWARD


def test_the_only_endpoint_is_s3s_gateway(of_type):
    endpoints = of_type("AWS::EC2::VPCEndpoint")

    assert list(endpoints) == ["S3Endpoint"]
    assert endpoints["S3Endpoint"]["VpcEndpointType"] == "Gateway"
    assert endpoints["S3Endpoint"]["ServiceName"] == {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}


@pytest.mark.parametrize("function", CLOSED)
def test_functions_with_data_are_in_it_and_in_both_zones(functions, function):
    assert functions[function]["VpcConfig"]["SubnetIds"] == [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}]


@pytest.mark.parametrize("function", ["webhook", "report", "app"])
def test_functions_with_the_token_are_outside_and_mount_nothing(functions, function):
    assert "VpcConfig" not in functions[function]
    assert "FileSystemConfigs" not in functions[function]


def test_security_groups_let_out_to_s3_and_the_file_system_only(of_type):
    groups = of_type("AWS::EC2::SecurityGroup")
    out = {name: group["SecurityGroupEgress"] for name, group in groups.items()}

    for name in ("InferSg", "StoreSg"):
        (rule,) = out[name]
        assert (rule["FromPort"], rule["ToPort"]) == (443, 443)
        assert rule["DestinationPrefixListId"]["Fn::FindInMap"][0] == "S3PrefixList"
    assert [rule["CidrIp"] for rule in out["EfsSg"]] == ["255.255.255.255/32"]
    assert all("SecurityGroupIngress" not in group for group in groups.values())
    (nfs,) = of_type("AWS::EC2::SecurityGroupEgress").values()
    assert (nfs["GroupId"], nfs["DestinationSecurityGroupId"]) == ({"Ref": "StoreSg"}, {"Ref": "EfsSg"})
    (letting_in,) = of_type("AWS::EC2::SecurityGroupIngress").values()
    assert (letting_in["GroupId"], letting_in["SourceSecurityGroupId"]) == ({"Ref": "EfsSg"}, {"Ref": "StoreSg"})


def test_every_zone_of_a_function_has_a_mount_target_and_store_waits_for_it(of_type, resources):
    targets = of_type("AWS::EFS::MountTarget")

    assert [target["SubnetId"]["Ref"] for target in targets.values()] == ["SubnetA", "SubnetB"]
    assert {*targets, "NfsIn", "NfsOut", "StoreMount"} <= set(resources["StoreFunction"]["DependsOn"])


def test_everything_at_rest_is_encrypted_with_the_key(of_type):
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    (bucket,) = of_type("AWS::S3::Bucket").values()
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (files,) = of_type("AWS::EFS::FileSystem").values()

    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    assert (files["Encrypted"], files["KmsKeyId"]) == (True, key)
    assert all(secret["KmsKeyId"] == {"Ref": "Key"} for secret in of_type("AWS::SecretsManager::Secret").values())
    assert [vault["EncryptionKeyArn"] for vault in of_type("AWS::Backup::BackupVault").values()] == [key]
    assert all(topic["KmsMasterKeyId"] == {"Ref": "Key"} for topic in of_type("AWS::SNS::Topic").values())


@pytest.mark.parametrize("policy", ["PhotosBucketPolicy", "DlqPolicy", "TopicsPolicy"])
def test_plain_text_connections_are_denied(resources, policy):
    statements = resources[policy]["Properties"]["PolicyDocument"]["Statement"]

    (denial,) = [each for each in statements if each["Sid"] == "TlsOnly"]
    assert (denial["Effect"], denial["Principal"]) == ("Deny", "*")
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_what_holds_peoples_data_outlives_a_deleted_stack(resources):
    kept = {name for name, each in resources.items() if each.get("DeletionPolicy", "").startswith("Retain")}

    assert kept == {"Key", "PhotosBucket", "FileSystem", "BackupVault"}
    assert all(resources[name]["UpdateReplacePolicy"] == "Retain" for name in kept)


@pytest.mark.parametrize("path", [TEMPLATE, REPOSITORY], ids=["stack", "images"])
def test_a_first_try_that_fails_leaves_nothing_behind(path):
    policies = {each["DeletionPolicy"] for each in read(path)["Resources"].values() if "DeletionPolicy" in each}

    assert policies == {"RetainExceptOnCreate"}


def test_a_photo_can_be_seen_by_infer_only(of_type):
    (policy,) = of_type("AWS::S3::BucketPolicy").values()
    (denial,) = [each for each in policy["PolicyDocument"]["Statement"] if each["Sid"] == "OnlyInferSees"]

    assert (denial["Effect"], denial["Principal"], denial["Action"]) == ("Deny", "*", "s3:GetObject")
    assert denial["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": {"Fn::GetAtt": ["InferRole", "Arn"]}}}


def test_the_access_log_has_no_field_about_a_person(of_type):
    (api,) = of_type("AWS::Serverless::HttpApi").values()
    fields = re.findall(r"\$context\.(\w+)", api["AccessLogSettings"]["Format"])

    assert set(fields) == {
        "requestTimeEpoch",
        "requestId",
        "status",
        "responseLatency",
        "integrationLatency",
        "integrationErrorMessage",
    }
