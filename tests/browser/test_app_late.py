"""What the page makes of an answer that comes late, of a day that ends, and of a choice that is refused."""

# ruff: noqa: F811  (fixtures)

from datetime import timedelta

import pytest

from tests.browser.played import DAY, SETTINGS, TODAY
from tests.browser.test_app_kept import LATER, button, open_today, played, tab, words  # noqa: F401

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
BAD, NO_ZONE, QUIET = ((400, {"error": code}) for code in ("bad", "no_zone", "quiet"))
SHOW = "document.dispatchEvent(new Event('visibilitychange'))"


def opened(today=TODAY, **settings):
    return 200, {"today": str(today), "first_day": None, "settings": SETTINGS | settings}


def day_of(asked):
    return 200, {"day": DAY | {"day": asked["day"]}, "check_ins": [], "goes_with": []}


def count(played, op):
    return sum(each == op for each, *_ in played.asked)


def settings(tab):
    button(tab, "page_app_settings").click()


def label(tab, key):
    return tab.get_by_label(words(key), exact=key.startswith("factor"))


def sent(played, tab, choose):
    """What goes out for this choice, once it is answered."""
    with tab.expect_response("**/settings"):
        choose()
    tab.get_by_text(words("page_app_loading")).wait_for(state="detached")
    return [body for op, body, _ in played.asked if op == "settings"][-1]


def heading(tab, day):
    return tab.get_by_role("heading", name=f"{day:%A} {day.day} {day:%B}")


def previous(tab):
    tab.get_by_role("button", name=f"{YESTERDAY:%A} {YESTERDAY.day} {YESTERDAY:%B}").click()
    heading(tab, YESTERDAY).wait_for()


@pytest.mark.parametrize("first", ["tell", "day"], ids=["after the next day", "before the next day"])
def test_what_a_day_is_told_late_leaves_the_next_one_as_it_is(played, tab, first):
    played.answers |= {"day": day_of, "tell": lambda asked: (200, DAY | {"day": asked["day"], "sleep": 1})}
    open_today(tab)
    played.held |= {"tell", first}
    button(tab, "sleep_1").click()
    button(tab, "factor_rest").click()
    previous(tab)
    if first == "tell":
        button(tab, "sleep_1").wait_for()
    played.release()
    tab.get_by_text(words("page_app_kept"), exact=True).wait_for()
    button(tab, "sleep_1").wait_for()
    assert heading(tab, YESTERDAY).is_visible()
    assert button(tab, "sleep_1").get_attribute("aria-pressed") == "false"


def test_a_day_that_one_comes_back_to_shows_what_was_noted_meanwhile(played, tab):
    played.answers["day"] = day_of
    open_today(tab)
    played.answers["tell"] = (200, DAY | {"sleep": 1})
    played.held.add("tell")
    button(tab, "sleep_1").click()
    previous(tab)
    button(tab, "sleep_1").wait_for()
    played.held.add("day")
    tab.locator("main .row button").nth(2).click()
    heading(tab, TODAY).wait_for()
    played.answers["day"] = (200, {"day": DAY | {"sleep": 1}, "check_ins": [], "goes_with": []})
    played.release("tell")
    tab.locator(".outcome").get_by_text(words("page_app_kept"), exact=True).wait_for()
    played.release()
    button(tab, "sleep_1").and_(tab.locator("[aria-pressed=true]")).wait_for()


def test_an_older_answer_does_not_overrule_what_was_chosen(played, tab):
    settings(tab)
    played.answers["settings"] = (200, SETTINGS | {"hidden_factors": ["rest"]})
    played.held.add("open")
    answers = iter([opened(), opened(hidden_factors=["rest"])])
    played.answers["open"] = lambda _: next(answers)
    with tab.expect_request("**/open"):
        tab.evaluate(SHOW)
    assert sent(played, tab, label(tab, "factor_rest").uncheck) == {"hidden_factors": ["rest"]}
    with tab.expect_response("**/open"):
        played.release()
    assert not label(tab, "factor_rest").is_checked()
    assert sent(played, tab, label(tab, "factor_people").uncheck) == {"hidden_factors": ["rest", "people"]}


