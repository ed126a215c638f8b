"""What is chosen on the Mini App's page, which sends no update, beside the presses in the chat."""

import pytest
from msgspec.structs import replace

from burnout.store.people import ChangeSettings
from burnout.store.privacy import SEEN_FOR
from tests.unit.store.samples import HOUR, NOON, SECOND, agree
from tests.unit.store.subjects import BOTH_WAYS, said, stands


def by_page(make, at_utc=NOON):
    """The choice as the Mini App's page makes it."""
    return replace(make(), page_at_utc=at_utc)


@pytest.mark.parametrize(("name", "pressed", "on_page"), BOTH_WAYS)
def test_the_page_overrules_the_last_press_and_whatever_comes_again_and_yields_to_the_next_one(
    chooser, name, pressed, on_page
):
    chooser(agree(user_id=8))
    for user_id in (7, 8):
        chooser(replace(pressed(20), user_id=user_id))
    chooser(by_page(on_page))
    assert chooser.rows("SELECT DISTINCT user_id FROM choices WHERE page_at_utc NOT NULL") == [(7,)]
    before, chosen, written = chooser.dump(), stands(chooser), chooser.connection.total_changes

    chooser(by_page(on_page), NOON + HOUR)
    assert chooser.connection.total_changes == written
    for number in (20, 10):
        chooser(pressed(number))
    assert chooser.dump() == before

    answer = chooser(pressed(21))
    assert stands(chooser)[name] != chosen[name]
    before = chooser.dump()
    assert (chooser(pressed(21)), chooser.dump()) == (answer, before)


@pytest.mark.parametrize(("name", "pressed", "on_page"), [way for way in BOTH_WAYS if way.id != "inventory"])
def test_the_page_does_not_prolong_a_number(chooser, name, pressed, on_page):
    """Whoever uses the page every day sends no update, and after a week Telegram begins at a random number."""
    chooser(pressed(20))
    chooser(by_page(on_page), NOON + SEEN_FOR)
    before = stands(chooser)

    chooser(pressed(10), NOON + SEEN_FOR + SECOND)

    assert stands(chooser)[name] != before[name]


@pytest.mark.parametrize("before", ["a press before", "no press before"])
@pytest.mark.parametrize(("name", "older", "newer"), BOTH_WAYS)
def test_what_the_page_chose_first_and_the_store_finishes_last_changes_nothing(chooser, name, older, newer, before):
    if before == "a press before":
        chooser(older(20))
    chooser(by_page(newer, NOON + SECOND))
    kept, chosen = chooser.dump(), stands(chooser)

    chooser(by_page(older), NOON + SECOND)
    assert chooser.dump() == kept
    chooser(by_page(older, NOON + SECOND), NOON + SECOND)
    assert stands(chooser)[name] != chosen[name]


def test_a_clock_that_was_put_back_stops_the_page_no_longer_than_a_minute(chooser):
    chooser(by_page(said(ChangeSettings, theme="dark"), NOON + HOUR))

    assert chooser(by_page(said(ChangeSettings, theme="light"))).theme == "light"
