"""What a person chooses in the Mini App, and their export."""

from burnout.errors import FunctionUnavailableError
from burnout.store.people import ReadSettings
from burnout.texts import text
from tests.browser.own_app import ANN
from tests.browser.test_app import FAILED, button, came, words


def settings_of(app, open_tab, **sets):
    app.lives(3, sets=sets)
    tab = came(open_tab(address=app.address()))
    button(tab, words("page_app_settings")).click()
    return tab


def kept(app):
    return app.bot.store(ReadSettings(user_id=ANN))


def test_settings_are_changed_and_the_language_is_followed(app, open_tab):
    tab = settings_of(app, open_tab, hidden_factors=("no_say", "care"))
    label = lambda key: tab.get_by_label(words(key))  # noqa: E731
    for choose in (
        lambda: label("settings_button_hour").select_option("9"),
        lambda: label("settings_button_reminder").select_option("20"),
        lambda: label("page_app_theme").select_option("dark"),
        lambda: label("factor_no_say").check(),
        lambda: label("settings_button_language").select_option("ru"),
    ):
        with tab.expect_response("**/settings"):
            choose()
    settings = tab.get_by_role("button", name=text("page_app_settings", "ru"), exact=True)
    settings.wait_for()
    tab.reload()
    settings.wait_for()

    assert tab.evaluate("[document.documentElement.lang, document.title]") == ["ru", text("page_title", "ru")]
    now = kept(app)
    assert (now.report_hour, now.reminder_hour, now.theme, now.language) == (9, 20, "dark", "ru")
    assert now.hidden_factors == ("care",)


def test_a_reminder_waits_for_a_time_zone_and_goes_along_with_it(app, open_tab):
    tab = settings_of(app, open_tab, time_zone=None)
    tab.expected = (FAILED,)
    tab.get_by_label(words("settings_button_reminder")).select_option("20")
    tab.get_by_text(words("page_app_no_zone")).wait_for()
    assert kept(app).reminder_hour is None
    tab.get_by_label(words("settings_button_zone")).select_option("Europe/Berlin")
    tab.get_by_text(words("page_app_kept"), exact=True).wait_for()
    assert (kept(app).reminder_hour, kept(app).time_zone) == (20, "Europe/Berlin")


def test_an_export_that_is_pressed_twice_is_ordered_once(app, open_tab):
    tab = settings_of(app, open_tab)
    button(tab, words("page_app_export_ask")).dblclick()
    tab.get_by_text(words("page_app_export_asked")).wait_for()
    ordered = [(each.user_id, each.show, each.update_id) for each in app.bot.reports.requests]
    assert (ordered[0][:2], len(set(ordered))) == ((ANN, "export"), 1)  # one number, which report answers once


def test_an_export_that_failed_or_whose_answer_was_lost_is_repeated_as_the_same_one(app, open_tab):
    tab = settings_of(app, open_tab)
    tab.expected = (FAILED,)
    ask = button(tab, words("page_app_export_ask"))
    app.bot.reports.failures.append(FunctionUnavailableError("busy"))
    with tab.expect_response("**/export") as first:
        ask.click()
    assert first.value.status == 503
    tab.route("**/export", lambda route: (route.fetch(), route.abort()), times=1)
    with tab.expect_event("requestfailed"):
        ask.click()
    tab.get_by_text(words("page_app_offline")).wait_for()
    ask.click()
    tab.get_by_text(words("page_app_export_asked")).wait_for()
    assert len({each.update_id for each in app.bot.reports.requests}) == 1
