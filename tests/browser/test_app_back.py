"""The way back from a day: what was looked at before it is as it was."""

import pytest

from tests.browser.played import DAY, PlayedApp
from tests.browser.test_app_kept import TODAY, button, open_today, words

BACK = {
    "the page": lambda tab: button(tab, "page_app_back").click(),
    "the browser": lambda tab: tab.go_back(),
    "Telegram": lambda tab: tab.evaluate("Telegram.WebView.receiveEvent('back_button_pressed')"),
}


@pytest.fixture
def played(browser):
    return PlayedApp(browser)


@pytest.fixture
def tab(played, open_tab):
    played.answers["open"][1]["first_day"] = "2026-10-01"
    tab = open_tab(address=played.address, within=played)
    tab.locator("canvas").wait_for()
    return tab


@pytest.mark.parametrize("back", BACK.values(), ids=BACK)
def test_a_day_leads_back_to_what_was_looked_at(tab, back):
    months = button(tab, "page_app_span_months")
    months.click()
    tab.get_by_text(words("page_app_table")).click()
    for _ in range(2):  # the second day, too
        tab.locator("tbody button").first.click()
        tab.get_by_role("heading", name=TODAY).wait_for()
        back(tab)
        months.and_(tab.locator("[aria-pressed=true]")).wait_for()
        tab.locator("tbody button").first.wait_for()

    button(tab, "page_app_calendar").click()
    button(tab, "page_app_earlier").click()
    tab.get_by_role("button", name="Friday 2 October").click()
    tab.get_by_role("heading", name="Friday 2 October").wait_for()
    back(tab)
    tab.get_by_role("heading", name="October 2026").wait_for()


@pytest.mark.parametrize("back", BACK.values(), ids=BACK)
def test_a_section_is_where_it_was_left_for_a_day_and_no_entry_of_the_history_stays(tab, back):
    tab.set_viewport_size({"width": 360, "height": 400})
    tab.get_by_text(words("page_app_table")).click()
    at = "[scrollY, navigation.currentEntry.index]"
    for section, days in (("page_app_calendar", "button.cell"), ("page_app_course", "tbody button")):
        button(tab, section).click()
        assert tab.evaluate("scrollY") == 0
        last = tab.locator(days).last
        last.scroll_into_view_if_needed()
        left = tab.evaluate(at)
        last.evaluate("day => day.click()")
        button(tab, "page_app_back").wait_for()
        assert left[0] > tab.evaluate("scrollY") == 0
        back(tab)
        last.wait_for()
        assert tab.evaluate(at) == left


def test_a_second_tap_on_back_and_another_section_leave_the_day_and_not_the_page(tab):
    first = tab.evaluate("navigation.currentEntry.index")
    open_today(tab)
    button(tab, "page_app_back").evaluate("back => { back.click(); back.click(); }")
    open_today(tab)
    button(tab, "page_app_settings").click()
    tab.get_by_role("heading", name=words("page_app_settings")).wait_for()
    assert tab.evaluate("navigation.currentEntry.index") == first


def test_a_reload_stays_with_the_day(tab):
    open_today(tab)
    tab.reload()
    button(tab, "sleep_1").wait_for()


def test_a_day_that_is_rated_as_a_whole_is_not_said_to_be_empty(played, tab):
    open_today(tab)
    empty = tab.get_by_text(words("page_app_no_check_ins"))
    assert empty.count() == 1
    played.answers["day"] = (200, played.answers["day"][1] | {"day": DAY | {"rating": 4}})
    button(tab, "page_app_back").click()
    open_today(tab)
    assert empty.count() == 0


def test_the_days_that_can_still_be_told_are_in_a_newcomers_calendar(played, open_tab):
    today = {"today": "2026-12-02", "first_day": "2026-12-01"}
    played.answers["open"] = (200, played.answers["open"][1] | today)
    tab = open_tab(address=played.address, within=played)
    button(tab, "page_app_calendar").click()
    button(tab, "page_app_earlier").click()
    tab.get_by_role("button", name="25 November").wait_for()
    assert button(tab, "page_app_earlier").and_(tab.locator(":focus")).is_disabled()
    tab.keyboard.press("Enter")
    assert tab.get_by_role("heading", name="November 2026").is_visible()
