"""A person's own days in the Mini App, seen and told, as the real store keeps them."""

from datetime import date, timedelta

import pytest
from babel.dates import format_date

from burnout.errors import StoreUnavailableError
from burnout.store.days import ReadDay
from burnout.store.people import ChangeSettings, ReadSettings
from burnout.texts import text
from tests import updates
from tests.browser.own_app import ANN

DRAWN = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(part => part)"
FAILED = "Failed to load resource"


def words(key, **values):
    return text(key, "en", **values)


def button(tab, name):
    return tab.get_by_role("button", name=name, exact=True)


def days_ago(app, days):
    return app.bot.now_utc.date() - timedelta(days=days)


def named(day):
    return f"{day:%A} {day.day} {day:%B}"


def told(app, day, user_id=ANN):
    return app.bot.store(ReadDay(user_id=user_id, day=str(day)))


@pytest.fixture
def tab(app, open_tab):
    """Ann's page after twelve weeks, on a Wednesday at noon."""
    app.lives(84, sets={"hidden_factors": ("no_say",)})
    return came(open_tab(address=app.address()))


def came(tab):
    tab.locator("canvas").wait_for()
    return tab


def open_day(tab, day):
    button(tab, words("page_app_calendar")).click()
    if tab.locator(".month h2").inner_text() != f"{day:%B %Y}":
        button(tab, words("page_app_earlier")).click()
    tab.get_by_role("button", name=named(day)).click()
    tab.get_by_role("heading", name=named(day)).wait_for()
    tab.locator("fieldset").first.wait_for()


def pressed(tab, name):
    button(tab, name).and_(tab.locator("[aria-pressed=true]")).wait_for()


def rounded(value, places=0, language="en"):
    """As the page writes a number."""
    number = "–" if value is None else f"{value:.{places}f}".removesuffix(".0")
    return number.replace(".", ",") if language == "ru" else number


def in_words(language, day, rating, check_ins, load=None, index=None, band=None, **_):
    """What the table for screen readers says of a day of the API's answer, by the column's title."""
    words = lambda key: text(key, language)  # noqa: E731
    return {
        words("page_app_day"): format_date(date.fromisoformat(day), "d MMM", "en_GB" if language == "en" else language),
        words("page_app_load"): rounded(load and load * 100),
        words("page_app_index"): rounded(index) + (f", {words(f'course_{band}_first')}" if band else ""),
        words("page_app_mood"): rounded(rating, 1, language),
        words("page_app_check_ins"): str(check_ins),
    }


def table_says(tab, course, language="en"):
    """Asserts that the table for screen readers has the API's numbers, newest first."""
    cells = "row => [...row.cells].map(cell => cell.innerText)"
    titles, *rows = tab.evaluate(f"[...document.querySelectorAll('main table tr')].map({cells})")
    said = [in_words(language, **point) for point in reversed(course["days"])]
    shown = [dict(zip(titles, row, strict=True)) for row in rows]
    assert text("page_app_index", language) in titles
    assert [{title: row[title] for title in titles} for row in said] == shown


def test_the_table_for_screen_readers_says_what_the_api_does(app, open_tab):
    app.lives(84)
    tab = came(open_tab(address=app.address()))
    with tab.expect_response("**/course") as answer:
        tab.reload()
    course = answer.value.json()
    assert came(tab).locator("canvas").evaluate(DRAWN)
    tab.get_by_text(words("page_app_table")).click()
    button(tab, words("page_app_span_months")).click()

    assert len(course["days"]) == 72
    table_says(tab, course)


def test_a_longer_time_an_earlier_one_and_a_drawn_part_are_shown(tab):
    tab.get_by_text(words("page_app_table")).click()
    newest, count = tab.locator("tbody th").first, tab.locator("tbody tr").count
    assert count() == 24
    button(tab, words("page_app_span_months")).click()
    assert count() == 72
    button(tab, words("page_app_span_weeks")).click()
    button(tab, f"← {words('page_app_earlier')}").click()
    assert newest.inner_text() == "13 Jan"

    box = tab.locator(".u-over").bounding_box()
    tab.mouse.move(box["x"] + 60, box["y"] + 50)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 160, box["y"] + 50, steps=5)
    tab.mouse.up()
    button(tab, words("page_app_zoom_out")).wait_for()
    assert 2 <= count() <= 15
    button(tab, words("page_app_zoom_out")).click()
    assert count() == 24


