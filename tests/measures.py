"""What tests measured, in pytest's closing summary, with the machine it was measured on."""

import os

import pytest

from training.processor import processor

MEASURED = pytest.StashKey[list]()


def pytest_terminal_summary(terminalreporter, config):
    lines = config.stash.get(MEASURED, [])
    if lines:
        terminalreporter.section(f"measured on {processor()}, load {os.getloadavg()[0]:.0f}")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def measured(pytestconfig):
    """Call it with what was measured and its value; the summary shows it."""
    lines = pytestconfig.stash.setdefault(MEASURED, [])
    return lambda what, value: lines.append(f"{what:<58} {value}")
