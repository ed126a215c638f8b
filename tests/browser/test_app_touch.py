"""The app's chart under fingers and keys, and a course in which days or the index are missing."""

import re

import pytest

from tests.browser.conftest import PICTURES
from tests.browser.played import PlayedApp, point
from tests.browser.test_app import FAILED, words
from tests.browser.test_looks import is_wider_than_the_window, serious


def button(tab, key):
    return tab.get_by_role("button", name=words(key))


@pytest.fixture
def played(browser):
    return PlayedApp(browser)


@pytest.fixture
def phone(played, open_tab):
    tab = open_tab(address=played.address, within=played, has_touch=True)
    tab.locator("canvas").wait_for()
    tab.touches = tab.context.new_cdp_session(tab)
    tab.evaluate("addEventListener('touchmove', event => { held = event.defaultPrevented })")
    return tab


def drag(tab, *fingers, steps=6):
    """Fingers go from where to where, as shares of the chart's width and height."""
    box = tab.locator(".u-over").bounding_box()
    for step in range(steps + 1):
        points = [
            {"id": number, "x": box["x"] + box["width"] * (x + (to_x - x) * step / steps),
             "y": box["y"] + box["height"] * (y + (to_y - y) * step / steps)}
            for number, ((x, y), (to_x, to_y)) in enumerate(fingers)
        ]  # fmt: skip
        tab.touches.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": points}
        )
    tab.touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def days(tab):
    """How many days the chart shows, each of which has a row of the table."""
    return tab.locator("tbody tr").count()


def newest(tab):
    return tab.locator("tbody th").first.text_content()


def test_two_fingers_bring_days_closer_and_one_moves_them(phone):
    assert (days(phone), newest(phone)) == (28, "29 Nov")
    drag(phone, ((0.4, 0.5), (0.1, 0.5)), ((0.6, 0.5), (0.9, 0.5)))
    button(phone, "page_app_zoom_out").wait_for()
    closer, last = days(phone), newest(phone)
    assert 4 <= closer <= 10
    assert last != "29 Nov"

    drag(phone, ((0.2, 0.5), (0.8, 0.52)))
    phone.wait_for_function("last => document.querySelector('tbody th').textContent !== last", arg=last)
    assert abs(days(phone) - closer) <= 1
    assert phone.evaluate("held")  # or the browser takes the next tap for the end of its own scrolling
    assert phone.evaluate("[scrollX, document.documentElement.scrollLeft]") == [0, 0]
    assert not is_wider_than_the_window(phone)
    phone.screenshot(path=PICTURES / "app-closer.png", full_page=True)
    assert serious(phone) == []

    button(phone, "page_app_zoom_out").tap()
    button(phone, "page_app_zoom_out").wait_for(state="detached")
    assert (days(phone), newest(phone)) == (28, "29 Nov")
    drag(phone, ((0.1, 0.5), (0.45, 0.5)), ((0.9, 0.5), (0.55, 0.5)))
    phone.wait_for_function("document.querySelectorAll('tbody tr').length > 50")  # and never beyond what there is
    assert newest(phone) == "29 Nov"


def test_a_finger_that_goes_down_scrolls_the_page(phone):
    phone.set_viewport_size({"width": 360, "height": 400})
    drag(phone, ((0.5, 0.9), (0.52, 0.1)), steps=12)
    phone.wait_for_function("scrollY > 50")
    assert (days(phone), phone.evaluate("held")) == (28, False)


@pytest.mark.parametrize(("across", "along", "is_held"), [(5, 0, False), (20, 40, False), (40, 20, True)])
def test_a_trembling_tap_and_a_slanting_scroll_are_the_browsers(phone, across, along, is_held):
    finger = f"""over => {{
      const touch = {{pointerId: 5, pointerType: "touch", bubbles: true}};
      const send = (type, clientX, clientY) =>
        over.dispatchEvent(new PointerEvent(type, {{...touch, clientX, clientY}}));
      send("pointerdown", 100, 300);
      send("pointermove", 100 + {across}, 300 + {along});
      const isLet = over.dispatchEvent(new Event("touchmove", {{cancelable: true, bubbles: true}}));
      send("pointercancel", 0, 0);
      return !isLet;
    }}"""
    assert phone.locator(".u-over").evaluate(finger) == is_held


