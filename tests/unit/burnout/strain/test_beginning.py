"""The own beginning: its control chart, and whether a notice is due."""

from datetime import timedelta
from math import sqrt

import pytest

from burnout.strain.beginning import stays_above
from burnout.strain.index import notice_due, strain_on
from tests.unit.burnout.strain.courses import TODAY, UTC_ZONE, check_in, course, photos, told

CALM = [0.2] * 14


@pytest.mark.parametrize(
    ("loads", "above"),
    [
        ([0.0] * 3 + [1.0] * 4, False),  # a day too few
        ([0.0] * 3 + [1.0] * 5, True),
        ([0.0] * 8, False),
        ([*CALM, 0.2, 0.2, 0.2], False),
        ([*CALM, *[0.6] * 5], True),
        ([*CALM, *[0.2] * 3, 0.85, 0.85, 0.0, 0.0], False),  # the newest days are back
        ([*CALM, *[0.2] * 5, 1.0], False),  # one day is none
        ([*[0.0] * 20, 1.0, 0.0], False),  # nor while it fades
        ([*[0.0] * 20, 1.0, 1.0, 0.0], True),
        ([*CALM, *[0.2] * 3, 0.85, 0.85], True),
        ([*[0.0, 0.5] * 7, *[0.6] * 5], False),  # a restless beginning widens the limit
        ([0.6] * 14 + [0.1] * 10, False),  # better is no alarm
        ([*CALM, *[0.2] * 40, *[0.7] * 5], True),  # however long ago the beginning was
    ],
)
def test_two_days_in_a_row_above_the_limit(loads, above):
    assert stays_above(loads) is above


@pytest.mark.parametrize("observed", [8, 12, 19, 30])
def test_the_limit_is_that_of_the_growing_baseline(observed):
    """Even loads before a step. The day before decides, since it has seen less of the step."""
    size, even = min(observed - 6, 14), min(observed - 5, 14)
    kept, kept_of_step = 0.8 ** (observed - 1 - size), 0.8 ** (observed - 1 - even)
    sigma = sqrt(6 * 0.2**2 / (6 + size - 1))
    step = 2.75 * sigma * sqrt((1 - kept**2) / 9 + (1 - kept) ** 2 / size) / (1 - kept_of_step)

    def above(step):
        return stays_above([0.1] * even + [0.1 + step] * (observed - even))

    assert (above(step - 0.001), above(step + 0.001)) == (False, True)


def rated(steps, newest=0):
    """A tap on each of these days, the last one `newest` days ago: loads in steps of a rating, 0 to 4."""
    return [check_in(newest + len(steps) - 1 - i, rating=5 - step) for i, step in enumerate(steps)]


def test_no_alert_from_days_long_gone():
    known = course(rated([1] * 14 + [4] * 6, newest=10))

    assert strain_on(TODAY - timedelta(days=10), known, UTC_ZONE).above_beginning
    assert not strain_on(TODAY, known, UTC_ZONE).above_beginning


@pytest.mark.parametrize(("newest", "above"), [(76, True), (90, False)])
def test_the_own_beginning_lies_in_the_last_ninety_days(newest, above):
    """Since then every day was as heavy as the newest."""
    known = course([*rated([0] * 14, newest), *rated([3] * 20)])

    assert strain_on(TODAY, known, UTC_ZONE).above_beginning is above


@pytest.mark.parametrize(
    ("check_ins", "days", "due"),
    [
        (rated([0] * 14 + [1] * 10), [], True),  # calm, and their own word is worse
        (rated([2] * 10 + [4] * 10), [], True),
        (photos(dict.fromkeys(range(24, 9, -1), 0.0) | dict.fromkeys(range(9, -1, -1), 0.3)), [], False),
        (photos(dict.fromkeys(range(24, 9, -1), 0.0) | dict.fromkeys(range(9, -1, -1), 0.9)), [], True),  # not calm
        ([], [told(i, 5 if i > 9 else 4) for i in range(24, -1, -1)], True),  # energy alone
        (rated([0] * 14 + [1] * 10) + rated([0] * 5, newest=-5), [], True),  # later days do not count
        (rated([1] * 24), [], False),
        (rated([0] * 3), [], False),
    ],
)
def test_a_notice_needs_an_index_that_is_not_calm_or_an_own_word_that_is_worse(check_ins, days, due):
    assert notice_due(course(check_ins, days=days), TODAY, UTC_ZONE) is due


def test_a_photo_that_is_worse_over_an_even_own_word_is_no_notice_while_calm():
    seen = [check_in(i, negative=0.0 if i > 9 else 0.6, rating=4) for i in range(24, -1, -1)]

    strain = strain_on(TODAY, course(seen), UTC_ZONE)

    assert (strain.above_beginning, strain.band) == (True, "calm")
    assert not notice_due(course(seen), TODAY, UTC_ZONE)
