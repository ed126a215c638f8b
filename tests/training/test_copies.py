"""Copies of test faces in Training are found as they are, lit otherwise and mirrored; other faces are not."""

import numpy as np
import pytest

from training import copies
from training.copies import find_copies
from training.data import Usage, load_faces


def with_pixels(rows, changed):
    return [row._replace(pixels=changed.get(i, row.pixels)) for i, row in enumerate(rows)]


def mirrored(pixels):
    return np.frombuffer(pixels, dtype=np.uint8).reshape(48, 48)[:, ::-1].tobytes()


@pytest.fixture
def folder(rows, write_csvs):
    """Test faces 32 to 39: the first is in Training as row 4, the next darker as row 7, the next mirrored as row 10."""
    darker = bytes(value // 2 for value in rows[33].pixels)
    return write_csvs(with_pixels(rows, {3: rows[32].pixels, 6: darker, 9: mirrored(rows[34].pixels)}))


def test_copies_are_found_as_they_are_lit_otherwise_and_mirrored(folder):
    faces = load_faces(folder)

    found = find_copies(faces.part(Usage.PUBLIC_TEST), faces.part(Usage.TRAINING))

    assert found.places[:3].tolist() == [3, 6, 9]
    assert found.identical.tolist() == [True] + [False] * 7
    assert found.near().tolist() == [True] * 3 + [False] * 5
    assert found.correlation[0] == pytest.approx(1)
    assert found.correlation[1:3].min() > 0.999
    assert found.correlation[3:].max() < 0.5


def test_command_counts_them(folder, capsys):
    copies.main(["--data", str(folder)])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "8 faces outside Training"
    assert lines[1].split() == ["1", "byte-identical", "to", "a", "Training", "face"]
    assert lines[2].startswith("     3 with near copies (correlation 0.94 or more), 3 of them with another label")
    assert len(lines) == 3
