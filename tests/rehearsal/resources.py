"""What a resource of a template becomes here: moto's own where a command of the page touches it, else written down.

CloudFormation's own promises are kept: a version is what its function was when it was made, an access point of another
folder is another one, and a name that is taken is an error.
"""

import copy
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import get_model_map
from moto.secretsmanager.models import secretsmanager_backends

ACCOUNT, REGION = "123456789012", "eu-west-1"
_OF_MOTO = ("ECR::Repository", "EFS::FileSystem", "IAM::Role", "KMS::Key", "Logs::LogGroup", "S3::Bucket")
_NAMED_WITHIN_ANOTHER = ("AWS::Lambda::Alias", "AWS::ApiGatewayV2::Stage")  # the others' names are an account's
_numbers = itertools.count(1)
taken = set()  # of names, with their types


@dataclass
class Resource:
    """One resource of a stack, as it is now; some of these names are moto's."""

    asked: dict  # as it stands in the template
    logical_resource_id: str
    properties: dict  # what of it was resolved
    name: str
    physical_resource_id: str
    attributes: dict = field(default_factory=dict)
    of_moto: Any = None

    @property
    def type(self):
        return self.asked["Type"]

    def get_cfn_attribute(self, name):
        """What `!GetAtt` says."""
        if name in self.attributes or not hasattr(self.of_moto, "get_cfn_attribute"):
            arn = f"arn:aws:{self.type.split('::')[1].lower()}:{REGION}:{ACCOUNT}:{self.physical_resource_id}"
            return self.attributes.get(name, arn if name == "Arn" else f"{self.physical_resource_id}.{name}")
        return str(self.of_moto.get_cfn_attribute(name))

    @classmethod
    def has_cfn_attr(cls, _):
        return True


def lambdas():
    return lambda_backends[ACCOUNT][REGION]


def live(function):
    """The version that `live` serves, and what the template said of the function when that version was made."""
    served = lambdas().get_function(f"{function}:live")
    return str(served.version), served.asked


def create(asked, logical_id, properties, stack):
    """The resource, made. Raises: what moto refuses; ValidationError for a name that is taken."""
    kind = asked["Type"]
    named = [str(properties[each]) for each in _names(kind) if each in properties and kind not in _NAMED_WITHIN_ANOTHER]
    name = named[0] if named else f"{stack}-{logical_id}-{next(_numbers)}".lower()
    if (kind, name) in taken:
        raise ValidationError(message=f"{name} already exists")
    made = Resource(asked, logical_id, properties, name, name)
    _REAL.get(kind.removeprefix("AWS::"), lambda _: None)(made)
    taken.add((kind, name))
    return made


def update(before, properties, stack):
    """The resource with other properties: itself, or another one that replaces it."""
    decide = (*_names(before.type), "RootDirectory")  # the last one of an access point
    if any(before.properties.get(each) != properties.get(each) for each in decide):
        return create(before.asked, before.logical_resource_id, properties, stack)
    before.properties = properties
    if before.type in ("AWS::Lambda::Function", "AWS::Lambda::Alias"):
        _REAL[before.type.removeprefix("AWS::")](before)
    return before


def delete(gone):
    """It is not there any more, and its name is free."""
    taken.discard((gone.type, gone.name))
    if gone.type == "AWS::Lambda::Function":
        lambdas().delete_function(gone.name)
    elif gone.type == "AWS::SecretsManager::Secret":
        secretsmanager_backends[ACCOUNT][REGION].delete_secret(gone.name, None, True)
    elif hasattr(gone.of_moto, "delete"):
        gone.of_moto.delete(ACCOUNT, REGION)
    elif gone.of_moto is not None:
        model, said = get_model_map()[gone.type], {"Properties": gone.properties}
        model.delete_from_cloudformation_json(gone.physical_resource_id, said, ACCOUNT, REGION)


def _names(kind):
    return f"{kind.rpartition('::')[2]}Name", "Name"


def _as_moto(made):
    said = {"Type": made.type, "Properties": copy.deepcopy(made.properties)}
    made.of_moto = get_model_map()[made.type].create_from_cloudformation_json(made.name, said, ACCOUNT, REGION)
    made.physical_resource_id = made.of_moto.physical_resource_id


def _function(made):
    asked = copy.deepcopy(made.properties)
    if made.of_moto is None:
        made.of_moto = lambdas().create_function({**asked, "Tags": {}})
        made.attributes = {"Arn": made.of_moto.function_arn}
    else:
        made.of_moto.code = {}  # a version is a shallow copy: its code must not change with the function's
        made.of_moto.update_function_code(asked["Code"])
        made.of_moto.update_configuration(asked)
    made.of_moto.asked = made.properties


def _layer(made):
    made.physical_resource_id = lambdas().publish_layer_version(copy.deepcopy(made.properties)).arn


def _version(made):
    published = lambdas().publish_version(made.properties["FunctionName"])
    made.physical_resource_id = published.function_arn
    made.attributes = {"Version": str(published.version)}


def _alias(made):
    asked = [made.properties[name] for name in ("Name", "FunctionName", "FunctionVersion")]
    change = lambdas().create_alias if made.physical_resource_id == made.name else lambdas().update_alias
    made.physical_resource_id = change(*asked, "", "").arn


def _secret(made):
    asked = made.properties["GenerateSecretString"]
    content = {**json.loads(asked["SecretStringTemplate"]), asked["GenerateStringKey"]: "w" * asked["PasswordLength"]}
    backend = secretsmanager_backends[ACCOUNT][REGION]
    said = backend.create_secret(made.name, json.dumps(content), None, "", None, None, None, [], False)
    made.physical_resource_id = json.loads(said)["ARN"]


_REAL = dict.fromkeys(_OF_MOTO, _as_moto) | {"Lambda::Function": _function, "Lambda::LayerVersion": _layer}
_REAL |= {"Lambda::Version": _version, "Lambda::Alias": _alias, "SecretsManager::Secret": _secret}
