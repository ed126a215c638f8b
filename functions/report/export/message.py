"""Everything that is kept about a person, for them: rows of every table → one ZIP → one message."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from burnout.report_requests import ReportRequest
from burnout.schedule import local_day
from burnout.store.people import ReadSettings, Settings
from burnout.store.privacy import TABLES, ReadRows, Table
from burnout.telegram.calls import BotCall, send_document, send_message
from burnout.texts import LANGUAGES, text
from burnout.values import Language, UserId
from functions.report.deps import Deps
from functions.report.export.archive import TableRows, archive
from functions.report.export.readme import readme
from functions.report.messages import OutgoingMessage
from functions.report.metrics import RunMetrics

LIMIT_BYTES: Final = 50_000_000  # that a bot may upload (core.telegram.org/bots/api, sendDocument)
_FORM_BYTES: Final = 100_000  # of what is sent are not the file


def export_message(
    request: ReportRequest, now_utc: datetime, deps: Deps, run_metrics: RunMetrics
) -> OutgoingMessage | None:
    """The ZIP with its words; None when nothing is kept about the person. Raises: StoreUnavailableError."""
    with run_metrics.stopwatch.stage("rows"):
        settings = deps.store(ReadSettings(user_id=request.user_id))
        if settings is None:
            return None
        tables: dict[str, TableRows] = {table: _rows(table, request.user_id, deps) for table in TABLES}
    person = tables["people"]
    if not person.rows:  # erased since
        return None
    with run_metrics.stopwatch.stage("archive"):
        words = readme(tables, settings.time_zone, settings.language, now_utc)
        message = _message(request.user_id, archive(tables, words, now_utc, settings.language), settings, now_utc)
    return replace(message, pseudonym=str(person.rows[0][person.columns.index("pseudonym")]))


def nothing_kept(user_id: UserId) -> BotCall:
    """That nothing is kept. In every language, because the person's language is not kept either."""
    return send_message(user_id, "\n\n".join(text("export_nothing", language) for language in LANGUAGES))


def _message(user_id: UserId, content: bytes, settings: Settings, now_utc: datetime) -> OutgoingMessage:
    language: Language = settings.language
    if len(content) > LIMIT_BYTES - _FORM_BYTES:
        return OutgoingMessage(send_message(user_id, text("export_too_large", language)), state="skipped")
    day = local_day(now_utc, settings.zone)
    caption = text("export_caption", language)
    return OutgoingMessage(send_document(user_id, caption), document=(f"burnout-export-{day.isoformat()}.zip", content))


def _rows(table: Table, user_id: UserId, deps: Deps) -> TableRows:
    """All pages of a table. Rows that are written meanwhile may be among them or not."""
    page = deps.store(ReadRows(user_id=user_id, table=table))
    columns, rows = page.columns, list[tuple[Any, ...]](page.rows)
    while page.after is not None:
        page = deps.store(ReadRows(user_id=user_id, table=table, after=page.after))
        rows += page.rows
    return TableRows(columns, rows)
