"""Who may do what: the written table, and the template that must equal it. A new right needs a line here."""

import pytest

LOG = ("Allow", "logs:CreateLogStream logs:PutLogEvents", "own log", "")
TRACE = ("Allow", "xray:PutTraceSegments xray:PutTelemetryRecords", "*", "")
SECRET = ("Allow", "secretsmanager:GetSecretValue", "BotSecret", "")
DECRYPT_SECRET = ("Allow", "kms:Decrypt", "Key", "through secretsmanager")
NETWORK = (
    "Allow",
    "ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DeleteNetworkInterface "
    "ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses",
    "*",
    "",
)
NOT_FOR_THE_CODE = ("Deny", "ec2:*", "*", "to the function's own calls")
LEND_KEY = {("Allow", "kms:DescribeKey", "Key", ""), ("Allow", "kms:CreateGrant", "Key", "for AWS's own services")}

TABLE = {
    "WebhookRole": {
        LOG,
        TRACE,
        SECRET,
        DECRYPT_SECRET,
        ("Allow", "s3:PutObject", "photos/* donated/*", ""),
        ("Allow", "kms:GenerateDataKey", "Key", "through s3"),
        ("Allow", "lambda:InvokeFunction", "InferFunction.Alias StoreFunction.Alias report:live", ""),
    },
    "InferRole": {
        LOG,
        TRACE,
        NETWORK,
        NOT_FOR_THE_CODE,
        ("Allow", "s3:GetObject", "photos/* donated/*", ""),
        ("Allow", "s3:ListBucket", "PhotosBucket", ""),
        ("Allow", "kms:Decrypt", "Key", "through s3"),
    },
    "StoreRole": {
        LOG,
        TRACE,
        NETWORK,
        NOT_FOR_THE_CODE,
        ("Allow", "s3:DeleteObject", "photos/* donated/* erasures/*", ""),
        ("Allow", "s3:ListBucket", "PhotosBucket", "prefixes photos/* donated/* erasures/*"),
        ("Allow", "s3:PutObject", "erasures/*", ""),
        ("Allow", "kms:GenerateDataKey", "Key", "through s3"),
        ("Allow", "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite", "FileSystem", "through AccessPoint"),
    },
    "ReportRole": {
        LOG,
        TRACE,
        SECRET,
        DECRYPT_SECRET,
        ("Allow", "lambda:InvokeFunction", "StoreFunction.Alias", ""),
    },
    "AppRole": {
        LOG,
        TRACE,
        SECRET,
        DECRYPT_SECRET,
        ("Allow", "lambda:InvokeFunction", "StoreFunction.Alias report:live", ""),
    },
    "BackupRole": {
        ("Allow", "tag:GetResources", "*", ""),
        ("Allow", "elasticfilesystem:Backup elasticfilesystem:DescribeTags", "FileSystem", ""),
        ("Allow", "backup:DescribeBackupVault backup:CopyIntoBackupVault", "BackupVault", ""),
        *LEND_KEY,
    },
    "RestoreRole": {
        ("Allow", "elasticfilesystem:Restore elasticfilesystem:DescribeFileSystems", "FileSystem", ""),
        (
            "Allow",
            "kms:Decrypt kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom "
            "kms:ReEncryptTo",
            "Key",
            "through elasticfilesystem",
        ),
        *LEND_KEY,
    },
    "ScheduleRole": {
        ("Allow", "lambda:InvokeFunction", "InferFunction.Alias ReportFunction.Alias", ""),
        ("Allow", "sqs:SendMessage", "Dlq", ""),
    },
}
SERVICES = {"ScheduleRole": "scheduler", "BackupRole": "backup", "RestoreRole": "backup"}  # who takes them; else Lambda
NO_NAMES = {"xray", "ec2", "tag"}  # services whose actions here know no resources