def test_a_tap_opens_the_day(phone):
    phone.locator(".u-over").tap()
    phone.get_by_role("heading", level=1, name=re.compile("1[56] November")).wait_for()


def test_keys_bring_days_closer_too(played, open_tab):
    tab = open_tab(address=played.address, within=played)
    tab.locator("canvas").wait_for()
    button(tab, "page_app_closer").focus()
    for shown in (14, 7, 4, 4):
        tab.keyboard.press("Enter")
        assert (days(tab), newest(tab)) == (shown, "29 Nov")
    assert button(tab, "page_app_closer").is_disabled()
    assert tab.evaluate("document.activeElement.ariaLabel") == words("page_app_closer")
    assert tab.locator(".period").inner_text().startswith("26")

    button(tab, "page_app_earlier").press("Enter")
    assert (days(tab), newest(tab)) == (4, "25 Nov")
    button(tab, "page_app_wider").press("Enter")
    assert (days(tab), newest(tab)) == (8, "27 Nov")
    button(tab, "page_app_zoom_out").press("Enter")
    assert (days(tab), newest(tab)) == (28, "29 Nov")
    assert tab.locator(".period:focus").is_visible()


def line_px(tab):
    """How many pixels of the chart have the line's colour."""
    tab.locator("canvas").wait_for()
    colour = "[0x17, 0x63, 0x9a].every((part, n) => Math.abs(part - data[at + n]) < 9)"
    count = f"let sum = 0; for (let at = 0; at < data.length; at += 4) sum += Number({colour}); return sum"
    data = "c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
    return tab.locator("canvas").evaluate(f"c => {{ const data = {data}; {count} }}")


@pytest.mark.parametrize(
    ("first", "later", "is_joined"),
    [((9, 8, 7), (5, 4, 3), True), ((11, 10, 9), (4, 3, 2), False), ((), (5,), False), ((), (), False)],
    ids=["two days", "a week", "one", "none"],
)
def test_a_line_ends_where_days_are_missing_and_one_day_is_a_point(played, open_tab, first, later, is_joined):
    known = [point(ago, index=70.0, band="raised") for ago in (*first, *later)]
    played.course(point(20), *known)
    tab = open_tab(address=played.address, within=played)
    drawn = line_px(tab)
    played.course(point(20), *(point(ago, index=70.0, band="raised") for ago in range(9, 2, -1)))
    tab.reload()
    whole = line_px(tab)
    assert (drawn > whole * 0.95) == is_joined
    assert (drawn > 0) == bool(later)


def test_an_index_of_another_day_is_not_called_todays(played, open_tab):
    played.course(point(12, index=54.5, band="raised"), point(11, index=54.500001, band="raised"), point(0, load=0.0))
    tab = open_tab(address=played.address, within=played)
    tab.get_by_text("Index on 18 November: 55, raised").wait_for()
    capped = tab.get_by_text(words("report_capped"))
    capped.first.wait_for()  # as high as high is
    tab.get_by_text(words("page_app_talk")).wait_for()
    tab.get_by_text(words("page_app_table")).click()
    assert capped.count() == 2
    rows = tab.locator("tbody tr").evaluate_all("rows => rows.map(row => row.innerText.split('\\t').slice(1, 3))")
    assert rows == [["0", "–"], ["50", "55, raised"], ["50", "54, raised"]]
    assert tab.locator(".dashes").count() == 0

    played.course(point(0, index=33.0, band="calm"), beginning=27.5)
    tab.reload()
    tab.get_by_text("Index today: 33, calm").wait_for()
    tab.get_by_text(words("page_app_beginning", beginning=28)).wait_for()
    assert capped.or_(tab.get_by_text(words("page_app_talk"))).count() == 0
    played.course(point(0))
    tab.reload()
    tab.get_by_text(words("page_app_course_early")).wait_for()


def test_who_it_is_and_the_course_are_asked_for_at_once(played, open_tab):
    played.answers["open"] = (503, {"error": "later"})
    tab = open_tab(address=played.address, within=played)
    tab.expected = (FAILED,)
    tab.get_by_text(words("page_app_offline")).wait_for()
    assert sorted(op for op, *_ in played.asked) == ["course", "open"]
