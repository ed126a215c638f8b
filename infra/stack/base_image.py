"""The image that the functions run in: AWS's own where its registry can be reached, else a stand-in of Debian and PyPI.

Both have the same names, so the project's Dockerfile and the SAM CLI cannot tell.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Final

from infra.stack import docker
from infra.stack.command import StackToolError, run
from infra.stack.debian import RELEASE, root_archive
from infra.stack.sam import emulator

NAME: Final = "public.ecr.aws/lambda/python:3.13"
NAMES: Final = (NAME, f"{NAME}-x86_64")  # what Dockerfiles say, and what the SAM CLI looks for on zip functions
STAND_IN: Final = "burnout.stand-in"  # a label
_ROOT_NAME: Final = f"burnout-stand-in/{RELEASE}:latest"
_CERTIFICATES: Final = Path("/usr/local/share/ca-certificates")
_PULL_LIMIT_S: Final = 300
_IMPORT_LIMIT_S: Final = 120
_BUILD_LIMIT_S: Final = 600
_FILES: Final = Path(__file__).parent / "base"


def ensure() -> str:
    """The base image is there; says which one, in a few words. Raises: StackToolError."""
    if not all(docker.image(name) for name in NAMES) and not _pulled():
        _make()
    described = docker.image(NAME) or {}
    labels = (described.get("Config") or {}).get("Labels") or {}
    return "a stand-in on Debian trixie" if labels.get(STAND_IN) else "AWS's own"


def remove_stand_in() -> None:
    """Our images are gone, by name; nobody else's."""
    described = docker.image(NAME) or {}
    if STAND_IN in ((described.get("Config") or {}).get("Labels") or {}):
        run(["docker", "image", "rm", *NAMES], limit_s=_IMPORT_LIMIT_S)
    if docker.image(_ROOT_NAME):
        run(["docker", "image", "rm", _ROOT_NAME], limit_s=_IMPORT_LIMIT_S)


def _pulled() -> bool:
    try:
        for name in NAMES:
            run(["docker", "pull", "--quiet", name], limit_s=_PULL_LIMIT_S)
    except StackToolError:  # no registry within reach is the ordinary case in a closed network
        return False
    return True


def _make() -> None:
    run(["docker", "import", root_archive(), _ROOT_NAME], limit_s=_IMPORT_LIMIT_S)
    with tempfile.TemporaryDirectory() as context:
        _fill(Path(context))
        tags = [part for name in NAMES for part in ("--tag", name)]
        # The classic builder: docker.io has no other, and with BuildKit a FROM asks a registry first.
        run(
            ["docker", "build", "--quiet", "--build-arg", f"ROOT={_ROOT_NAME}", *tags, context],
            limit_s=_BUILD_LIMIT_S,
            variables={"DOCKER_BUILDKIT": "0"},
        )


def _fill(context: Path) -> None:
    shutil.copytree(_FILES, context, dirs_exist_ok=True)
    shutil.copy(emulator(), context / "aws-lambda-rie")
    certificates = context / "certificates"
    certificates.mkdir()
    for certificate in _CERTIFICATES.glob("*.crt"):
        shutil.copy(certificate, certificates)
