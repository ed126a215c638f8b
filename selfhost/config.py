"""What the process is told from outside, and what it tells its children: the one reader of the environment here."""

import ctypes
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from burnout.redaction import TOKEN, redacted_logger
from selfhost import RefusedError

TOKEN_VARIABLE: Final = "TELEGRAM_BOT_TOKEN"  # noqa: S105  (the variable's name)
PHOTOS: Final = (30, 100)  # of one person: an hour, a day
LOG_BYTES: Final = 1 << 20  # of the log and of the one before it
_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h
_ROOT: Final = Path(__file__).parent.parent
# Isolated: neither the folder it is started in nor the variables of whoever starts it decide what is imported.
_BEGIN: Final = (
    "import runpy, sys; name = sys.argv[1]; sys.path[:0] = sys.argv[2:4]; del sys.argv[1:4]; "
    "runpy.run_module(name, run_name='__main__')"
)


def taken_token(file: Path | None) -> str:
    """The bot's token, from the file or the variable; no child is given it. Raises: RefusedError."""
    token = os.environ.pop(TOKEN_VARIABLE, "") if file is None else _read(file)  # noqa: TID251
    where = TOKEN_VARIABLE if file is None else str(file)
    if not token:
        raise RefusedError(f"{where} is empty: it wants the token that @BotFather gave you")
    if not TOKEN.fullmatch(token):
        shape = "digits, a colon, and 30 or more letters, digits, - or _"
        raise RefusedError(f"{where} has no token of @BotFather's: those have {shape}")
    return token


def prepare(folder: Path) -> None:
    """Whatever this process writes is its owner's, and nobody else of that account reads its memory or variables.

    To be called before anything is imported that draws or measures.
    """
    os.umask(0o077)
    os.environ.pop(TOKEN_VARIABLE, None)  # noqa: TID251  (a browser is a child too)
    variables = {"MPLCONFIGDIR": str(folder / "matplotlib"), "POWERTOOLS_METRICS_DISABLED": "true"}
    os.environ.update(variables, POWERTOOLS_METRICS_NAMESPACE="Burnout", POWERTOOLS_SERVICE_NAME="burnout")  # noqa: TID251
    if sys.platform == "linux":  # the process that reads photos runs as the same user
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def log_to(path: Path) -> None:
    """From here on the log's lines are in this file, and not between the sentences on the terminal."""
    logger = redacted_logger()
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, delay=True)
    handler.setFormatter(logger.registered_formatter)
    logger.handlers.clear()
    logger.addHandler(handler)
    logging.raiseExceptions = False  # where it cannot be written a line is lost, and no more


def command(module: str, *arguments: str) -> tuple[str, ...]:
    """What starts a module of ours in a process of its own."""
    return (sys.executable, "-I", "-c", _BEGIN, module, str(_ROOT), str(_ROOT / "layers" / "common"), *arguments)


def for_the_child() -> dict[str, str]:
    """The whole environment of the process that reads photos: where its libraries are, how many threads they use."""
    found = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}  # noqa: TID251
    return {"OMP_NUM_THREADS": "1", **found}


def _read(file: Path) -> str:
    try:
        status = file.stat()
        # systemd's credentials are root's, with a list of rights that looks like the group's.
        others = 0o007 if status.st_uid == 0 and os.geteuid() != 0 else 0o077
        if status.st_mode & others:
            raise RefusedError(f"others can read {file}: chmod 600 {file}")
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no text"
        raise RefusedError(f"{file} cannot be read: {reason}") from None
