"""The SAM CLI on this machine, with three additions. Run by its own interpreter, with its arguments.

- Our values of variables (BURNOUT_VARIABLES, the file of `--env-vars`), also of those that the template does not
  declare: the template for AWS must not declare addresses of this machine.
- A folder where a function's file system would be (BURNOUT_MOUNT): `sam local` ignores FileSystemConfigs, and the store
  would forget everything with its container.
- Images that say USER: it adds its emulator to them as that user, who may not, and gives up.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import docker  # type: ignore[import-untyped]  # it and the SAM CLI live in an environment of their own
from samcli.cli.main import cli  # type: ignore[import-not-found]
from samcli.local.docker.lambda_container import LambdaContainer  # type: ignore[import-not-found]
from samcli.local.docker.lambda_image import LambdaImage  # type: ignore[import-not-found]

_FOLDER = os.environ["BURNOUT_MOUNT"]  # noqa: TID251  (the SAM CLI's process, not the product's)
_VARIABLES = json.loads(Path(os.environ["BURNOUT_VARIABLES"]).read_text(encoding="utf-8"))  # noqa: TID251
_create = LambdaContainer.__init__
_dockerfile = LambdaImage._generate_dockerfile


def _create_here(self: Any, *args: Any, **kwargs: Any) -> None:
    function = str(kwargs.get("function_full_path"))
    variables = {**(kwargs.get("env_vars") or {}), **_VARIABLES.get(function, {})}
    _create(self, *args, **{**kwargs, "env_vars": variables})
    where = variables.get("DATABASE_DIR")
    if where:
        self._additional_volumes = {**(self._additional_volumes or {}), _FOLDER: {"bind": where, "mode": "rw"}}


def _dockerfile_as_root(base_image: str, layers: Any, architecture: str) -> str:
    user = docker.from_env().images.get(base_image).attrs["Config"]["User"]
    first, _, rest = str(_dockerfile(base_image, layers, architecture)).partition("\n")
    return f"{first}\nUSER root\n{rest}USER {user}\n" if user else f"{first}\n{rest}"


# A process that a shell started in the background ignores it, and would leave its containers behind.
signal.signal(signal.SIGINT, signal.default_int_handler)
LambdaContainer.__init__ = _create_here
LambdaImage._generate_dockerfile = staticmethod(_dockerfile_as_root)
sys.exit(cli(prog_name="sam"))
