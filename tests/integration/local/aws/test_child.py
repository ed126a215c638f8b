"""What a child prints is in its log at once, in any environment: a kill loses no line, and a reader sees the last."""

import os
import sys
import time

from local.aws.child import redirect_output
from tests.integration.local.aws.processes import eventually


def print_and_wait(log):
    redirect_output(log)
    print("printed")  # noqa: T201
    time.sleep(60)


def test_a_line_is_in_the_log_before_the_process_ends(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    script = "import sys; from pathlib import Path; from tests.integration.local.aws.test_child import print_and_wait; "
    pid = os.spawnv(
        os.P_NOWAIT,
        sys.executable,
        [sys.executable, "-c", script + "print_and_wait(Path(sys.argv[1]))", str(tmp_path / "log")],
    )

    try:
        eventually(lambda: (tmp_path / "log").exists() and "printed" in (tmp_path / "log").read_text(encoding="utf-8"))
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
