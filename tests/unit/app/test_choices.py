"""What is chosen on the page beside the presses in the chat, and beside what store finishes late."""

from datetime import timedelta
from functools import partial

import pytest

from burnout.store.days import TellDay
from burnout.store.people import ChangeSettings
from tests.unit.app.conftest import ONE
from tests.unit.app.test_api import BODIES, YESTERDAY


def test_what_is_chosen_here_stands_until_the_next_press(page):
    energy = {"user_id": ONE, "day": YESTERDAY, "fact": "energy"}
    theme = partial(ChangeSettings, user_id=ONE, theme="dark")
    page.store(TellDay(**energy, value=1, update_id=100))
    page.store(theme(update_id=100))

    page("tell", day=YESTERDAY, fact="energy", value=4)
    page("settings", theme="light", language="ru")
    for update_id, stands in ((100, (4, "light")), (101, (1, "dark"))):
        told = page.store(TellDay(**energy, value=1, update_id=update_id)).energy
        assert (told, page.store(theme(update_id=update_id)).theme) == stands


@pytest.mark.parametrize(
    ("op", "older", "newer"),
    [
        ("settings", {"theme": "dark"}, {"theme": "light"}),
        ("settings", {"language": "ru"}, {"language": "en"}),
        ("tell", BODIES["tell"], BODIES["tell"] | {"value": 4}),
    ],
)
def test_a_choice_that_store_finishes_late_does_not_overrule_the_next_one(page, op, older, newer):
    store, nexts = page.store, [newer]

    def slow(operation):
        if nexts:  # the page has given up, and the person taps again
            page.now_utc += timedelta(seconds=5)
            page(op, **nexts.pop())
        return store(operation)

    page.store = slow
    told = page(op, **older)

    assert told == page(op, **newer)
    assert not nexts
