"""moto's CloudFormation with what it lacks: the SAM transform, changes in an order, a way back.

moto makes changes without their order, so a version would be of the function before its change; and it skips types that
it does not know, so that a stack without functions would be "complete".
"""

import functools
import json
import subprocess
import traceback
from urllib.parse import urlsplit

import moto.cloudformation.models as models
import moto.cloudformation.parsing as parsing
import moto.cloudformation.responses as responses
import moto.ecr.models as ecr
import moto.ecr.responses as ecr_responses
from moto.cloudformation.exceptions import ValidationError
from moto.s3.models import s3_backends

from infra.stack.command import ROOT
from tests.rehearsal import resources

# By the SAM CLI's own interpreter, which has AWS's transform.
_TRANSFORM = """
import json, sys
from samtranslator.translator.transform import transform
from infra.expand import _Policies
print(json.dumps(transform(*json.load(sys.stdin), _Policies())))
"""
_FAILED = {"CREATE": "ROLLBACK_COMPLETE", "UPDATE": "UPDATE_ROLLBACK_COMPLETE"}
_login = ecr_responses.ECRResponse.get_authorization_token


def install(patch, registry=""):
    """moto's CloudFormation in this process is ours, until `patch` ends; images go to `registry` in place of ECR."""
    resources.taken.clear()
    patch.setattr(models, "ResourceMap", Resources)
    patch.setattr(parsing, "resource_class_from_type", lambda _: resources.Resource)
    patch.setattr(models.Stack, "has_template", lambda self, other: self.template == other)
    patch.setattr(models.ChangeSet, "_parse_template", _parse)
    patch.setattr(models.CloudFormationBackend, "execute_change_set", _execute)
    patch.setattr(responses, "get_stack_from_s3_url", _from_bucket)
    if registry:
        uri = property(lambda self: f"{registry}/{self.name}", lambda *_: None)
        patch.setattr(ecr.Repository, "uri", uri, raising=False)
        patch.setattr(ecr_responses.ECRResponse, "get_authorization_token", lambda self: _login_at(registry, self))


class Resources(parsing.ResourceMap):
    """The resources of a stack; each is made or changed after those that it names."""

    def __getitem__(self, key):
        if key not in self._parsed_resources and key in self._resource_json_map:
            self._parsed_resources[key] = self._made(key, self._resource_json_map[key])
        return self._parsed_resources[key]

    def _made(self, name, asked):
        if "Condition" in asked and not self.lazy_condition_map[asked["Condition"]]:
            return None
        needs = asked.get("DependsOn", [])
        for each in [needs] if isinstance(needs, str) else needs:
            self[each]
        properties = parsing.clean_json(asked.get("Properties", {}), self)
        before, of_stack = self.before.get(name), self["AWS::StackName"]
        if before is None:
            return resources.create(asked, name, properties, of_stack)
        return before if before.properties == properties else resources.update(before, properties, of_stack)

    def update(self, template, parameters=None):
        """The stack as this template says. Raises: what is wrong with it, with everything as it was."""
        were = (self._template, self.input_parameters)
        self.before = self._taken_out()
        try:
            self._become(template, parameters or {})
        except Exception:
            for name, each in reversed(self._taken_out().items()):
                if each is not self.before.get(name) and each.asked.get("DeletionPolicy") != "Retain":
                    resources.delete(each)
            self._become(*were)
            raise
        for name, each in self.before.items():
            replaced = self._parsed_resources.get(name)
            policy = "UpdateReplacePolicy" if replaced else "DeletionPolicy"
            if each is not replaced and "Retain" not in each.asked.get(policy, ""):
                resources.delete(each)

    def delete(self):
        """Nothing is left but what is retained; the ids of all can still be asked for."""
        for each in reversed(self._of_stack().values()):
            if "Retain" not in each.asked.get("DeletionPolicy", ""):
                resources.delete(each)

    def _become(self, template, parameters):
        self._template, self.input_parameters, self.resolved_parameters = template, dict(parameters), {}
        self._resource_json_map = template.get("Resources", {})
        self.load()
        for name in self._resource_json_map:
            self[name]

    def _of_stack(self):
        return {name: each for name, each in self._parsed_resources.items() if isinstance(each, resources.Resource)}

    def _taken_out(self):
        return {name: self._parsed_resources.pop(name) for name in self._of_stack()}


@functools.lru_cache(maxsize=32)
def _expanded(asked):
    command = ["env", f"AWS_DEFAULT_REGION={resources.REGION}", ROOT / ".venv-sam" / "bin" / "python", "-c", _TRANSFORM]
    done = subprocess.run(command, cwd=ROOT, input=asked, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise ValidationError(message=done.stderr[-800:])
    return done.stdout


def _parse(self):
    template = models.Stack.parse_template(self.template)
    if template.pop("Transform", ""):
        template = json.loads(_expanded(json.dumps([template, self.parameters], default=str, sort_keys=True)))
    self.template_dict = template


def _execute(self, change_set_name, stack_name=None):
    """moto ends every change well: what is refused is the stack's status here, as CloudFormation's."""
    change_set = self.describe_change_set(change_set_name)
    changed, kind = change_set.stack, change_set.change_set_type
    changed._add_stack_event(f"{kind}_IN_PROGRESS", resource_status_reason="User Initiated")
    try:
        changed.resource_map.update(change_set.template_dict, change_set.parameters)
    except Exception as error:  # whatever moto refuses
        traceback.print_exc()
        changed._add_stack_event(f"{kind}_FAILED", resource_status_reason=f"{type(error).__name__}: {error}")
        changed.status = _FAILED[kind]
    else:
        changed.status = f"{kind}_COMPLETE"
        changed.template, changed.parameters = change_set.template, change_set.parameters
        changed.template_dict = change_set.template_dict
        changed.output_map = changed._create_output_map()
    change_set.execution_status = "EXECUTE_COMPLETE"
    changed._add_stack_event(changed.status)


def _from_bucket(template_url, account_id, partition):
    """The SAM CLI names a bucket by its path, with this server's address."""
    bucket, key = urlsplit(template_url).path.lstrip("/").split("/", 1)
    return s3_backends[account_id][partition].get_object(bucket, key).value.decode()


def _login_at(registry, response):
    result = _login(response)
    result._result["authorizationData"][0]["proxyEndpoint"] = f"http://{registry}"
    return result