def test_a_zone_is_offered_only_where_the_server_takes_it(played, tab):
    settings(tab)
    zones = label(tab, "settings_button_zone").locator("option").evaluate_all("all => all.map(each => each.value)")
    assert len(zones) > 300
    assert all("/" in zone for zone in zones)


@pytest.mark.parametrize(
    ("refusal", "key"), [(BAD, "page_app_bad"), (QUIET, "page_app_reminder_quiet")], ids=["bad", "quiet"]
)
def test_what_is_refused_for_good_goes_back_to_what_stands_and_hinders_nothing_else(played, tab, refusal, key):
    settings(tab)
    played.answers["settings"] = refusal
    sent(played, tab, lambda: label(tab, "settings_button_reminder").select_option("20"))
    tab.get_by_text(words(key)).wait_for()
    assert tab.get_by_text(words("page_app_kept"), exact=True).count() == 0
    assert label(tab, "settings_button_reminder").input_value() == ""
    played.answers["settings"] = (200, SETTINGS | {"report_hour": 9})
    assert sent(played, tab, lambda: label(tab, "settings_button_hour").select_option("9")) == {"report_hour": 9}


def test_a_refused_choice_does_not_go_along_with_one_that_was_already_waiting(played, tab):
    settings(tab)
    played.answers["settings"] = lambda asked: QUIET if "reminder_hour" in asked else (200, SETTINGS | asked)
    played.held.add("settings")
    label(tab, "settings_button_reminder").select_option("20")
    label(tab, "settings_button_hour").select_option("9")
    played.release()
    tab.get_by_text(words("page_app_loading")).wait_for(state="detached")
    assert played.asked[-1][1] == {"report_hour": 9}


def test_quiet_hours_that_switch_the_reminder_off_say_so_and_a_reminder_is_offered_outside_of_them(played, tab):
    played.answers["open"] = opened(reminder_hour=20)
    tab.reload()
    settings(tab)
    hours = label(tab, "settings_button_reminder").locator("option").evaluate_all("all => all.map(each => each.value)")
    assert hours == ["", *map(str, range(9, 21))]
    played.answers["settings"] = (200, SETTINGS | {"quiet_from": 19})
    sent(played, tab, lambda: label(tab, "page_app_quiet_from").select_option("19"))
    tab.get_by_text(words("settings_noted_reminder_off", hour="20:00")).wait_for()
    assert tab.get_by_text(words("page_app_kept"), exact=True).count() == 0
    assert label(tab, "settings_button_reminder").input_value() == ""


def test_without_a_zone_only_what_needs_one_waits_for_it(played, tab):
    played.answers["open"] = opened(time_zone=None)
    tab.reload()
    settings(tab)
    played.answers["settings"] = NO_ZONE
    sent(played, tab, lambda: label(tab, "settings_button_reminder").select_option("20"))
    tab.get_by_text(words("page_app_no_zone")).wait_for()
    played.answers["settings"] = (200, SETTINGS | {"time_zone": None, "alerts": True})
    assert sent(played, tab, label(tab, "page_app_alerts").check) == {"alerts": True}
    assert label(tab, "settings_button_reminder").input_value() == "20"
    zone = sent(played, tab, lambda: label(tab, "settings_button_zone").select_option("Asia/Tokyo"))
    assert zone == {"reminder_hour": 20, "time_zone": "Asia/Tokyo"}


def test_another_zone_makes_the_page_ask_which_day_it_is(played, tab):
    settings(tab)
    played.answers |= {"open": opened(TOMORROW), "settings": (200, SETTINGS | {"time_zone": "Asia/Tokyo"})}
    with tab.expect_response("**/open"):
        label(tab, "settings_button_zone").select_option("Asia/Tokyo")
    button(tab, "page_app_calendar").click()
    tab.locator("[aria-current=date]").get_by_text("30", exact=True).wait_for()


