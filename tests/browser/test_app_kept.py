"""What a day shows beside one's own answers, and what becomes of an answer that does not get through."""

import pytest

from tests.browser.conftest import PICTURES
from tests.browser.played import DAY, PlayedApp
from tests.browser.test_app import FAILED, words
from tests.browser.test_looks import is_wider_than_the_window, serious

TODAY = "Sunday 29 November"
LATER = (503, {"error": "later"})


def button(tab, key):
    return tab.get_by_role("button", name=words(key), exact=True)


@pytest.fixture
def played(browser):
    return PlayedApp(browser)


@pytest.fixture
def tab(played, open_tab):
    tab = open_tab(address=played.address, within=played)
    tab.expected = (FAILED,)
    return tab


def open_today(tab):
    button(tab, "page_app_calendar").click()
    tab.get_by_role("button", name=TODAY).click()
    button(tab, "sleep_1").wait_for()


def told(played):
    """What was told, and what of it got through."""
    return [body["fact"] for op, body, _ in played.asked if op == "tell"]


def test_a_day_says_how_a_photo_looked_and_what_goes_with_it(played, tab):
    sides = ("positive", "negative", "unsure", None)
    check_ins = [{"at": f"0{n}:05", "rating": 4, "side": side} for n, side in enumerate(sides)]
    goes_with = [
        "Days with “overtime”: you rated yourself 1.4 lower (12 days against 20).",
        "After a bad night: 0.8 lower.",
    ]
    played.day(*check_ins, {"at": "19:40", "rating": None, "side": None}, goes_with=goes_with)
    open_today(tab)
    said = tab.locator(".check-ins li").all_inner_texts()
    assert said == [
        *(f"0{n}:05: 4 of 5, good\n{words(f'page_app_side_{side}')}" for n, side in enumerate(sides[:3])),
        "03:05: 4 of 5, good",
        "19:40: a photo, not rated",
    ]
    beside = tab.locator("section").filter(has=tab.get_by_role("heading", name=words("page_app_goes_with")))
    assert beside.locator("p").all_inner_texts() == goes_with
    tab.screenshot(path=PICTURES / "app-goes-with.png", full_page=True)
    assert serious(tab) == []
    assert not is_wider_than_the_window(tab)

    played.day()
    button(tab, "page_app_back").click()
    open_today(tab)
    assert tab.get_by_role("heading", name=words("page_app_goes_with")).count() == 0


def test_noted_is_in_nobodys_way_and_leaves_by_itself(played, tab):
    open_today(tab)
    button(tab, "factor_rest").click()
    said = tab.get_by_text(words("page_app_kept"), exact=True)
    said.wait_for()
    place = "each => (({x, y, width, height}) => [x + width / 2, y + height / 2])(each.getBoundingClientRect())"
    assert said.evaluate(f"each => !each.contains(document.elementFromPoint(...({place})(each)))")
    said.evaluate("each => each.getAnimations().forEach(each => each.finish())")
    assert said.evaluate("each => getComputedStyle(each).opacity") == "0"


@pytest.mark.parametrize("fails", [LATER, None], ids=["the server", "the network"])
def test_what_was_not_kept_stays_in_sight_and_goes_out_with_one_tap(played, tab, fails):
    open_today(tab)
    through = played.answers["tell"]
    played.answers["tell"] = fails
    for key in ("sleep_1", "factor_rest"):
        button(tab, key).click()
    lost = tab.get_by_role("alert").locator("li")
    lost.nth(1).wait_for()
    played.answers["tell"] = through
    button(tab, "factor_overload").click()
    tab.get_by_text(words("page_app_kept"), exact=True).wait_for()  # and says nothing of the others
    expected = [f"{TODAY}: {words(key)}" for key in ("button_sleep", "factor_rest")]
    assert lost.all_inner_texts() == expected
    tab.screenshot(path=PICTURES / "app-not-kept.png")
    assert serious(tab) == []

    button(tab, "page_app_settings").click()
    assert lost.all_inner_texts() == expected  # also where the day is not
    open_today(tab)
    played.answers["tell"] = (200, DAY | {"sleep": 1, "factors": ["rest"]})
    played.answers["day"] = (200, {"day": DAY | {"sleep": 1, "factors": ["rest"]}, "check_ins": [], "goes_with": []})
    played.asked.clear()
    button(tab, "page_retry").click()
    lost.first.wait_for(state="detached")
    assert told(played) == ["sleep", "rest"]
    button(tab, "sleep_1").and_(tab.locator("[aria-pressed=true]")).wait_for()


def test_another_answer_to_the_same_question_replaces_what_was_lost(played, tab):
    open_today(tab)
    through = played.answers["tell"]
    played.answers["tell"] = LATER
    button(tab, "sleep_1").click()
    button(tab, "page_retry").wait_for()
    played.answers["tell"] = through
    button(tab, "sleep_3").click()
    button(tab, "page_retry").wait_for(state="detached")

    played.answers["tell"] = LATER
    button(tab, "sleep_1").click()
    button(tab, "page_discard").click()
    button(tab, "page_retry").wait_for(state="detached")


def test_the_browser_asks_before_it_leaves_what_was_not_kept(played, tab):
    open_today(tab)
    played.answers["tell"] = LATER
    button(tab, "sleep_1").click()
    button(tab, "page_retry").wait_for()
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tab.reload()
    assert asked == ["beforeunload"]
    tab.reload()
    assert asked == ["beforeunload"]


def test_a_setting_that_was_not_kept_is_tried_again_or_forgotten(played, tab):
    button(tab, "page_app_settings").click()
    hour, reminder = (tab.get_by_label(words(f"settings_button_{name}")) for name in ("hour", "reminder"))
    played.answers["settings"] = LATER
    hour.select_option("9")
    button(tab, "page_retry").wait_for()
    button(tab, "page_app_course").click()
    button(tab, "page_app_settings").click()
    assert hour.input_value() == "9"
    with tab.expect_response("**/settings"):
        reminder.select_option("20")
    tab.get_by_text(words("page_app_loading")).wait_for(state="detached")
    assert played.asked[-1][1] == {"report_hour": 9, "reminder_hour": 20}

    button(tab, "page_discard").click()
    button(tab, "page_retry").wait_for(state="detached")
    assert (hour.input_value(), reminder.input_value()) == ("18", "")


@pytest.mark.parametrize("op", ["tell", "day"])
def test_a_fault_of_the_page_is_called_one_and_the_page_opens_anew(played, tab, op):
    kept = played.answers[op]
    if op == "tell":
        open_today(tab)
    played.answers[op] = (400, {"error": "bad"})
    if op == "tell":
        button(tab, "sleep_1").click()
    else:
        button(tab, "page_app_calendar").click()
        tab.get_by_role("button", name=TODAY).click()
    tab.get_by_role("alert").get_by_text(words("page_app_bad")).wait_for()
    assert tab.get_by_text(words("page_app_not_kept")).count() == (op == "tell")
    assert button(tab, "page_retry").count() == 0
    played.answers[op] = kept
    with tab.expect_navigation():
        button(tab, "page_app_reload").click()
    button(tab, "sleep_1").wait_for()  # of the same day
