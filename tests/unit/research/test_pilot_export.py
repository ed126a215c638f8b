"""What is read from the store's files, damaged and hostile ones included."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from burnout.store.check_ins import GiveFeedback, Rate, Undo
from functions.store.database import shard_path, transaction
from functions.store.operations import run
from functions.webhook.assignment import asks_rating_first
from research.pilot_export import ExportError, read_export
from tests.unit.research.people import prediction
from tests.unit.store.samples import NOON, agree, new_check_in, record


def tell(folder, *operations):
    user_id = operations[0].user_id
    transaction(folder, user_id, lambda connection: [run(connection, each, NOON) for each in operations])


@pytest.fixture
def export(tmp_path):
    """Two check-ins of person 7; the first one has a blind rating, changed later, and a 👎."""
    folder = tmp_path / "export ?#%"  # characters that mean something in a URI
    tell(
        folder,
        agree(),
        record(101, message_id=1, check_in=new_check_in(rating_first=True)),
        Rate(user_id=7, message_id=1, rating=2),
        Rate(user_id=7, message_id=1, rating=4),
        GiveFeedback(user_id=7, message_id=1, agrees=False, corrected="fear"),
        record(102, message_id=2),
    )
    return folder


def spoil(folder, statement, *values, user_id=7):
    """Writes past the schema's checks, as only a damaged or foreign file could."""
    with closing(sqlite3.connect(shard_path(folder, user_id), isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement, values)


def test_check_in_comes_back_as_it_was_recorded(export):
    first, second = read_export(export).trials

    assert (first.person, first.shown_model, first.models) == (0, "mvp", new_check_in().models)
    assert (first.agrees, first.corrected, first.rating, first.blind_rating) == (0, "fear", 4, 2)
    assert (second.agrees, second.corrected, second.rating, second.blind_rating) == (None, None, None, None)


def test_the_pilot_reads_both_the_model_s_number_and_the_person_s_word(export):
    """In history and index a correction takes the number's place; a rating in a caption is blind, whoever is asked."""
    tell(export, *(record(100 + n, message_id=n, check_in=new_check_in(rating=2)) for n in range(3, 11)))

    corrected, _, *captioned = read_export(export).trials

    assert (corrected.models["mvp"].negative, corrected.corrected_negative()) == (0.68, True)
    assert {(each.rating, each.blind_rating, each.later_rating()) for each in captioned} == {(2, 2, None)}
    assert {each.assigned for each in captioned} == {True, False}


def test_lot_and_sureness_come_with_the_check_in(database_dir):
    unsure = {"mvp": prediction(0.55, sure=False), "baseline": prediction(0.9)}
    tell(
        database_dir,
        agree(),
        *(record(100 + n, message_id=n, check_in=new_check_in(models=unsure)) for n in range(1, 9)),
    )
    tell(database_dir, record(109, message_id=9))

    trials = read_export(database_dir).trials

    assert [trial.assigned for trial in trials] == [asks_rating_first(7, n) for n in range(1, 10)]
    assert [trial.sure for trial in trials] == [False] * 8 + [True]


def test_face_that_was_not_seen_whole_is_no_trial(export):
    tell(export, record(103, message_id=3, check_in=new_check_in(view="covered")))

    assert len(read_export(export).trials) == 2


def test_people_get_running_numbers_and_undone_check_ins_are_gone(export):
    tell(
        export,
        agree(user_id=99, chat_id=99),
        record(900, user_id=99, message_id=5),
        record(901, user_id=99, message_id=6),
    )
    tell(export, Undo(user_id=99, message_id=5))

    assert sorted(trial.person for trial in read_export(export).trials) in ([0, 0, 1], [0, 1, 1])


def test_reading_leaves_the_folder_as_it_was(export):
    before = {file.name: file.read_bytes() for file in export.iterdir()}

    read_export(export)

    assert {file.name: file.read_bytes() for file in export.iterdir()} == before


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("check_ins", "models_json", "no JSON"),
        ("check_ins", "models_json", "{}"),
        ("check_ins", "models_json", '{"mvp": null}'),
        ("check_ins", "models_json", "[" * 100_000),
        ("check_ins", "models_json", '{"mvp": {"negative": 1.5, "label": "negative", "emotions": {}}}'),
        ("check_ins", "models_json", '{"mvp": {"negative": 1e999, "label": "negative", "emotions": {}}}'),
        ("check_ins", "models_json", '{"mvp": {"negative": 0.5, "label": "maybe", "emotions": {}}}'),
        ("check_ins", "shown_model", "nobody's"),
        ("feedback", "agrees", 7),
        ("feedback", "corrected", "'; DROP TABLE check_ins; --"),
        ("self_ratings", "rating", 0),
        ("self_ratings", "blind_rating", -(2**63)),
    ],
)
def test_row_that_the_store_would_not_write_is_left_out_and_counted(export, table, column, value):
    spoil(export, f"UPDATE {table} SET {column} = ? WHERE message_id = 1", value)

    found = read_export(export)

    assert len(found.trials) == 1
    assert found.left_out == {"not as the store writes it": 1}


def test_bytes_that_are_no_text_spoil_only_their_row(export):
    spoil(export, "UPDATE check_ins SET models_json = CAST(x'7bff' AS TEXT) WHERE message_id = 1")

    found = read_export(export)

    assert (len(found.trials), found.left_out) == (1, {"not as the store writes it": 1})


def test_shard_that_is_there_twice_counts_once(export):
    shutil.copy(
        shard_path(export, 7), export / ("00.sqlite" if shard_path(export, 7).name != "00.sqlite" else "01.sqlite")
    )

    found = read_export(export)

    assert (len(found.trials), found.left_out) == (2, {"there twice": 2})


def test_file_that_was_made_and_never_used_is_empty(export):
    (export / "0a.sqlite").touch()

    assert len(read_export(export).trials) == 2


def test_copy_from_the_middle_of_a_write_is_refused_by_name(export):
    journal = shard_path(export, 7).with_name(f"{shard_path(export, 7).name}-journal")
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(504))

    with pytest.raises(ExportError, match=f"^{shard_path(export, 7).name}: copied in the middle of a write"):
        read_export(export)


@pytest.mark.parametrize("damage", [b"not a database at all, but long enough", None])
def test_damaged_file_is_named(export, damage):
    path = shard_path(export, 7)
    path.write_bytes(damage or path.read_bytes()[:4096])

    with pytest.raises(ExportError, match=f"^{path.name}: "):
        read_export(export)


def test_reading_takes_no_lock_and_minds_none(export):
    with closing(sqlite3.connect(shard_path(export, 7), isolation_level=None, timeout=0)) as writer:
        writer.execute("BEGIN EXCLUSIVE")

        assert len(read_export(export).trials) == 2
