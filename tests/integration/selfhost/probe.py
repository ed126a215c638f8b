"""The process that reads photos, in which some photos are orders: what a flaw in a decoder would let a stranger do."""

import json
import os
import resource
import socket
import sys
import time
from pathlib import Path

from functions.infer.image import ImageError
from selfhost import pixels

analyse = pixels.analyse


def into_the_first_place():
    """The lowest number is free again; a limit that counts numbers would give it out."""
    os.close(0)
    Path("/etc/hostname").read_bytes()


ATTEMPTS = {
    "open": Path("/etc/hostname").read_bytes,
    "open in place of its own pipe": into_the_first_place,
    "write": lambda: Path("/dev/shm/probe").write_bytes(b"x"),
    "socket": socket.socket,
    "raise the limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (10, 10)),
    "the bot's variables": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
}


def succeeded(attempt):
    try:
        attempt()
    except (OSError, ValueError):
        return False
    return True


def ordered(photo, *arguments):
    if photo == b"attempt":
        worked = [what for what, attempt in ATTEMPTS.items() if succeeded(attempt)]
        raise ImageError("damaged", json.dumps(worked))
    if photo == b"hang":
        time.sleep(600)
    if photo == b"die":
        os._exit(9)
    if photo == b"raise":
        raise KeyError
    if photo == b"nonsense":
        os.write(1, b"\xff" * 64)
    return analyse(photo, *arguments)


if __name__ == "__main__":
    pixels.analyse = ordered
    if "hasty" in sys.argv:
        pixels.ALARM_S = 1
    if "broken" in sys.argv:
        pixels.served_classifiers = lambda folder: (_ for _ in ()).throw(ValueError("mvp.json: wrong labels"))
    sys.exit(pixels.main(sys.stdin.buffer, sys.stdout.buffer))
