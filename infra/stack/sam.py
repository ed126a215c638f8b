"""The SAM CLI: where it is, and `sam build`."""

import re
import shutil
from pathlib import Path
from typing import Final

from infra.stack.command import ROOT, CompletedRun, StackToolError, UnavailableError, run
from local.aws import environment

BUILT: Final = ROOT / ".aws-sam" / "build"  # where `make build` leaves everything
FUNCTIONS: Final = {"webhook": "WebhookFunction", "infer": "InferFunction", "store": "StoreFunction"} | {
    "report": "ReportFunction",
    "app": "AppFunction",
}  # as people call them: as the template does
LAYER: Final = "CommonLayer"
_BUILD_LIMIT_S: Final = 900


def python313() -> Path:
    """An interpreter of the functions' runtime, from `.ci/python313`. Raises: UnavailableError."""
    python = ROOT / "build" / "python3.13" / "python3.13"
    if not python.exists():
        raise UnavailableError("no Python 3.13 here (.ci/python313)")
    return python


def program() -> Path:
    """The SAM CLI of `make setup-sam`, or the one on PATH. Raises: UnavailableError."""
    beside = ROOT / ".venv-sam" / "bin" / "sam"
    found = str(beside) if beside.exists() else shutil.which("sam")
    if not found:
        raise UnavailableError("the SAM CLI is not installed (make setup-sam)")
    return Path(found)


def build(*, image: bool) -> CompletedRun:
    """`.aws-sam/build` has everything, built by the SAM CLI; without `image` all but infer. Raises: StackToolError."""
    scope = [] if image else ["--exclude", FUNCTIONS["infer"]]
    variables = {"SAM_CLI_TELEMETRY": "0", "PATH": f"{python313().parent}:{environment.path()}"}
    return run([program(), "build", *scope], limit_s=_BUILD_LIMIT_S, variables=variables)


def image_name() -> str:
    """What `sam build` called infer's image. Raises: StackToolError."""
    template = BUILT / "template.yaml"
    named = re.search(r"^ +ImageUri: (\S+)$", template.read_text(encoding="utf-8"), re.M) if template.exists() else None
    if named is None:
        raise StackToolError("infer's image is not built yet (make build)")
    return named.group(1)
