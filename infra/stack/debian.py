"""Debian trixie, whose Python is the Lambda runtime's 3.13: as a base image's root, and as an interpreter of its own.

A machine with Debian 12 has no Python 3.13, and neither PyPI nor Debian 12 carries one. mmdebstrap makes trixie's root
out of Debian's packages in a minute; its interpreter then runs from where it lies, under its own libc.
"""

import os
import shutil
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from infra.stack.command import BUILD, StackToolError, UnavailableError, run
from local.aws import environment

RELEASE: Final = "trixie"
_PACKAGES: Final = "python3,python3-venv,python3-pip,ca-certificates"
_MIRROR: Final = "http://deb.debian.org/debian"  # apt's signatures guard it
_MAKE_LIMIT_S: Final = 600
_ASK_LIMIT_S: Final = 60
_NAME: Final = "python3.13"
_USUAL: Final = ("/usr/local/bin", "/opt/homebrew/bin", "~/.local/bin", "~/.pyenv/versions/3.13*/bin")
# The loader is asked by name, so that nothing of this libc meets the machine's own.
_WRAPPER: Final = """#!/bin/sh
exec "{root}/usr/lib64/ld-linux-x86-64.so.2" --argv0 "{root}/usr/bin/python3.13" \\
  --library-path "{root}/usr/lib/x86_64-linux-gnu" "{root}/usr/bin/python3.13.elf" "$@"
"""


def root_archive() -> Path:
    """A tar of trixie's root with Python; made once. Raises: StackToolError."""
    archive = BUILD / f"{RELEASE}.tar"
    if not archive.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        partial = archive.with_suffix(".partial.tar")
        partial.unlink(missing_ok=True)
        if not shutil.which("mmdebstrap"):
            raise UnavailableError("mmdebstrap is not installed (apt-get install mmdebstrap)")
        options = ["--variant=minbase", f"--include={_PACKAGES}"]
        options += [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "locale", "man")]
        run(["mmdebstrap", *options, RELEASE, partial, _MIRROR], limit_s=_MAKE_LIMIT_S)
        partial.rename(archive)
    return archive


def python313() -> Path:
    """An interpreter of the functions' runtime: the machine's, or trixie's. Raises: StackToolError."""
    return installed_python313() or _unpacked()


def installed_python313() -> Path | None:
    """Python 3.13 on PATH or where it usually lies, if it really runs: a version manager leaves scripts of its name."""
    folders = [*environment.path().split(os.pathsep), *(str(each) for place in _USUAL for each in _matching(place))]
    for folder in dict.fromkeys(folders):
        python = Path(folder) / _NAME
        with suppress(StackToolError, OSError):
            if python.is_file():
                run([python, "-I", "-c", "import ssl, sqlite3, pip"], limit_s=_ASK_LIMIT_S)
                return python
    return None


def _matching(place: str) -> list[Path]:
    path = Path(place).expanduser()
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _unpacked() -> Path:
    root = BUILD / RELEASE
    python = root / "usr" / "bin" / _NAME
    if not (root / ".done").exists():
        archive = root_archive()
        shutil.rmtree(root, ignore_errors=True)
        with tarfile.open(archive) as tar:
            # No devices: making them needs more rights, and nothing looks at them.
            members = (each for each in tar if each.isfile() or each.islnk() or each.issym() or each.isdir())
            tar.extractall(root, members, filter="fully_trusted")  # noqa: S202  (Debian's own packages)
        python.rename(python.with_name(f"{_NAME}.elf"))
        python.write_text(_WRAPPER.format(root=root), encoding="utf-8")
        python.chmod(0o755)
        (root / ".done").touch()
    try:
        run([python, "-I", "-c", "import ssl, sqlite3, pip"], limit_s=_ASK_LIMIT_S)
    except StackToolError as error:
        raise UnavailableError(f"no Python 3.13 here, and trixie's does not run: {error}") from error
    return python
