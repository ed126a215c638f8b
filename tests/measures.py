"""What tests measured, in pytest's closing summary, with the machine it was measured on."""

import os

import pytest

from training.processor import processor

MEASURED = pytest.StashKey[list]()


def summarise(terminalreporter, config):
    """Writes the section; the hook of a folder's conftest calls it."""
    lines = config.stash.get(MEASURED, [])
    if lines:
        terminalreporter.section(f"measured on {processor()}, load {os.getloadavg()[0]:.0f}")
        for line in lines:
            terminalreporter.line(line)
        lines.clear()  # another folder's hook comes after this one


def noting(config):
    """Call the result with what was measured and its value."""
    lines = config.stash.setdefault(MEASURED, [])
    return lambda what, value: lines.append(f"{what:<58} {value}")
