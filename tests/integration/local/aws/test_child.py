"""What a child prints is in its log at once, in any environment: a kill loses no line, and a reader sees the last."""

import sys
from pathlib import Path

from tests.integration.local.aws.processes import ALL_IT_SAYS, eventually, started, variables_with

ROOT = Path(__file__).parents[4]
CHILD = """
import sys, time
from pathlib import Path
from local.aws.child import redirect_output
redirect_output(Path(sys.argv[1]))
print("printed")
time.sleep(60)
"""


def test_a_line_is_in_the_log_before_the_process_ends(tmp_path):
    log = tmp_path / "log"
    log.touch()
    with started() as start:
        unset = variables_with(PYTHONUNBUFFERED="")  # empty is as good as unset
        child = start([sys.executable, "-c", CHILD, str(log)], cwd=ROOT, env=unset, **ALL_IT_SAYS)

        eventually(lambda: log.read_text(encoding="utf-8") == "printed\n")
        assert child.poll() is None
