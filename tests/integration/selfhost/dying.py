"""`python -m selfhost`, which dies as by kill -9 right after a stage of an update: `dying.py STAGE arguments`."""

import os
import signal
import sys
from contextlib import contextmanager

from functions.webhook.deps import RequestTrace
from selfhost.__main__ import main

deadly = sys.argv.pop(1)
stage = RequestTrace.stage


@contextmanager
def last(trace, name):
    with stage(trace, name):
        yield
    if name == deadly:
        os.kill(os.getpid(), signal.SIGKILL)


RequestTrace.stage = last
main(sys.argv[1:])
