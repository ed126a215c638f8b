"""`python3 integrity.py FOLDER`: PRAGMA integrity_check of every database in a folder that was restored from a backup.

Of the standard library alone, from Python 3.9 on: it runs where nothing else of the project is, see docs/operations.md.
Exit status: 0, or 1 with a line for each file that is not whole.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def damage_of(file: Path) -> str:
    """What SQLite says of a database that is not whole; empty when it is."""
    try:
        # Writable, as the store opens it: what an interrupted commit left in a journal is taken back first.
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as error:
        return str(error)
    return "" if said == ["ok"] else "; ".join(said)


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
