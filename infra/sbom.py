"""`python -m infra.sbom`: what is inside each deployed thing, as CycloneDX JSON in build/sbom/, from the locks.

One file a function; the layer is in each. cyclonedx-py writes them from the pins that Lambda's Python would get.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from infra.locks import DEPLOYED, ROOT, pins

FOLDER: Final = ROOT / "build" / "sbom"
_PROGRAM: Final = ROOT / ".venv-audit" / "bin" / "cyclonedx-py"
_LIMIT_S: Final = 120


def contents(function: str) -> str:
    """The pins of a function as a requirements file, each once."""
    lines = {
        pin.name: f"{pin.name}=={pin.version} {pin.hashes}\n"
        for lock in DEPLOYED[function]
        for pin in pins(lock)
        if pin.in_the_runtime
    }
    return "".join(lines[name] for name in sorted(lines))


def write(function: str) -> Path:
    """The function's list of contents; where it is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{function}.cdx.json"
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text(contents(function), encoding="utf-8")
        command = [str(_PROGRAM), "requirements", str(listed), "--output-reproducible", "--output-file", str(target)]
        subprocess.run(command, check=True, timeout=_LIMIT_S)  # noqa: S603  (our own command line)
    return target


def main() -> int:
    """Writes and names each list."""
    for function in DEPLOYED:
        print(write(function).relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
