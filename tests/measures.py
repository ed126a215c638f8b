"""What tests measured, in pytest's closing summary, with the machine it was measured on."""

import contextlib
import os
import platform
from pathlib import Path

import pytest

MEASURED = pytest.StashKey[list]()


def summarise(terminalreporter, config):
    """Writes the section; the hook of a folder's conftest calls it."""
    lines = config.stash.get(MEASURED, [])
    if lines:
        terminalreporter.section(f"measured on {cpu()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}")
        for line in lines:
            terminalreporter.line(line)
        lines.clear()  # another folder's hook comes after this one


def noting(config):
    """Call the result with what was measured and its value."""
    lines = config.stash.setdefault(MEASURED, [])
    return lambda what, value: lines.append(f"{what:<58} {value}")


def cpu():
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return platform.machine()
