"""Polyglots, bombs, broken and unusual pictures come to their known ends, within the time and memory of a photo."""

import pytest

from tests.fuzz import properties
from tests.fuzz.hostile_photos import HOSTILE, ONE_FACE, jpeg, png_of, zeros
from tests.fuzz.properties import photographer


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_photo_comes_to_its_end_within_time_and_memory(name):
    outcome, make = HOSTILE[name]

    assert photographer().check_photo(make()) == outcome


def test_the_face_in_all_of_them_is_found_when_nothing_is_hostile():
    assert photographer().check_photo(jpeg()) == ONE_FACE


@pytest.mark.parametrize(("bound", "value"), [("PHOTO_CPU_S", 0.001), ("PHOTO_MEMORY_MB", 20)])
def test_a_photo_over_its_bounds_is_noticed(monkeypatch, bound, value):
    monkeypatch.setattr(properties, bound, value)

    with pytest.raises(AssertionError):
        photographer().check_photo(png_of(7000, 7000, zeros(7000 * (1 + 7000)), colours=0))