def test_a_tap_on_the_chart_opens_the_day(tab):
    box = tab.locator(".u-over").bounding_box()
    tab.mouse.click(box["x"] + box["width"] - 30, box["y"] + 50)
    button(tab, words("page_app_back")).wait_for()


def test_a_past_day_is_rated_completed_and_taken_back(app, open_tab):
    app.lives(84, sets={"hidden_factors": ("no_say",)})
    yesterday, app.bot.now_utc = app.bot.now_utc.date(), app.bot.now_utc + timedelta(hours=8)
    app.bot(updates.photo(date=int(app.bot.now_utc.timestamp())))
    app.bot.now_utc += timedelta(hours=12)
    tab = came(open_tab(address=app.address()))
    open_day(tab, yesterday)
    tab.get_by_text("12:06: ").wait_for()
    tab.get_by_text("20:06: a photo, not rated").wait_for()
    mood = tab.get_by_role("group", name=words("page_app_rate_day"))
    mood.get_by_role("button", name="4").click()
    tab.get_by_text(words("page_app_kept"), exact=True).wait_for()
    for name in (words("sleep_3"), words("factor_overload"), words("factor_rest")):
        button(tab, name).click()
        pressed(tab, name)
    button(tab, words("factor_overload")).click()
    tab.locator(".factors [aria-pressed=true]").nth(1).wait_for(state="detached")

    day = told(app, yesterday)
    assert (day.rating, day.energy, day.sleep, day.factors) == (4, None, 3, ("rest",))
    assert button(tab, words("factor_no_say")).count() == 0  # hidden by a setting


def test_today_is_rated_in_the_chat_and_a_day_long_ago_nowhere(app, tab):
    open_day(tab, days_ago(app, 0))
    tab.get_by_text(words("page_app_rate_today")).wait_for()
    assert tab.get_by_role("group", name=words("page_app_rate_day")).count() == 0
    assert button(tab, named(days_ago(app, -1))).is_disabled()
    button(tab, words("factor_exercise")).click()
    pressed(tab, words("factor_exercise"))
    assert told(app, days_ago(app, 0)).factors == ("exercise",)

    open_day(tab, days_ago(app, 8))
    tab.get_by_text(words("day_too_old")).wait_for()
    assert tab.locator("fieldset button:enabled").count() == 0
    told_alone = ["".join(each.split()) for each in tab.locator("fieldset").all_inner_texts()]
    assert told_alone == [words("button_sleep") + words("sleep_2")]


@pytest.mark.parametrize(
    ("zone", "ago", "flies_to", "key"),
    [
        ("Europe/Berlin", 7, "Pacific/Kiritimati", "day_too_old"),  # where it is tomorrow already
        ("Pacific/Kiritimati", -1, "Europe/Berlin", "day_not_yet"),
        ("Europe/Berlin", 3, None, "page_app_not_kept"),  # and the store is down
    ],
)
def test_what_the_server_refuses_is_said_and_not_shown_as_told(app, open_tab, zone, ago, flies_to, key):
    app.lives(20, sets={"time_zone": zone})
    tab = came(open_tab(address=app.address()))
    tab.expected = (FAILED,)
    open_day(tab, days_ago(app, ago))
    shown = tab.locator("[aria-pressed=true]").all_inner_texts()
    if flies_to:
        app.bot.store(ChangeSettings(user_id=ANN, time_zone=flies_to))
    else:
        app.bot.store.failures.append(StoreUnavailableError("down"))
    before = app.rows()
    button(tab, words("factor_illness")).click()
    tab.get_by_role("alert").get_by_text(words(key)).wait_for()
    assert tab.locator("[aria-pressed=true]").all_inner_texts() == shown
    assert app.rows() == before


