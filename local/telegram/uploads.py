"""A file that a bot sends to Telegram."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Upload:
    """One file of a multipart form."""

    file_name: str
    data: bytes
