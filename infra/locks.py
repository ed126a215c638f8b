"""The locks: every pin of every requirements.txt with its marker and hashes, for the audit and lists of contents."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.markers import Marker

ROOT: Final = Path(__file__).parents[1]
LAYER: Final = Path("layers/common/requirements.txt")
# What each deployed thing holds: the layer is in all of them.
DEPLOYED: Final = {
    "webhook": (LAYER,),
    "store": (LAYER,),
    "report": (LAYER, Path("functions/report/requirements.txt")),
    "infer": (LAYER, Path("functions/infer/requirements.txt")),
}
_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*([^\\\n]+?))?\s*((?:\\\n\s+--hash=\S+\s*)*)$", re.M)
_RUNTIME: Final[dict[str, str | AbstractSet[str]]] = {
    "python_version": "3.13",
    "python_full_version": "3.13.0",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
}  # the functions' own: python3.13 on x86_64


@dataclass(frozen=True)
class Pin:
    """One line of a lock."""

    name: str
    version: str
    marker: str
    hashes: str  # the rest of the line, as pip reads it

    @property
    def in_the_runtime(self) -> bool:
        """Whether Lambda's Python would get it."""
        return not self.marker or Marker(self.marker).evaluate(_RUNTIME)


def locks() -> list[Path]:
    """Every lock of the project, relative to its root."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("requirements*.txt"))
    return sorted(path for path in found if not path.parts[0].startswith((".", "build")))


def pins(lock: Path) -> list[Pin]:
    """A lock's pins, in its order. Raises: ValueError for one without any."""
    found = [Pin(*match) for match in _PIN.findall((ROOT / lock).read_text(encoding="utf-8"))]
    if not found:
        raise ValueError(f"{lock} pins nothing")
    return found