def test_midnight_where_the_person_is_makes_the_page_ask_which_day_it_is(played, tab):
    tab.clock.install(time=f"{TODAY}T22:50:00Z")  # 23:50 in Berlin
    played.asked.clear()
    tab.reload()
    tab.locator("canvas").wait_for()
    tab.clock.run_for(60_000)
    assert count(played, "open") == 1
    played.answers |= {"open": opened(TOMORROW), "month": (200, {"days": [], "today": str(TOMORROW)})}
    for _ in range(150):  # by less than a question may take
        if count(played, "open") < 2:
            tab.clock.run_for(5_000)
    assert count(played, "open") == 2
    button(tab, "page_app_calendar").click()
    tab.locator("[aria-current=date]").get_by_text("30", exact=True).wait_for()


@pytest.mark.parametrize("op", ["month", "tell"])
def test_an_answer_of_another_day_makes_the_page_ask_which_day_it_is(played, tab, op):
    tab.locator("canvas").wait_for()
    if op == "tell":
        open_today(tab)
    played.answers["open"] = opened(TOMORROW)
    played.answers |= {
        "month": (200, {"days": [], "today": str(TOMORROW)}),
        "tell": (200, DAY | {"today": str(TOMORROW)}),
    }
    with tab.expect_response("**/open"):
        button(tab, "sleep_1" if op == "tell" else "page_app_calendar").click()
    if op == "tell":
        tab.get_by_role("heading", name=words("page_app_today")).wait_for(state="detached")
    else:
        tab.locator("[aria-current=date]").get_by_text("30", exact=True).wait_for()


@pytest.mark.parametrize("fails", [False, True], ids=["until it comes", "without the network"])
def test_an_earlier_month_is_not_called_empty_before_it_is_known(played, tab, fails):
    played.answers["open"] = (200, opened()[1] | {"first_day": "2026-06-01"})
    tab.reload()
    button(tab, "page_app_calendar").click()
    tab.locator("button.cell").first.wait_for()
    if fails:
        played.answers["month"] = None
    else:
        played.held.add("month")
    button(tab, "page_app_earlier").click()
    tab.get_by_text(words("page_app_offline" if fails else "page_app_loading")).wait_for()
    assert tab.locator("button.cell").count() == 0
    played.answers["month"] = (200, {"days": [], "today": str(TODAY)})
    button(tab, "page_retry").click() if fails else played.release()
    tab.locator("button.cell").first.wait_for()


@pytest.mark.parametrize("answer", [(401, {"error": "closed"}), LATER, (200, DAY)], ids=["closed", "later", "noted"])
def test_telegram_asks_before_it_closes_only_what_is_not_yet_written(played, open_tab, answer):
    proxy = "{ postEvent: (type, data) => told.push([type, JSON.parse(data)]) }"
    tab = open_tab(
        address=played.address, within=played, before=f"window.told = []; window.TelegramWebviewProxy = {proxy}"
    )
    tab.expected = ("Failed to load resource",)
    open_today(tab)
    played.answers["tell"] = answer
    button(tab, "sleep_1").click()
    said = {401: "page_closed", 503: "page_retry", 200: "page_app_kept"}[answer[0]]
    tab.get_by_text(words(said), exact=True).wait_for()
    behaviour = (
        "told.filter(([type]) => type === 'web_app_setup_closing_behavior').map(([, data]) => data.need_confirmation)"
    )
    tab.wait_for_function(f"{behaviour}.length > {int(answer is not LATER)}")
    assert tab.evaluate(f"{behaviour}.at(-1)") == (answer is LATER)


def test_a_browser_that_keeps_nothing_still_shows_a_page(played, open_tab):
    blocked = (
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError') } })"
    )
    played.answers |= {op: (401, {"error": "closed"}) for op in ("open", "course")}
    tab = open_tab(address=f"{played.origin}/app", within=played, before=blocked)
    tab.expected = ("Failed to load resource",)
    tab.locator("h1").wait_for()


def test_a_script_that_does_not_come_leaves_a_sentence_in_both_languages(played, open_tab):
    tab = open_tab(address=played.address, within=played)
    tab.expected = ("Failed to load resource",)
    tab.locator("canvas").wait_for()
    assert tab.locator("[lang=ru]").count() == 0
    tab.route("**/*.js", lambda route: route.fulfill(status=429))
    tab.reload()
    for language, word in (("en", "open it again"), ("ru", "снова")):
        assert word in tab.locator(f"p[lang={language}]").inner_text()
