"""stdin: a template and its parameters; stdout: it without SAM's resources. By the SAM CLI's own interpreter."""

import json
import os
import sys

os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"  # noqa: TID251  (the translator reads it)

from samtranslator.translator.transform import transform  # type: ignore[import-not-found]

from infra.expand import _Policies

if __name__ == "__main__":
    asked = json.load(sys.stdin)
    result = transform(asked["template"], asked["values"], _Policies())
    result.pop("Transform", None)
    print(json.dumps(result))
