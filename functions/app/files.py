"""The page's files and the headers of every answer: all comes from this origin, and Telegram alone may frame it."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
# Of a page of ours; who may frame it follows.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors "
)
HEADERS: Final = {
    "content-security-policy": f"{POLICY}https://web.telegram.org",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_PAGE: Final = "app.html"
_HASHED: Final = re.compile(r"assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+")  # as Vite names what can never change
KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class File:
    """A file as it goes out; `packed` is the same with gzip."""

    content: bytes
    packed: bytes
    kind: str
    cached: str


def static(path: str, folder: Path = STATIC) -> File | None:
    """The file at a path of the address, /app or below it; None when there is none."""
    return _files(folder).get(path)


@cache
def _files(folder: Path) -> dict[str, File]:
    """By path, read once: whatever a path says, nothing else is opened. Only the kinds that a page has."""
    names = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.suffix in KINDS}
    return {"/app" if name == _PAGE else f"/app/{name}": _file(name, path) for name, path in names.items()}


def _file(name: str, path: Path) -> File:
    content = path.read_bytes()
    cached = "public, max-age=31536000, immutable" if _HASHED.fullmatch(name) else "no-cache"
    return File(content, gzip.compress(content, mtime=0), KINDS[path.suffix], cached)
