"""A person's own days in the Mini App: seen, told, and closed to everybody else."""

import pytest

from burnout.texts import text

NOV_26 = "Thursday 26 November"
DRAWN = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(part => part)"
OFFLINE = "Failed to load resource"


def words(key, **values):
    return text(key, "en", **values)


def button(tab, name):
    return tab.get_by_role("button", name=name, exact=True)


@pytest.fixture
def tab(app, open_tab):
    tab = open_tab(address=app.address())
    tab.get_by_text(words("page_app_course_lead")).wait_for()
    return tab


def open_day(tab, day=NOV_26):
    button(tab, words("page_app_calendar")).click()
    tab.get_by_role("button", name=day).click()
    tab.get_by_role("heading", name=day).wait_for()
    button(tab, words("sleep_1")).wait_for()


def pressed(tab, name):
    button(tab, name).and_(tab.locator("[aria-pressed=true]")).wait_for()


def test_the_course_is_drawn_and_the_table_says_the_same(app, tab):
    assert tab.locator("canvas").evaluate(DRAWN)
    tab.get_by_text(words("page_app_table")).click()

    seen = app.course[-24:][::-1]  # four weeks, newest first
    assert tab.locator("tbody tr").count() == len(seen)
    first = tab.locator("tbody tr").first.locator("th, td").all_inner_texts()
    assert first == ["28 Nov", f"{seen[0]['load'] * 100:.0f}", f"{seen[0]['index']}, high", "2", "2"]


def test_a_longer_time_an_earlier_one_and_a_drawn_part_are_shown(app, tab):
    tab.get_by_text(words("page_app_table")).click()
    newest, count = tab.locator("tbody th").first, tab.locator("tbody tr").count
    button(tab, words("page_app_span_months")).click()
    assert count() == len(app.course)
    button(tab, words("page_app_span_weeks")).click()
    button(tab, f"← {words('page_app_earlier')}").click()
    assert newest.inner_text() == "1 Nov" or newest.inner_text() == "31 Oct"

    box = tab.locator(".u-over").bounding_box()
    tab.mouse.move(box["x"] + 60, box["y"] + 50)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 160, box["y"] + 50, steps=5)
    tab.mouse.up()
    button(tab, words("page_app_zoom_out")).wait_for()
    assert 2 <= count() <= 15
    button(tab, words("page_app_zoom_out")).click()
    assert count() > 15


def test_a_tap_on_the_chart_opens_the_day(tab):
    box = tab.locator(".u-over").bounding_box()
    tab.mouse.click(box["x"] + box["width"] - 30, box["y"] + 50)
    button(tab, words("page_app_back")).wait_for()


def test_a_past_day_is_rated_completed_and_taken_back(app, tab):
    open_day(tab)
    tab.get_by_text("08:05: 2 of 5, bad").wait_for()
    tab.get_by_text("19:40: a photo, not rated").wait_for()
    mood = tab.get_by_role("group", name=words("page_app_rate_day"))
    mood.get_by_role("button", name="4").click()
    tab.get_by_text(words("page_app_kept"), exact=True).wait_for()
    for name in (words("sleep_3"), words("factor_overload")):
        button(tab, name).click()
        pressed(tab, name)
    button(tab, words("factor_overload")).click()
    tab.locator(".factors [aria-pressed=true]").wait_for(state="detached")

    told = [("rating", 4), ("sleep", 3), ("overload", 1), ("overload", 0)]
    assert app.heard == [("tell", {"day": "2026-11-26", "fact": fact, "value": value}) for fact, value in told]
    assert button(tab, words("factor_no_say")).count() == 0  # hidden by a setting


def test_today_is_rated_in_the_chat_and_a_day_long_ago_nowhere(tab):
    open_day(tab, "Sunday 29 November")
    tab.get_by_text(words("page_app_rate_today")).wait_for()
    assert tab.get_by_role("group", name=words("page_app_rate_day")).count() == 0
    assert button(tab, "Monday 30 November").is_disabled()

    open_day(tab, "Friday 20 November")
    tab.get_by_text(words("day_too_old")).wait_for()
    assert tab.locator("fieldset button:enabled").count() == 0


@pytest.mark.parametrize(
    ("status", "why", "key"),
    [(400, "future_day", "day_not_yet"), (400, "too_late", "day_too_old"), (503, "later", "page_app_not_kept")],
)
def test_what_the_server_refuses_is_said_and_not_shown_as_told(app, tab, status, why, key):
    tab.expected = (OFFLINE,)
    open_day(tab)
    app.wrong = {"tell": (status, why)}
    button(tab, words("sleep_1")).click()
    tab.get_by_role("alert").get_by_text(words(key)).wait_for()
    assert tab.locator("[aria-pressed=true]").count() == 0


def test_offline_nothing_is_lost_and_the_write_is_repeated(app, tab):
    tab.expected = (OFFLINE,)
    open_day(tab)
    tab.context.set_offline(True)
    button(tab, words("sleep_1")).click()
    tab.get_by_text(words("page_app_offline")).wait_for()
    tab.context.set_offline(False)
    button(tab, words("page_retry")).click()
    pressed(tab, words("sleep_1"))
    assert [body["fact"] for _, body in app.heard] == ["sleep"]


def test_the_first_answer_that_does_not_come_is_asked_for_again(app, open_tab):
    app.wrong = {"open": (503, "later")}
    tab = open_tab(address=app.address())
    tab.expected = (OFFLINE,)
    tab.get_by_text(words("page_app_offline")).wait_for()
    app.wrong = {}
    button(tab, words("page_retry")).click()
    tab.get_by_text(words("page_app_course_lead")).wait_for()


