"""The privacy documents say what the code does: every field, time, command and variable."""

import re
import sqlite3
from contextlib import nullcontext
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from burnout import config
from burnout.clock import now_utc
from burnout.store import privacy
from burnout.texts import LANGUAGES, help_commands
from burnout.values import SHARDS
from functions.report.shards import shards_to_sweep
from functions.store.schema import shipped_schema, statements
from functions.webhook.bot import handle
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.dispatch import COMMANDS
from functions.webhook.person import Terms
from functions.webhook.updates import parse_update
from local.aws.environment import TOKEN_VARIABLE
from selfhost.clock import EVERY
from selfhost.copies import RESTORED_FOR
from selfhost.reaching import OLD
from tests import updates
from tests.fakes import DirectStore, FakeFiles, FakeInfer, FakePhotos, face, inference

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "docs" / "privacy.md"
PAGES = [MAIN, *sorted((ROOT / "docs" / "privacy").glob("*.md"))]
EVERYTHING = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)

KEPT = {name: value for name, value in vars(privacy).items() if name.endswith("_FOR")}
# Times that are not `burnout.store.privacy`'s: the documents say beside each whose it is.
OTHERS = {
    timedelta(days=14): "between two alerts",
    timedelta(days=35): "backups of EFS",
    timedelta(days=7): "backups of EFS with the setting lean",
    OLD: "a copy of a self-hosted bot is named",
    RESTORED_FOR: "a copy of a self-hosted bot is restored",
    timedelta(hours=72): "GDPR Art. 33",
    timedelta(hours=24): "Telegram keeps updates",
}
UNITS = {"day": 86_400, "hour": 3_600, "дн": 86_400, "день": 86_400, "час": 3_600, "сут": 86_400}
TIMES = re.compile(r"(\d+)[  -](day|hour|день|дн|час|сут)")


def section(heading):
    part = MAIN.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert part, f"no heading {heading}"
    return part


def rows(heading):
    """The cells of each row of the first table under a heading, without its head."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def spans(cell):
    return re.findall(r"`([^`]+)`", cell)


def times(words):
    return {timedelta(seconds=int(n) * UNITS[unit]) for n, unit in TIMES.findall(words)}


@pytest.fixture(scope="module")
def columns():
    """Every column of every table that has rows of a person, in the schema that is shipped."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for script in shipped_schema():
        for statement in statements(script):
            connection.execute(statement)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()]
    by_table = {table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")] for table in tables}
    connection.close()
    return {(table, column) for table, names in by_table.items() if "user_id" in names for column in names}


def test_every_stored_field_is_described_once_and_no_other(columns):
    assert all(len(row) == 4 and all(row) for row in rows("What is kept, field by field")), "a meaning and a reason"
    described = [(table, column) for row in rows("What is kept, field by field") for (table,) in [spans(row[0])]
                 for column in spans(row[1])]  # fmt: skip

    assert len(described) == len(set(described))
    assert set(described) == columns


def test_each_time_is_the_constant_that_stands_beside_it():
    told = {name: times(row[1]) for row in rows("How long") for (name,) in [spans(row[2])]}

    assert told == {name: {value} for name, value in KEPT.items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_speaks_of_a_time_that_is_nowhere_in_the_code(page):
    assert times(page.read_text(encoding="utf-8")) <= {*KEPT.values(), *OTHERS}


def test_a_wrong_time_is_noticed_in_both_languages():
    assert times("for 401 days, then 4 hours") == {timedelta(days=401), timedelta(hours=4)}
    assert times("401 день, 402 дня, 30 дней") == {timedelta(days=401), timedelta(days=402), timedelta(days=30)}
    assert times("1 час, 22 часа, 47 часов") == {timedelta(hours=1), timedelta(hours=22), timedelta(hours=47)}


@pytest.mark.parametrize(
    ("ticks_a_day", "days", "missed"),
    [(96, 1, 0), (12, 9, 0), (4, 60, 0), (1, 255, 0)],
    ids=["all day", "3 hours", "1 hour", "a moment"],
)
def test_a_machine_that_sleeps_sweeps_as_the_operators_page_says(ticks_a_day, days, missed):
    evening = datetime(2026, 11, 26, 18, 7, tzinfo=UTC)
    ticks = [evening + timedelta(days=day) + tick * EVERY for day in range(days) for tick in range(ticks_a_day)]

    swept = {shard for tick in ticks for shard in shards_to_sweep(tick)}

    assert (len(shards_to_sweep(evening)), SHARDS, EVERY) == (3, 256, timedelta(minutes=15))
    assert SHARDS - len(swept) == missed


TERMS = Terms(photos_per_hour=30, photos_per_day=100, operator_contact="@operator", data_place="eu-west-1")


@pytest.fixture
def ask(database_dir):
    """Sends words to a bot that knows nobody, of an operator who has set `TERMS`; gives the outcome and the answer."""
    store = DirectStore(database_dir, now_utc)
    files, photos, infer = FakeFiles(), FakePhotos(), FakeInfer(inference(face()))
    outside = {"put_photo": photos.put, "infer": infer, "download": files.download, "order_report": lambda _: None}
    deps = Deps(
        store=store, typing=lambda _: nullcontext(), send=lambda _: None, now_utc=now_utc, terms=TERMS, **outside
    )

    def send(words, language="en"):
        trace, update = RequestTrace(), updates.text(words, language=language)
        (call,) = handle(parse_update(msgspec.json.encode(update)), deps, trace)
        return trace.outcome, call.params["text"]

    return send


@pytest.mark.parametrize("command", ["start", "privacy"])
def test_the_bot_says_the_same_times_in_both_languages_and_none_of_its_own(ask, command):
    english, russian = (times(ask(f"/{command}", language)[1]) for language in ("en", "ru"))

    assert english == russian != set()
    assert english <= set(KEPT.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_to_privacy_says_how_long_everything_stays(ask, language):
    told = times(ask("/privacy", language)[1])

    assert told == {value for name, value in KEPT.items() if name != "DAMAGED_FOR"}


COMMAND = re.compile(r"(?<![\w/.<>:*)}-])/([a-z_]{3,})\b(?![/.])")
OF_OTHERS = {"revoke"}  # @BotFather's


def test_every_command_that_a_page_names_is_answered(ask):
    named = set(COMMAND.findall(EVERYTHING)) - OF_OTHERS

    assert len(named) >= 10
    assert [command for command in sorted(named) if not is_known(ask, command)] == []


def test_every_command_that_the_bot_knows_is_in_the_help_and_on_the_page(ask):
    known = {command for command in COMMANDS if is_known(ask, command)}

    assert known >= {"start", "export", "delete", "stop", "settings", "undo"}
    for language in LANGUAGES:
        assert known == set(COMMAND.findall(help_commands(language, has_page=True)))
    assert known <= set(COMMAND.findall(MAIN.read_text(encoding="utf-8")))


def is_known(ask, command):
    return ask(f"/{command}")[0] != "command_unknown"


def test_every_variable_that_a_page_names_exists():
    known = {field.name.upper() for kind in (config.WebhookConfig, config.StoreConfig, config.ReportConfig)
             for field in fields(kind)} | {TOKEN_VARIABLE, "NOTICE_VERSION", *KEPT}  # fmt: skip
    named = {span for span in spans(EVERYTHING) if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", span)}

    assert {"OPERATOR_CONTACT", "DATA_PLACE", "PHOTOS_PER_HOUR", "PHOTOS_PER_DAY"} <= named <= known
