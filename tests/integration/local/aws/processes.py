"""Processes as the system sees them, and waiting with a bound."""

import os
import subprocess
import time
from contextlib import contextmanager, suppress

import psutil

ALL_IT_SAYS = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
_HELPER = "multiprocessing.resource_tracker"


def descendants(pid):
    """Every running process below `pid`, except the helper that multiprocessing keeps for itself."""
    found = set()
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE and _HELPER not in " ".join(process.cmdline()):
                found.add(process.pid)
    return found


def running(pids):
    """Those of the processes that run still; a zombie does not."""
    alive = set()
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                alive.add(pid)
    return alive


def variables_with(**more):
    """This process's variables and more, for a child: it needs a whole environment."""
    return {**os.environ, **more}  # noqa: TID251


@contextmanager
def started():
    """A function that starts a process as `Popen` does; whatever still runs at the end of the block is killed."""
    processes = []

    def start(*arguments, **options):
        processes.append(subprocess.Popen(*arguments, **options))
        return processes[-1]

    try:
        yield start
    finally:
        for process in processes:
            process.kill()
            process.wait()
            process.stdout.close()


def eventually(condition, within_s=120.0):
    """Returns when the condition is true."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
