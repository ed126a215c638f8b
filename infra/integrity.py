"""PRAGMA integrity_check of databases that were restored from a backup, before anybody uses them.

By hand `python3 integrity.py FOLDER`: exit status 0, or 1 with a line for each file that is not whole. At AWS the same
file is a function's whole code, see infra/restore_look.py. It is of the standard library alone, from Python 3.9 on.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

FILES = Path("/mnt/files")  # where the function has the file system
_OURS = ("[0-9a-f][0-9a-f].sqlite*", "reserve")  # also journals, and what was set aside


def damage_of(file: Path) -> str:
    """What SQLite says of a database that is not whole; empty when it is."""
    try:
        # Writable, as the store opens it: what an interrupted commit left in a journal is taken back first.
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as error:
        return str(error)
    return "" if said == ["ok"] else "; ".join(said)


def lambda_handler(event: dict[str, str], _context: object = None) -> str | list[str] | int:
    """Of one file (`check`) what is wrong with it; how many files it deleted, which lie anywhere but in one folder
    (`remove_all_but`); of nothing a list of all databases that were restored. Paths begin at the file system's root.
    """
    if "check" in event:
        return damage_of(FILES / event["check"].lstrip("/"))
    if "remove_all_but" in event:
        kept = FILES / event["remove_all_but"].lstrip("/")
        old = [file for pattern in _OURS for file in FILES.rglob(pattern) if file.parent != kept and file.is_file()]
        for file in old:
            file.unlink()
        return len(old)
    restored = FILES.glob("aws-backup-restore_*/**/[0-9a-f][0-9a-f].sqlite")
    return [f"/{file.relative_to(FILES)}" for file in sorted(restored)]


def main(folder: Path) -> int:
    """Every database is checked; the exit status."""
    damages = {file.name: damage_of(file) for file in sorted(folder.glob("*.sqlite"))}
    if not damages:
        print(f"{folder} has no databases")
        return 1
    wrong = {name: said for name, said in damages.items() if said}
    for name, said in wrong.items():
        print(f"BAD {name}: {said}")
    print(f"{len(damages)} databases checked, {len(wrong)} are not whole")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
