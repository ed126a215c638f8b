"""Polyglots, bombs, broken and unusual pictures come to their known ends, within the time and memory of a photo."""

import pytest

from tests.fuzz.hostile_heif import HOSTILE
from tests.fuzz.properties import photographer


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_photo_comes_to_its_end_within_time_and_memory(name):
    outcome, make = HOSTILE[name]

    assert photographer().check_photo(make()) == outcome
