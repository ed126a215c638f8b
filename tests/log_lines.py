"""What a function's own logger writes, whichever test made the logger."""

import io
from contextlib import contextmanager


@contextmanager
def lines_of(logger):
    """A function that gives what the logger has written within the block, as text.

    Powertools' loggers outlive a test and keep the stdout that they met first. That may be closed by now, so it is put
    aside and not flushed.
    """
    handler, stream = logger.registered_handler, io.StringIO()
    before, handler.stream = handler.stream, stream
    try:
        yield stream.getvalue
    finally:
        handler.stream = before
