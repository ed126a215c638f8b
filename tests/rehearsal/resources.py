"""What a resource of a template becomes here. Those that the page's commands touch are moto's; the others are written down.

Only CloudFormation's own promises are kept: a version is what its function was when it was made, an access point of
another folder is another one, a name that is taken is an error.
"""

import copy
import itertools
import json
from dataclasses import dataclass, field
from typing import Any, Final

from moto.awslambda.models import lambda_backends
from moto.cloudformation.parsing import get_model_map
from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends

ACCOUNT: Final = "123456789012"
OF_MOTO: Final = {
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
}
# Another one when this property changes; the others keep their id.
_REPLACED_BY: Final = {"AWS::EFS::AccessPoint": "RootDirectory", "AWS::Lambda::LayerVersion": "Content"}
_NAMES: Final = ("FunctionName", "LayerName", "LogGroupName", "RepositoryName", "Name", "DashboardName")
_numbers: Final = itertools.count(1)


@dataclass
class Resource:
    """One resource of a stack, as it is now."""

    kind: str
    logical_id: str
    region: str
    properties: dict[str, Any]
    physical_resource_id: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    of_moto: Any = None

    def is_created(self) -> bool:
        """What moto asks of a resource."""
        return True

    def get_cfn_attribute(self, name: str) -> str:
        """What `!GetAtt` says."""
        if self.of_moto is not None and name not in self.attributes and hasattr(self.of_moto, "get_cfn_attribute"):
            return str(self.of_moto.get_cfn_attribute(name))
        service = self.kind.split("::")[1].lower()
        place = f"{self.region}:{ACCOUNT}:" if service != "iam" else f":{ACCOUNT}:role/"
        arn = f"arn:aws:{service}:{place}{self.physical_resource_id}"
        return self.attributes.get(name, arn if name == "Arn" else f"{self.physical_resource_id}.{name}")

    @classmethod
    def has_cfn_attr(cls, _: str) -> bool:
        """moto checks outputs by it."""
        return True


VERSIONS: Final[dict[str, dict[str, Any]]] = {}  # a version's ARN -> its function's properties when it was made
_FUNCTIONS: Final[dict[str, Resource]] = {}


def create(kind: str, logical_id: str, properties: dict[str, Any], stack: str, region: str) -> Resource:
    """The resource, made. Raises: whatever moto refuses."""
    made = Resource(kind, logical_id, region, properties)
    named = next((str(properties[name]) for name in _NAMES if name in properties and "Version" not in kind), "")
    made.physical_resource_id = named or f"{stack}-{logical_id}-{next(_numbers)}".lower()
    if kind in OF_MOTO:
        model = get_model_map()[kind]
        spec = {"Type": kind, "Properties": copy.deepcopy(properties)}
        names = {"LogicalId": logical_id, "StackId": stack, "ResourceType": kind}
        made.of_moto = model.create_from_cloudformation_json(made.physical_resource_id, spec, ACCOUNT, region, **names)
        made.physical_resource_id = made.of_moto.physical_resource_id
    elif kind in _MAKERS:
        _MAKERS[kind](made)
    return made


def update(before: Resource, properties: dict[str, Any], stack: str) -> Resource:
    """The resource with other properties: itself, or another one that replaces it."""
    decides = _REPLACED_BY.get(before.kind)
    if decides and before.properties.get(decides) != properties.get(decides):
        return create(before.kind, before.logical_id, properties, stack, before.region)
    before.properties = properties
    if before.kind in _UPDATERS:
        _UPDATERS[before.kind](before)
    return before


def delete(gone: Resource) -> None:
    """Of what moto has, only what would be in the way of a second try is taken back."""
    backend = lambda_backends[ACCOUNT][gone.region]
    if gone.kind == "AWS::Lambda::Function":
        backend.delete_function(gone.physical_resource_id)
    elif gone.kind == "AWS::SecretsManager::Secret":
        secretsmanager_backends[ACCOUNT][gone.region].delete_secret(gone.physical_resource_id, None, True)
    elif gone.kind == "AWS::Logs::LogGroup":
        logs_backends[ACCOUNT][gone.region].delete_log_group(gone.physical_resource_id)
    elif hasattr(gone.of_moto, "delete"):
        gone.of_moto.delete(ACCOUNT, gone.region)
    elif gone.of_moto is not None:
        model = get_model_map()[gone.kind]
        model.delete_from_cloudformation_json(gone.physical_resource_id, {"Properties": gone.properties}, ACCOUNT, gone.region)


def _function(made: Resource) -> None:
    spec = {**copy.deepcopy(made.properties), "Tags": {}}
    function = lambda_backends[ACCOUNT][made.region].create_function(spec)
    made.of_moto = function
    _FUNCTIONS[made.physical_resource_id] = made
    made.attributes = {"Arn": function.function_arn}


def _function_again(made: Resource) -> None:
    made.of_moto.update_configuration(made.properties)
    made.of_moto.update_function_code(copy.deepcopy(made.properties["Code"]))


def _layer(made: Resource) -> None:
    version = lambda_backends[ACCOUNT][made.region].publish_layer_version(copy.deepcopy(made.properties))
    made.physical_resource_id = version.arn


def _version(made: Resource) -> None:
    published = lambda_backends[ACCOUNT][made.region].publish_version(made.properties["FunctionName"])
    made.physical_resource_id = published.function_arn
    made.attributes = {"Version": str(published.version)}
    VERSIONS[made.physical_resource_id] = copy.deepcopy(_FUNCTIONS[made.properties["FunctionName"]].properties)


def _alias(made: Resource) -> None:
    p = made.properties
    alias = lambda_backends[ACCOUNT][made.region].create_alias(p["Name"], p["FunctionName"], p["FunctionVersion"], "", "")
    made.physical_resource_id = alias.arn


def _alias_again(made: Resource) -> None:
    p = made.properties
    lambda_backends[ACCOUNT][made.region].update_alias(p["Name"], p["FunctionName"], p["FunctionVersion"], "", "")


def _secret(made: Resource) -> None:
    asked = made.properties["GenerateSecretString"]
    content = {**json.loads(asked["SecretStringTemplate"]), asked["GenerateStringKey"]: "w" * asked["PasswordLength"]}
    backend = secretsmanager_backends[ACCOUNT][made.region]
    said = backend.create_secret(made.properties["Name"], json.dumps(content), None, "", None, None, None, [], False)
    made.physical_resource_id = json.loads(said)["ARN"]


_MAKERS: Final = {
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::LayerVersion": _layer,
    "AWS::Lambda::Version": _version,
    "AWS::Lambda::Alias": _alias,
    "AWS::SecretsManager::Secret": _secret,
}
_UPDATERS: Final = {"AWS::Lambda::Function": _function_again, "AWS::Lambda::Alias": _alias_again}
