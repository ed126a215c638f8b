"""The control chart of the own beginning."""

from math import sqrt

import pytest

from functions.report.beginning import stays_above

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
