"""What the bot and the process that reads photos say to each other: a head in JSON, and of a request the photo."""

import struct
from typing import IO, Final

import msgspec

from burnout.inference import Inference, InferFailure

_SIZES: Final = struct.Struct("<II")  # bytes of head and body
_MOST_BYTES: Final = 32 << 20  # of both; a photo has at most 20 MB


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a photo gave, or why not; nothing at all says that the process is ready for its first photo."""

    inference: Inference | None = None
    failure: InferFailure | None = None
    error_type: str = ""  # of an exception of our own code
    error: str = ""  # why the process cannot begin
    is_last: bool = False  # the process ends now


def send(stream: IO[bytes], head: object, body: bytes = b"") -> None:
    """Head and body are on their way. Raises: OSError when nobody reads any more."""
    encoded = msgspec.json.encode(head)
    stream.write(_SIZES.pack(len(encoded), len(body)) + encoded)
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next head and body; None when the other side has ended, or says what nobody would say."""
    sizes = stream.read(_SIZES.size)
    if len(sizes) < _SIZES.size:
        return None
    head, body = _SIZES.unpack(sizes)
    if head + body > _MOST_BYTES:
        return None
    data = stream.read(head + body)
    return (data[:head], data[head:]) if len(data) == head + body else None
