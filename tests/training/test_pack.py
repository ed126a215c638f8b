"""A pack holds the very faces of the CSV files, and one that is damaged is refused by name."""

import shutil

import numpy as np
import pytest

from training import pack
from training.data import DataError, Usage, data_sha256, load_faces


@pytest.fixture(scope="module")
def packed(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("pack")
    pack.main(["--data", str(folder), "--out", str(out)])
    return out


def test_pack_gives_the_same_faces_labels_and_hashes_as_the_csv_files(folder, packed):
    expected, found = load_faces(folder), load_faces(packed, Usage.TRAINING)

    for name, array in vars(expected).items():
        np.testing.assert_array_equal(getattr(found, name), array)
        assert getattr(found, name).dtype == array.dtype
    assert data_sha256(packed) == data_sha256(folder)


def test_part_that_a_pack_lacks_is_named(packed):
    with pytest.raises(DataError, match="no PrivateTest rows"):
        load_faces(packed, Usage.PRIVATE_TEST)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("faces.png", lambda data: data[:-2000]),
        ("faces.png", lambda _: b"no picture"),
        ("faces.png", lambda _: b""),
        ("labels.npz", lambda data: data[:-20]),
        ("labels.npz", lambda _: b""),
    ],
)
def test_damaged_pack_names_the_file(packed, tmp_path, name, spoil):
    shutil.copytree(packed, tmp_path, dirs_exist_ok=True)
    (tmp_path / name).write_bytes(spoil((packed / name).read_bytes()))

    with pytest.raises(DataError, match=name):
        load_faces(tmp_path)


def test_picture_of_another_pack_is_refused(rows, write_csvs, packed, tmp_path):
    pack.pack(write_csvs(rows[::-1]), tmp_path)
    shutil.copy(packed / "labels.npz", tmp_path)

    with pytest.raises(DataError, match=r"faces\.png: not the faces that were packed"):
        load_faces(tmp_path)
