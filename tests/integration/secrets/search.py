"""Looking for what must not be there: in an exception with all that hangs on it, and in every log line."""

import io
import logging
import traceback
from contextlib import contextmanager


def everything(error):
    """All that a log, a tracer or a person could read off an exception."""
    found, waiting, seen = [], [error], set()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        found += [str(each), repr(each), repr(each.args), repr(vars(each)), type(each).__name__]
        found += traceback.format_exception(each)
        waiting += [each.__cause__, each.__context__]
        waiting += [value for value in (*each.args, *vars(each).values()) if isinstance(value, BaseException)]
    return "\n".join(found)


def loud(stream):
    """Every logger of this process says everything; the handler that writes it to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    for name in (None, *logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.DEBUG)
    return handler


@contextmanager
def all_lines():
    """A function that gives every log line of the block, at the lowest level of every logger that there is."""
    loggers = [logging.getLogger(name) for name in (None, *logging.root.manager.loggerDict)]
    levels = [logger.level for logger in loggers]
    stream = io.StringIO()
    handler = loud(stream)
    try:
        yield stream.getvalue
    finally:
        logging.getLogger().removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
