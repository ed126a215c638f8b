"""What the files of an export are and what their columns mean, as plain text in the person's language."""

from collections.abc import Mapping
from datetime import datetime
from html import unescape

from burnout.schedule import zone_of
from burnout.texts import short_date, text
from burnout.values import Language
from functions.report.export.archive import DATA, TableRows


def readme(tables: Mapping[str, TableRows], time_zone: str | None, language: Language, made_utc: datetime) -> str:
    """The README.txt, lines ended by line feeds."""
    made = text(
        "export_made",
        language,
        date=short_date(made_utc.date(), language, with_year=True),
        time=f"{made_utc:%H:%M}",
        zone=zone_of(time_zone, language).key,
    )
    head = [text("export_readme", language), made, text("export_data", language, file=DATA)]
    files = [_file(table, rows, language) for table, rows in tables.items()]
    tail = [text(f"export_{words}", language) for words in ("reading", "photos", "rights")]
    parts = "\n\n".join(part.strip() for part in (*head, *files, *tail))
    return f"{unescape(parts)}\n"  # the catalogue's sentences are HTML, and this is none


def _file(table: str, rows: TableRows, language: Language) -> str:
    head = text(
        "export_file", language, file=f"{table}.csv", about=text(f"export_table_{table}", language), rows=len(rows.rows)
    )
    columns = [
        text("export_column", language, column=column, about=text(f"export_column_{column}", language))
        for column in rows.columns
    ]
    return "\n".join([head, *columns])
