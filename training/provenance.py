"""Where a result comes from: machine, library versions and commit, as they go into metrics and contracts."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Final

import torch

CPUINFO: Final = Path("/proc/cpuinfo")
_LIBRARIES: Final = ("torch", "torchvision", "numpy", "onnx", "onnxscript", "onnxruntime", "opencv-python-headless")


def machine() -> str:
    """The processor (or GPU) and the number of CPUs, e.g. "Intel(R) Xeon(R) Processor, 2 CPUs"."""
    processor = torch.cuda.get_device_name() if torch.cuda.is_available() else _cpu_name()
    return f"{processor}, {os.cpu_count()} CPUs"


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


def _cpu_name() -> str:
    lines = CPUINFO.read_text().splitlines() if CPUINFO.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
