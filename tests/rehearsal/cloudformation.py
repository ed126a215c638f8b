"""moto's CloudFormation with what it lacks: the SAM transform, changes in the order of references, rules, a way back.

moto makes changes without their order, so a version would be of the function before its change; and it skips types that
it does not know, so that a stack without functions would be "complete".
"""

import json
import subprocess
import traceback
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import moto.cloudformation.models as models
import moto.cloudformation.parsing as parsing
import moto.cloudformation.responses as responses
import moto.ecr.models as ecr
import moto.ecr.responses as ecr_responses
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap, clean_json
from moto.s3.models import s3_backends

from tests.rehearsal import resources

ROOT: Final = Path(__file__).parents[2]
_execute: Final = models.CloudFormationBackend.execute_change_set
_TRANSFORM: Final = "AWS::Serverless-2016-10-31"


def install(registry: str = "") -> None:
    """From now on moto's CloudFormation, in this process, is ours; images go to `registry` instead of ECR's address."""
    if registry:
        ecr.Repository.uri = property(lambda self: f"{registry}/{self.name}", lambda self, _: None)
        token = ecr_responses.ECRResponse.get_authorization_token

        def here(self: Any) -> Any:
            result = token(self)
            result._result["authorizationData"][0]["proxyEndpoint"] = f"http://{registry}"
            return result

        ecr_responses.ECRResponse.get_authorization_token = here
    models.ResourceMap = Resources
    models.resource_class_from_type = parsing.resource_class_from_type = lambda _: resources.Resource
    models.Stack._parse_template = _parse
    models.ChangeSet._parse_template = _parse
    models.ChangeSet.apply = _apply
    models.CloudFormationBackend.execute_change_set = _executed
    responses.get_stack_from_s3_url = _from_bucket


def expanded(template: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """Without SAM's resources, by AWS's own transform. Raises: ValidationError."""
    if template.get("Transform") != _TRANSFORM:
        return template
    said = json.dumps({"template": template, "values": values}, default=str)
    command = [ROOT / ".venv-sam" / "bin" / "python", "-m", "tests.rehearsal.transform"]
    done = subprocess.run(command, cwd=ROOT, input=said, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise ValidationError(message=done.stderr[-800:])
    result: dict[str, Any] = json.loads(done.stdout)
    return result


class Resources(ResourceMap):  # type: ignore[misc]
    """The resources of a stack; each is made or changed after those that it names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key in self._parsed_resources or key not in self._resource_json_map:
            return self._parsed_resources[key]
        made = self._made(key, self._resource_json_map[key])
        self._parsed_resources[key] = made
        return made

    def _made(self, name: str, asked: dict[str, Any]) -> Any:
        condition = asked.get("Condition")
        if condition and not self.lazy_condition_map[condition]:
            return None
        needs = asked.get("DependsOn", [])
        for each in [needs] if isinstance(needs, str) else needs:
            self[each]
        properties = clean_json(asked.get("Properties", {}), self)
        before = self.before.get(name)
        stack = str(self["AWS::StackName"])
        if before is None:
            return resources.create(asked["Type"], name, properties, stack, self._region_name)
        return before if before.properties == properties else resources.update(before, properties, stack)

    def update(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """The stack as this template says. Raises: what is wrong with it, with everything as it was."""
        kept = (self._template, self._resource_json_map, self.input_parameters)
        self.before = {name: each for name in self._resource_json_map if (each := self._parsed_resources.pop(name, None))}
        try:
            self._become(template, template["Resources"], dict(parameters or {}))
        except Exception:
            self._back(*kept)
            raise
        for name, each in self.before.items():
            replaced = self._parsed_resources.get(name)
            if replaced is None and kept[1][name].get("DeletionPolicy") != "Retain":
                resources.delete(each)

    def _become(self, template: dict[str, Any], asked: dict[str, Any], parameters: dict[str, Any]) -> None:
        self._template, self._resource_json_map, self.input_parameters = template, asked, parameters
        self.resolved_parameters = {}
        self.load()
        for name in asked:
            self[name]

    def _back(self, template: dict[str, Any], asked: dict[str, Any], parameters: dict[str, Any]) -> None:
        new = {name: each for name in self._resource_json_map if (each := self._parsed_resources.pop(name, None))}
        policies = {name: each.get("DeletionPolicy") for name, each in self._resource_json_map.items()}
        for name, each in reversed(new.items()):
            if name not in self.before and policies[name] != "Retain":
                resources.delete(each)
        if asked:
            self._become(template, asked, parameters)


def _parse(self: Any) -> None:
    self.template_dict = expanded(models.Stack.parse_template(self.template), getattr(self, "parameters", None) or {})


def _apply(self: Any) -> None:
    """moto ends every change well: what it refuses is the stack's status here, as CloudFormation's."""
    stack = self.stack
    try:
        stack.resource_map.update(self.template_dict, self.parameters)
    except Exception as error:  # noqa: BLE001  (whatever moto refuses)
        traceback.print_exc()
        stack._add_stack_event("UPDATE_FAILED", resource_status_reason=f"{type(error).__name__}: {error}")
        stack.came_back = "ROLLBACK_COMPLETE" if self.change_set_type == "CREATE" else "UPDATE_ROLLBACK_COMPLETE"
        return
    stack.came_back = ""
    stack.template_dict, stack.parameters = self.template_dict, self.parameters
    stack.output_map = stack._create_output_map()


def _executed(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
    change_set = self.describe_change_set(change_set_name)
    _execute(self, change_set_name, stack_name)
    if change_set.stack.came_back:
        change_set.stack.status = change_set.stack.came_back
        change_set.stack._add_stack_event(change_set.stack.came_back)


def _from_bucket(template_url: str, account_id: str, partition: str) -> str:
    """The SAM CLI names a bucket by its path, with this server's address."""
    bucket, key = urlsplit(template_url).path.lstrip("/").split("/", 1)
    return str(s3_backends[account_id][partition].get_object(bucket, key).value.decode())
