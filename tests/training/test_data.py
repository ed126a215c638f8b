"""The loader reads Kaggle's and FER+'s files as they are distributed, and says what is wrong with any other file."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.emotions import Emotion
from functions.infer.preprocess import face_input
from training.data import (
    DataError,
    Usage,
    content_sha256,
    csv_path,
    ferplus_majority,
    load_faces,
    network_input,
    parse_pixels,
    vote_shares,
    without_test_copies,
)


def edit(path: Path, pattern: str, replacement: str) -> None:
    """Replaces the first match in a file; the test is wrong if there is none."""
    text, count = re.subn(pattern, replacement, path.read_text(), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(text)


@pytest.mark.parametrize("suffix", ["", ".xz", ".gz"])
def test_load_reads_plain_and_compressed_files(rows, write_csvs, suffix):
    faces = load_faces(write_csvs(rows, suffix))

    assert faces.gray_nhw.shape == (40, 48, 48)
    assert faces.gray_nhw.dtype == np.uint8
    assert faces.gray_nhw[7].tobytes() == rows[7].pixels
    assert faces.labels.tolist() == [row.label for row in rows]
    assert ferplus_majority(faces.votes).tolist() == [row.label for row in rows]
    assert len(faces.part(Usage.TRAINING)) == 32
    assert len(faces.part(Usage.PUBLIC_TEST)) == 8
    assert len(faces.part(Usage.PRIVATE_TEST)) == 0


def test_load_finds_columns_by_name_not_by_place(rows, write_csvs):
    folder = write_csvs(rows)
    lines = [line.split(",") for line in (folder / "fer2013.csv").read_text().splitlines()]
    (folder / "fer2013.csv").write_text("\n".join(",".join(reversed(fields)) for fields in lines))

    assert load_faces(folder).labels.tolist() == [row.label for row in rows]


@pytest.mark.parametrize(
    ("name", "pattern", "replacement", "message"),
    [
        ("fer2013.csv", "^emotion,", "feeling,", "fer2013.csv: no column emotion"),
        ("fer2013new.csv", "contempt,unknown", "a,b", "fer2013new.csv: no column contempt, unknown"),
        ("fer2013.csv", r"^0,\d+ ", "0,", "fer2013.csv, row 1: 2303 pixels instead of 2304"),
        ("fer2013.csv", r"^1,\d+ ", "1,256 ", "fer2013.csv, row 2: pixel '256' is not a whole number from 0 to 255"),
        ("fer2013.csv", r"^1,\d+ ", "1,-1 ", "fer2013.csv, row 2: pixel '-1' is not"),
        ("fer2013.csv", r"^1,\d+ ", "1,4.5 ", "fer2013.csv, row 2: pixel '4.5' is not"),
        ("fer2013.csv", "^2,", "7,", "fer2013.csv, row 3: emotion '7' is not a whole number from 0 to 6"),
        ("fer2013.csv", "^2,", "sad,", "fer2013.csv, row 3: emotion 'sad' is not"),
        ("fer2013.csv", "PublicTest", "Test", "fer2013.csv, row 33: Usage 'Test' is none of Training, PublicTest, "),
        ("fer2013.csv", ",Training$", "", "fer2013.csv, row 1: 2 fields instead of 3"),
        ("fer2013.csv", r",PublicTest\n\Z", "", "fer2013.csv, row 40: 2 fields instead of 3"),
        ("fer2013.csv", r"icTest\n\Z", "i", "fer2013.csv, row 40: Usage 'Publi' is none of"),
        ("fer2013.csv", r"(?s)\A.*", "", "fer2013.csv: no column emotion, pixels, Usage"),
        ("fer2013.csv", r"^0,\d+ ", "0," + "1" * 200_000, "fer2013.csv, row 1: field larger"),  # the csv module's limit
        ("fer2013new.csv", ",10", ",ten", "fer2013new.csv, row 1: vote 'ten' is not a whole number"),
        ("fer2013new.csv", ",10", ",11", "fer2013new.csv, row 1: vote '11' is not a whole number from 0 to 10"),
        ("fer2013new.csv", ",10", ",-1", "fer2013new.csv, row 1: vote '-1' is not"),
        (
            "fer2013new.csv",
            r"^PublicTest.*\n",
            "",
            "fer2013new.csv: 39 rows, but fer2013.csv has 40; they are joined by row, and row 40 has no partner",
        ),
        ("fer2013.csv", r"^5,.*\n", "", "fer2013new.csv: 40 rows, but fer2013.csv has 39; they are joined by row, and"),
        (
            "fer2013new.csv",
            "^PublicTest",
            "Training",
            "fer2013new.csv, row 33: Usage is Training, but fer2013.csv says",
        ),
    ],
)
def test_load_damaged_file_names_file_row_and_problem(data_folder, name, pattern, replacement, message):
    edit(data_folder / name, pattern, replacement)

    with pytest.raises(DataError) as caught:
        load_faces(data_folder)

    assert str(caught.value).startswith(message)


def cut_off(data):
    return data[:-20]


def damaged(data):
    return data[: len(data) // 2] + bytes(200) + data[len(data) // 2 + 200 :]


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("fer2013.csv", cut_off, "Compressed file ended"),
        ("fer2013new.csv", cut_off, "Compressed file ended"),
        ("fer2013.csv", damaged, ""),
    ],
)
def test_load_of_a_spoilt_archive_names_a_row(rows, write_csvs, suffix, name, spoil, message):
    folder = write_csvs(rows, suffix)
    path = folder / f"{name}{suffix}"
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(DataError, match=rf"^{path.name}, row \d+: {message}"):
        load_faces(folder)


def test_content_hash_ignores_compression(rows, write_csvs):
    hashes = {content_sha256(csv_path(write_csvs(rows, suffix), "fer2013.csv")) for suffix in ("", ".xz", ".gz")}

    assert len(hashes) == 1


def test_training_faces_that_copy_a_test_face_are_removed(rows, write_csvs):
    rows = list(rows)
    rows[3] = rows[3]._replace(pixels=rows[35].pixels)
    rows[9] = rows[9]._replace(pixels=rows[35].pixels)
    rows[5] = rows[5]._replace(pixels=rows[6].pixels)

    kept = without_test_copies(load_faces(write_csvs(rows)))

    assert len(kept) == 38
    assert len(kept.part(Usage.PUBLIC_TEST)) == 8
    assert kept.labels.tolist() == [row.label for i, row in enumerate(rows) if i not in {3, 9}]


def test_network_input_is_what_serving_makes(data_folder):
    faces = load_faces(data_folder)

    x_nchw = network_input(faces.gray_nhw[:3])

    assert x_nchw.shape == (3, 1, 48, 48)
    assert x_nchw.dtype == np.float32
    assert np.array_equal(x_nchw[1], face_input(faces.gray_nhw[1]))


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([0, 0, 0, 6, 0, 0, 4, 0, 0, 0], Emotion.HAPPY),
        ([1, 0, 0, 0, 0, 0, 5, 3, 1, 0], Emotion.NEUTRAL),
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], None),  # a tie
        ([0, 0, 0, 0, 2, 0, 2, 6, 0, 0], None),  # contempt
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], None),  # not a face
    ],
)
def test_ferplus_majority_is_one_of_seven_or_none(votes, expected):
    majority = ferplus_majority(np.array([votes]))

    assert majority.tolist() == [-1 if expected is None else list(Emotion).index(expected)]


def test_vote_shares_are_of_the_votes_for_the_seven():
    """Contempt, unknown and not-a-face are left out, so a face with only such votes has no shares at all."""
    votes = np.array([[1, 0, 0, 0, 3, 0, 4, 1, 1, 0], [0, 0, 0, 10, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 4, 1, 5]])

    shares = vote_shares(votes)

    assert shares.dtype == np.float32
    assert shares.tolist() == [[0.125, 0, 0, 0, 0.375, 0, 0.5], [0, 0, 0, 1, 0, 0, 0], [0] * 7]


@given(st.binary(min_size=2304, max_size=2304))
def test_parse_pixels_reads_back_any_face(pixels):
    assert parse_pixels(" ".join(map(str, pixels)), "row") == pixels


@given(st.text())
def test_parse_pixels_turns_any_other_text_into_a_data_error(text):
    with pytest.raises(DataError, match=r"^row 5: "):
        parse_pixels(text + " 0" * 2300 + " x", "row 5")
