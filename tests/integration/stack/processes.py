"""Processes as `ps` sees them, and waiting with a bound."""

import subprocess
import time

_HELPER = "multiprocessing.resource_tracker"


def descendants(pid):
    """Every running process below `pid`, except this `ps` and the helper that multiprocessing keeps for itself."""
    rows = [line.split(maxsplit=3) for line in _ps("-A", "-ww", "-o", "pid=,ppid=,stat=,args=").splitlines()]
    children = [
        int(child)
        for child, parent, state, command in (row for row in rows if len(row) == 4)
        if int(parent) == pid and not state.startswith("Z") and not command.startswith("ps ") and _HELPER not in command
    ]
    return {below for child in children for below in {child, *descendants(child)}}


def running(pids):
    """Those of the processes that run still; a zombie does not."""
    rows = [line.split() for line in _ps("-o", "pid=,stat=", "-p", ",".join(map(str, pids))).splitlines()]
    return {int(pid) for pid, state in rows if not state.startswith("Z")}


def eventually(condition, within_s=30.0):
    """Returns when the condition is true."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def _ps(*arguments):
    return subprocess.run(["ps", *arguments], capture_output=True, text=True, check=False).stdout