def test_offline_nothing_is_lost_and_the_same_tell_is_repeated_once(app, tab):
    tab.expected = (FAILED,)
    day, answered = days_ago(app, 2), []
    tab.on("response", lambda response: answered.append(response.status) if "tell" in response.url else None)
    open_day(tab, day)
    tab.context.set_offline(True)
    button(tab, words("factor_people")).click()
    tab.get_by_text(words("page_app_offline")).wait_for()
    assert told(app, day).factors == ()
    tab.context.set_offline(False)
    button(tab, words("page_retry")).click()
    pressed(tab, words("factor_people"))
    assert (answered, told(app, day).factors) == ([200], ("people",))


def test_a_tell_whose_answer_was_lost_has_one_effect(app, tab):
    tab.expected = (FAILED,)
    day = days_ago(app, 2)
    open_day(tab, day)
    lost = []

    def lose(route):
        lost.append(route.fetch().status)
        route.abort()

    tab.route("**/tell", lose)
    button(tab, words("factor_people")).click()
    tab.get_by_text(words("page_app_offline")).wait_for()
    once = app.rows()
    assert (lost, told(app, day).factors) == ([200], ("people",))
    tab.unroute("**/tell")
    button(tab, words("page_retry")).click()
    pressed(tab, words("factor_people"))
    assert app.rows() == once


def test_the_first_answer_that_does_not_come_is_asked_for_again(app, open_tab):
    app.lives(10)
    app.bot.store.failures.append(StoreUnavailableError("down"))
    tab = open_tab(address=app.address())
    tab.expected = (FAILED,)
    tab.get_by_text(words("page_app_offline")).wait_for()
    button(tab, words("page_retry")).click()
    came(tab)


def test_who_has_told_nothing_yet_reads_how_a_course_begins(app, open_tab):
    app.agrees()
    tab = open_tab(address=app.address())
    tab.get_by_text(words("page_app_course_none")).wait_for()
    button(tab, words("page_app_calendar")).click()
    assert button(tab, words("page_app_earlier")).is_disabled()


def test_taps_in_a_row_are_written_one_after_another(app, tab):
    open_day(tab, days_ago(app, 1))
    written = []
    tab.on("request", lambda request: written.append("sent") if "tell" in request.url else None)
    tab.on("requestfinished", lambda request: written.append("answered") if "tell" in request.url else None)
    taps = "names => document.querySelectorAll('.factors button')"
    taps += ".forEach(each => names.includes(each.innerText) && each.click())"
    tab.evaluate(taps, ["overtime", "rest"])
    pressed(tab, words("factor_rest"))
    assert written == ["sent", "answered"] * 2
    assert told(app, days_ago(app, 1)).factors == ("overtime", "rest")


def test_everything_is_reached_by_the_keyboard_alone(app, tab):
    def tab_to(name):
        for _ in range(80):
            tab.keyboard.press("Tab")
            element = "document.activeElement"
            said = f"{element}.getAttribute('aria-label') || {element}.labels?.[0]?.innerText || {element}.innerText"
            if tab.evaluate(said).startswith(name):
                return
        raise AssertionError(f"the keyboard never came to {name}")

    focused = lambda: tab.evaluate("document.activeElement.innerText")  # noqa: E731
    tab_to(words("page_app_table"))
    tab.keyboard.press("Enter")
    tab_to("9 Feb")
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name=named(days_ago(app, 1))).wait_for()
    tab_to(words("page_app_calendar"))
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="February 2027").wait_for()
    assert focused() == words("page_app_calendar")
    tab_to(named(date(2027, 2, 2)))
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name=named(days_ago(app, 2))).wait_for()
    assert focused() == named(days_ago(app, 2))
    tab_to(words("factor_care"))
    tab.keyboard.press("Space")
    pressed(tab, words("factor_care"))
    assert told(app, days_ago(app, 2)).factors == ("care",)
    tab_to(words("page_app_settings"))
    tab.keyboard.press("Enter")
    tab_to(words("settings_button_reminder"))
    with tab.expect_response("**/settings"):
        tab.keyboard.press("ArrowDown")
    assert app.bot.store(ReadSettings(user_id=ANN)).reminder_hour == 9  # the first that is not quiet
