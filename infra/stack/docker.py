"""Docker: whether it can be used here; images by their names only."""

import json
import platform
from ipaddress import ip_network
from typing import Any, Final

from infra.stack.command import StackToolError, UnavailableError, run

BASE: Final = "public.ecr.aws/lambda/python:3.13"  # of infer's Dockerfile
_STAND_IN: Final = "burnout.stand-in"  # a label
_ASK_LIMIT_S: Final = 20.0


def check() -> str:
    """Docker answers and has the base image; which one it is. Raises: UnavailableError with the reason otherwise."""
    if platform.system() != "Linux":
        raise UnavailableError("the stack's containers reach this machine over Linux's docker bridge")
    try:
        # `docker version` ends with 1 when only the client is there.
        run(["docker", "version", "--format", "{{.Server.Version}}"], limit_s=_ASK_LIMIT_S)
    except UnavailableError:
        raise
    except StackToolError:
        raise UnavailableError("no docker daemon answers (root gets one from .ci/with-docker)") from None
    base = image(BASE)
    if base is None:
        raise UnavailableError(f"{BASE} is not here (.ci/with-docker brings it, or a stand-in)")
    return "a stand-in on Debian trixie" if _STAND_IN in (base["Config"]["Labels"] or {}) else "AWS's own"


def gateway() -> str:
    """This machine's address as containers see it. Raises: StackToolError."""
    answer = run(["docker", "network", "inspect", "bridge"], limit_s=_ASK_LIMIT_S)
    bridge = json.loads(answer.output)[0]["IPAM"]["Config"][0]
    # A daemon that has only just made its bridge names no gateway: it is the network's first address.
    return str(bridge.get("Gateway") or next(ip_network(bridge["Subnet"]).hosts()))


def image(name: str) -> dict[str, Any] | None:
    """What Docker knows of an image; None when it has none of this name."""
    try:
        answer = run(["docker", "image", "inspect", name], limit_s=_ASK_LIMIT_S)
    except StackToolError:
        return None
    described: dict[str, Any] = json.loads(answer.output)[0]
    return described
