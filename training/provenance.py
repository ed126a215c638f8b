"""Where a result comes from: machine, library versions and commit, as they go into metrics and contracts."""

import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Final

import torch

from training.processor import processor

_LIBRARIES: Final = ("torch", "torchvision", "numpy", "onnx", "onnxscript", "onnxruntime", "opencv-python-headless")


def machine() -> str:
    """The GPU that torch would use, if there is one, and the processor with its instruction sets."""
    gpu = f"{torch.cuda.get_device_name()}; " if torch.cuda.is_available() else ""
    return f"{gpu}{processor()}"


def versions() -> dict[str, str]:
    """The installed versions of Python and of every library that touches the weights."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _LIBRARIES}}


def commit() -> str:
    """The commit of this code, ending in "-dirty" if tracked files differ; "uncommitted" where there is no commit."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "uncommitted"
    return answer.stdout.strip()
