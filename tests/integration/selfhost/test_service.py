"""The unit of systemd and the Dockerfile: what they name is there, and what they shut is shut."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest

from selfhost.__main__ import _parser
from tests.integration.selfhost.conftest import ROOT

UNIT = ROOT / "selfhost" / "systemd" / "burnout.service"
MOST_EXPOSURE = "20"  # of 100; a unit without any of it has 96
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


def analyse(tmp_path, *arguments):
    """systemd's judgement of the unit, on a machine where nothing is installed."""
    here = UNIT.read_text().replace("/opt/burnout/.venv-selfhost/bin/python", sys.executable)
    unit = tmp_path / UNIT.name
    unit.write_text(here.replace("/opt/burnout", str(ROOT)))
    command = ["systemd-analyze", *arguments, str(unit)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@needs_systemd
def test_the_unit_is_understood(tmp_path):
    said = analyse(tmp_path, "verify")

    assert [line for line in said.stderr.splitlines() if UNIT.name in line] == []


@needs_systemd
def test_the_unit_is_shut_off_from_the_machine(tmp_path):
    said = analyse(tmp_path, "security", "--offline=yes", f"--threshold={MOST_EXPOSURE}")

    assert said.returncode == 0, said.stdout


def test_the_units_command_is_one_that_the_bot_knows_and_a_refusal_is_not_repeated():
    unit = UNIT.read_text()
    command = shlex.split(re.search(r"^ExecStart=(.*)$", unit, re.M).group(1))

    arguments = _parser().parse_args(command[command.index("selfhost") + 1 :])

    assert (arguments.contact, str(arguments.data), str(arguments.token_file)) == (
        *("@your_name", "%S/burnout"),
        "%d/token",
    )
    assert "RestartPreventExitStatus=3\n" in unit


def test_the_image_has_every_module_that_the_bot_imports(tmp_path):
    dockerfile = (ROOT / "selfhost" / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (.*)$", dockerfile.partition("WORKDIR")[2], re.M):
        *sources, target = line.split()
        for source in sources:
            path = tmp_path / target / (source.rpartition("/")[2] if target.endswith("/") else "")
            path.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, path)
    modules = "__main__", "bot", "clock", "config", "copies", "folder", "infer", "pixels", "polling"
    show = f"import infra.profile, burnout; from selfhost import {', '.join(modules)}; print(bot.__file__)"
    show += "; print(burnout.__file__)"

    shown = subprocess.run(
        [sys.executable, "-c", show], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )

    assert all(path.startswith(str(tmp_path)) for path in shown.stdout.split())