def granted(resources, role):
    """The role's statements in the table's words."""
    policies = [each["PolicyDocument"] for each in resources[role]["Properties"]["Policies"]]
    apart = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::IAM::RolePolicy"]
    policies += [each["PolicyDocument"] for each in apart if each["RoleName"] == {"Ref": role}]
    return [row(statement, role) for policy in policies for statement in policy["Statement"]]


def row(statement, role):
    action, resource = statement["Action"], statement["Resource"]
    actions = " ".join(action) if isinstance(action, list) else action
    targets = " ".join(target(each, role) for each in (resource if isinstance(resource, list) else [resource]))
    return statement["Effect"], actions, targets, condition(statement.get("Condition"))


def target(resource, role):
    if resource == "*":
        return "*"
    if "Fn::GetAtt" in resource:
        name, _ = resource["Fn::GetAtt"]
        return "own log" if name == role.replace("Role", "Log") else name
    if "Ref" in resource:
        return resource["Ref"]
    report = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:burnout-${Stage}-report:live"
    return "report:live" if resource["Fn::Sub"] == report else resource["Fn::Sub"].removeprefix("${PhotosBucket.Arn}/")


def condition(said):
    if said is None:
        return ""
    ((operator, keys),) = said.items()
    ((key, value),) = keys.items()
    if (operator, key) == ("StringEquals", "kms:ViaService"):
        return f"through {value['Fn::Sub'].removesuffix('.${AWS::Region}.amazonaws.com')}"
    if (operator, key, value) == ("Bool", "kms:GrantIsForAWSResource", "true"):
        return "for AWS's own services"
    if (operator, key) == ("StringEquals", "elasticfilesystem:AccessPointArn"):
        return f"through {value['Fn::GetAtt'][0]}"
    if (operator, key) == ("StringLike", "s3:prefix"):
        return f"prefixes {' '.join(value)}"
    assert (operator, key) == ("ArnLike", "lambda:SourceFunctionArn")
    assert value["Fn::Sub"].endswith(":function:burnout-${Stage}-*")
    return "to the function's own calls"


@pytest.mark.parametrize("role", TABLE)
def test_a_role_has_the_rights_of_the_table_once_each(resources, role):
    rows = granted(resources, role)

    assert set(rows) == TABLE[role]
    assert len(rows) == len(TABLE[role])


def test_the_networks_endpoint_lets_roles_do_to_s3_what_they_may_do(of_type):
    statements = of_type("AWS::EC2::VPCEndpoint")["S3Endpoint"]["PolicyDocument"]["Statement"]
    let_through = []
    for statement in statements:
        role, _ = statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]["Fn::GetAtt"]
        let_through.append((role, *row({**statement, "Condition": None}, role)[:3]))

    inside = ("InferRole", "StoreRole")
    rights = [(role, *right[:3]) for role in inside for right in TABLE[role] if right[1].startswith("s3:")]
    assert sorted(let_through) == sorted(rights)


def test_there_is_no_other_role_and_no_ready_made_policy(of_type):
    roles = of_type("AWS::IAM::Role")

    assert set(roles) == set(TABLE)
    assert all("ManagedPolicyArns" not in role for role in roles.values())
    assert set(of_type("AWS::IAM::ManagedPolicy")) | set(of_type("AWS::IAM::Policy")) == set()


def test_everything_has_a_name_but_what_has_none():
    for rows in TABLE.values():
        for effect, actions, targets, _ in rows:
            service = actions.partition(":")[0]

            assert targets != "*" or service in NO_NAMES
            assert "*" not in actions or effect == "Deny"


def test_every_function_has_its_own_role(functions):
    assert {name: each["Role"]["Fn::GetAtt"][0] for name, each in functions.items()} == {
        name: f"{name.capitalize()}Role" for name in functions
    }
    assert all("Policies" not in each for each in functions.values())  # SAM's own are wider than they sound


def test_roles_can_be_taken_by_their_service_only(of_type):
    trust = {name: role["AssumeRolePolicyDocument"]["Statement"] for name, role in of_type("AWS::IAM::Role").items()}

    for name, (statement,) in trust.items():
        service = SERVICES.get(name, "lambda")
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