@pytest.mark.parametrize("launch", ["", "user=%7B%22id%22%3A8%7D&hash=forged"])
def test_a_forged_launch_and_none_are_told_how_to_come_in(app, open_tab, launch):
    tab = open_tab(address=app.address(launch) if launch else f"{app.origin}/app")
    tab.expected = (OFFLINE,)
    tab.get_by_text(words("page_app_closed_how")).wait_for()
    assert app.launches == {f"tma {launch}" if launch else "Bearer"}


def test_a_tab_left_open_over_an_erasure_closes_and_shows_nothing(app, tab):
    tab.expected = (OFFLINE,)
    open_day(tab)
    app.wrong = {"tell": (401, "closed")}
    button(tab, words("sleep_1")).click()
    tab.get_by_text(words("page_app_closed_how")).wait_for()
    assert tab.get_by_text("26 November").count() == 0
    assert app.heard == []


def test_who_has_told_nothing_yet_reads_how_a_course_begins(app, open_tab):
    app.course = []
    tab = open_tab(address=app.address())
    tab.get_by_text(words("page_app_course_none")).wait_for()
    button(tab, words("page_app_calendar")).click()
    assert button(tab, words("page_app_earlier")).is_disabled()


def test_settings_are_changed_and_the_language_is_followed(app, tab):
    button(tab, words("page_app_settings")).click()
    label = lambda key: tab.get_by_label(words(key))  # noqa: E731
    for choose in (
        lambda: label("settings_button_hour").select_option("9"),
        lambda: label("settings_button_reminder").select_option("20"),
        lambda: label("factor_no_say").check(),
        lambda: label("settings_button_language").select_option("ru"),
    ):
        with tab.expect_response("**/settings"):
            choose()
    tab.get_by_role("heading", name=text("page_app_settings", "ru"), exact=True).wait_for()

    assert [body for _, body in app.heard] == [
        {"report_hour": 9}, {"reminder_hour": 20}, {"hidden_factors": []}, {"language": "ru"}
    ]  # fmt: skip
    assert tab.evaluate("document.documentElement.lang") == "ru"


def test_an_export_that_failed_is_repeated_as_the_same_one(app, tab):
    tab.expected = (OFFLINE,)
    button(tab, words("page_app_settings")).click()
    app.wrong = {"export": (503, "later")}
    with tab.expect_request("**/export") as first:
        button(tab, words("page_app_export_ask")).click()
    tab.get_by_text(words("page_app_offline")).wait_for()
    app.wrong = {}
    button(tab, words("page_app_export_ask")).click()
    tab.get_by_text(words("page_app_export_asked")).wait_for()
    assert [("export", first.value.post_data_json)] == app.heard
    assert app.heard[0][1]["number"] > 2**31


def test_everything_is_reached_by_the_keyboard_alone(app, tab):
    def tab_to(name):
        for _ in range(60):
            tab.keyboard.press("Tab")
            said = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
            if tab.evaluate(said).startswith(name):
                return
        raise AssertionError(f"the keyboard never came to {name}")

    tab_to(words("page_app_calendar"))
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="November 2026").wait_for()
    assert tab.evaluate("document.activeElement.innerText") == words("page_app_calendar")
    tab_to("Friday 20 November")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name=NOV_26).wait_for()
    assert tab.evaluate("document.activeElement.innerText") == NOV_26
    tab_to(words("sleep_2"))
    tab.keyboard.press("Space")
    pressed(tab, words("sleep_2"))
    assert app.heard == [("tell", {"day": "2026-11-26", "fact": "sleep", "value": 2})]


def test_without_strain_the_course_is_one_of_moods(app, open_tab):
    app.strain, app.course = {}, [{key: each[key] for key in ("day", "rating", "check_ins")} for each in app.course]
    tab = open_tab(address=app.address())
    tab.get_by_text(words("page_app_mood_lead")).wait_for()
    assert tab.locator("canvas").evaluate(DRAWN)
    tab.get_by_text(words("page_app_table")).click()
    assert tab.locator("tbody tr").first.locator("th, td").all_inner_texts() == ["28 Nov", "2", "2"]


def test_a_reminder_waits_for_a_time_zone_and_goes_along_with_it(app, open_tab):
    app.settings = {**app.settings, "time_zone": None}
    tab = open_tab(address=app.address())
    tab.expected = (OFFLINE,)
    button(tab, words("page_app_settings")).click()
    app.wrong = {"settings": (400, "no_zone")}
    tab.get_by_label(words("settings_button_reminder")).select_option("20")
    tab.get_by_text(words("page_app_no_zone")).wait_for()
    app.wrong = {}
    tab.get_by_label(words("settings_button_zone")).select_option("Europe/Berlin")
    tab.get_by_text(words("page_app_kept"), exact=True).wait_for()
    assert app.heard == [("settings", {"reminder_hour": 20, "time_zone": "Europe/Berlin"})]


def test_taps_in_a_row_are_written_one_after_another(app, tab):
    open_day(tab)
    written = []
    tab.on("request", lambda request: written.append("sent") if "tell" in request.url else None)
    tab.on("requestfinished", lambda request: written.append("answered") if "tell" in request.url else None)
    taps = "names => document.querySelectorAll('.factors button')"
    taps += ".forEach(each => names.includes(each.innerText) && each.click())"
    tab.evaluate(taps, ["overtime", "rest"])
    pressed(tab, words("factor_rest"))
    assert written == ["sent", "answered"] * 2
    assert [body["fact"] for _, body in app.heard] == ["overtime", "rest"]
