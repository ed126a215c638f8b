"""`python -m infra.expand [Parameter=value ...]` prints infra/template.yaml as CloudFormation sees it, in JSON.

AWS's own transform of the SAM resources, which refuses what a linter of the short form passes. It needs
aws-sam-translator (make setup-lint), no account and no network.
"""

import json
import os
import sys
from typing import Any, Final

from samtranslator.translator.transform import transform  # type: ignore[import-not-found]  # see make setup-lint

from infra.templates import Template, read

_REGION: Final = "eu-west-1"
_POLICIES: Final = ("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSXRayDaemonWriteAccess")


class _Policies:
    """AWS's managed policies by their names; the real list is asked of an account."""

    def load(self) -> dict[str, str]:
        """Name -> ARN."""
        return {name: f"arn:aws:iam::aws:policy/service-role/{name}" for name in _POLICIES}


def expanded(template: Template, values: dict[str, Any]) -> Template:
    """Only CloudFormation's own resources. `values`: of parameters that have no default, or another one."""
    for resource in template["Resources"].values():
        if resource.get("Properties", {}).get("PackageType") == "Image":
            # What `sam build` and `sam deploy` put there.
            resource["Properties"]["ImageUri"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/burnout:latest"
        for code in ("CodeUri", "ContentUri"):
            if code in resource.get("Properties", {}):
                resource["Properties"][code] = "s3://packaged/code"
    result: Template = transform(template, values, _Policies())
    return result


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", _REGION)  # noqa: TID251  (the translator reads it)
    given = dict(argument.split("=", 1) for argument in sys.argv[1:])
    print(json.dumps(expanded(read(), {"OperatorContact": "@operator", "Release": "first", **given}), indent=1))
