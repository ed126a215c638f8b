"""/settings and /timezone: what stands is told, every choice is two presses away, and forged choices change nothing."""

import re

import pytest

from burnout.store.people import ReadSettings, Settings
from burnout.texts import text
from functions.webhook.time_zones import find_time_zones
from tests import updates
from tests.fakes import inference
from tests.unit.webhook.conftest import START, data, labels, photo

OVERVIEW = """<b>Settings</b>

Weekly report: Sunday, 18:00
Time zone: UTC, it is 11:06 there now
Reminder to check in: off
Quiet hours, without reminders: 21:00–9:00
Message when the strain stays high: off
Giving photos to improve the model: off
Charts: light
Language: English"""


def settings(bot, user_id=7):
    return bot.store(ReadSettings(user_id=user_id))


def press(bot, button):
    """What a press says for a moment, and what the message becomes."""
    notice, call = bot(updates.button(button))
    assert call.method == "editMessageText"
    return notice.params.get("text", ""), call


def test_settings_tell_what_stands_and_have_a_button_for_each(bot):
    (call,) = bot(updates.text("/settings"))

    assert call.params["text"].strip() == OVERVIEW
    assert data(call) == [
        "v1:reports:off", "v1:open:weekday", "v1:open:hour", "v1:open:zone", "v1:open:language", "v1:open:reminder",
        "v1:open:quiet", "v1:open:alerts", "v1:open:donating", "v1:open:theme",
    ]  # fmt: skip
    assert bot.outcome == "settings"


def test_settings_in_russian_with_moscow_time_until_a_zone_is_chosen(bot):
    notice, call = press(bot, "v1:lang:ru")

    assert notice == "Теперь по-русски."
    assert "Отчёт за неделю: воскресенье, 18:00" in call.params["text"]
    assert "Часовой пояс: Москва (UTC+3), сейчас там 14:06" in call.params["text"]


def test_every_setting_opens_with_what_stands_marked_and_a_way_back(bot):
    marked = {}
    for name in ("weekday", "hour", "zone", "reminder", "quiet", "alerts", "donating", "theme", "language"):
        _, call = press(bot, f"v1:open:{name}")
        assert data(call)[-1] == "v1:set"
        marked[name] = [label for row in labels(call) for label in row if label.startswith("✓")]

    assert marked == {
        "weekday": ["✓ Sunday"],
        "hour": ["✓ 18:00"],
        "zone": [],  # the default in English is UTC, and that is no city
        "reminder": ["✓ No reminders"],
        "quiet": ["✓ 21:00–9:00"],
        "alerts": ["✓ Off"],
        "donating": ["✓ Off"],
        "theme": ["✓ light"],
        "language": ["✓ English"],
    }
    assert press(bot, "v1:set")[1].params["text"].strip() == OVERVIEW


@pytest.mark.parametrize(
    ("button", "line"),
    [
        ("v1:reports:off", "Weekly report: off"),
        ("v1:day:0", "Weekly report: Monday, 18:00"),
        ("v1:hour:9", "Weekly report: Sunday, 9:00"),
        ("v1:remind:12", "Reminder to check in: every day at 12:00"),
        ("v1:quiet:23:7", "Quiet hours, without reminders: 23:00–7:00"),
        ("v1:quiet:0:0", "Quiet hours, without reminders: none"),
        ("v1:theme:dark", "Charts: dark"),
    ],
)
def test_choice_is_kept_and_shown_with_a_notice(bot, button, line):
    notice, call = press(bot, button)

    assert notice == "Noted."
    assert line in call.params["text"]
    assert line in bot.says(updates.text("/settings"))


def test_reports_can_be_turned_off_and_on_again(bot):
    _, off = press(bot, "v1:reports:off")
    assert (settings(bot).reports, labels(off)[0]) == (False, ["Turn the weekly report on"])

    press(bot, "v1:reports:on")

    assert settings(bot) == Settings(language="en")


def test_reminder_can_be_stopped(bot):
    press(bot, "v1:remind:12")
    press(bot, "v1:silent")

    assert settings(bot).reminder_hour is None


def test_same_press_twice_is_one_change(bot):
    update = updates.button("v1:hour:9")

    assert bot(update) == bot(update)
    assert settings(bot) == Settings(language="en", report_hour=9)


def test_reminders_are_offered_outside_the_quiet_hours_only(bot):
    _, call = press(bot, "v1:open:reminder")

    assert data(call) == [*(f"v1:remind:{hour}" for hour in range(9, 21)), "v1:silent", "v1:set"]


def test_new_quiet_hours_over_the_reminder_turn_it_off_and_say_so(bot):
    press(bot, "v1:quiet:23:7")
    press(bot, "v1:remind:22")

    notice, call = press(bot, "v1:quiet:22:8")

    assert notice == "Noted. The reminder at 22:00 would fall into the quiet hours, so it is off now."
    assert "Reminder to check in: off" in call.params["text"]
    assert settings(bot).reminder_hour is None


def test_city_button_is_kept_with_the_time_there(bot):
    notice, call = press(bot, "v1:zone:Asia/Yekaterinburg")

    assert notice == "Noted, your time zone: Yekaterinburg. It is 16:06 there now."
    assert "Time zone: Yekaterinburg (UTC+5), it is 16:06 there now" in call.params["text"]
    assert "✓ Yekaterinburg" in [label for row in labels(press(bot, "v1:open:zone")[1]) for label in row]


def test_city_buttons_are_in_the_persons_language(bot):
    press(bot, "v1:lang:ru")

    _, call = press(bot, "v1:open:zone")

    assert labels(call)[0] == ["Лос-Анджелес", "Чикаго", "Нью-Йорк"]
    assert labels(call)[2] == ["Калининград", "Минск", "✓ Москва"]
    assert labels(call)[-1] == ["← Назад"]


def test_timezone_without_words_offers_cities(bot):
    (call,) = bot(updates.text("/timezone"))

    assert "Your time zone: UTC, it is 11:06 there now." in call.params["text"]
    assert "v1:zone:Europe/Berlin" in data(call)


@pytest.mark.parametrize(
    ("words", "zone", "said"),
    [
        ("Berlin", "Europe/Berlin", "Noted, your time zone: Berlin. It is 12:06 there now."),
        ("  екатеринбург ", "Asia/Yekaterinburg", "Noted, your time zone: Yekaterinburg. It is 16:06 there now."),
        ("America/New_York", "America/New_York", "Noted, your time zone: New York. It is 06:06 there now."),
        ("+3", "Etc/GMT-3", "Noted, your time zone: UTC+3. It is 14:06 there now."),
        ("UTC-03:30", "America/St_Johns", "Noted, your time zone: St. John’s. It is 07:36 there now."),
    ],
)
def test_timezone_by_words_is_kept_with_the_time_there(bot, words, zone, said):
    assert bot.says(updates.text(f"/timezone {words}")).startswith(said + "\n\n<b>Settings</b>")
    assert settings(bot).time_zone == zone


def test_timezone_that_is_only_an_offset_is_told_once(bot):
    assert "Time zone: UTC+3, it is 14:06 there now" in bot.says(updates.text("/timezone +3"))


def test_timezone_with_several_meanings_asks_which(bot):
    (call,) = bot(updates.text("/timezone +5:30"))

    assert call.params["text"] == "I know several places like that. Which one is it?"
    assert data(call) == ["v1:zone:Asia/Colombo", "v1:zone:Asia/Kolkata"]
    assert settings(bot).time_zone is None


@pytest.mark.parametrize("words", ["Atlantis", "+1:30", "+15", "<b>", "😀" * 4000, "' OR 1=1 --"])
def test_unknown_timezone_says_what_to_write(bot, words):
    assert "I do not know this place. Write a large city" in bot.says(updates.text(f"/timezone {words}"))
    assert settings(bot).time_zone is None


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("key", ["help", "settings_ask_zone", "settings_zone_unknown"])
def test_every_timezone_that_a_sentence_suggests_is_known(key, language):
    suggested = re.findall(r"<code>/timezone ([^<]+)</code>", text(key, language, zone="UTC"))

    assert suggested
    assert [len(find_time_zones(words, START)) for words in suggested] == [1] * len(suggested)


def test_new_language_keeps_a_chosen_zone(bot):
    press(bot, "v1:zone:Europe/Berlin")

    assert "Часовой пояс: Берлин (UTC+1)" in press(bot, "v1:lang:ru")[1].params["text"]


@pytest.mark.parametrize(
    "forged", ["v1:zone:Mars/Olympus", "v1:zone:UTC", "v1:remind:22", "v1:quiet:5:6", "v1:hour:24", "v1:open:secrets"]
)
def test_choice_that_was_never_offered_changes_nothing(bot, forged):
    (call,) = bot(updates.button(forged))

    assert call.params["text"] == "This button is too old. Send /help."
    assert settings(bot) == Settings(language="en")


@pytest.mark.parametrize(
    "button",
    ["v1:set", "v1:open:zone", "v1:give:on", "v1:alerts:on", "v1:reports:off", "v1:zone:Europe/Berlin", "v1:remind:12"],
)
def test_stranger_has_no_settings(stranger, button):
    (call,) = stranger(updates.button(button))

    assert call.params["text"] == "This button is too old. Send /help."
    assert settings(stranger) is None


def test_settings_of_two_people_do_not_meet(bot):
    bot(updates.button("v1:agree:2:ru", 8))

    press(bot, "v1:hour:9")

    assert settings(bot, 8) == Settings(language="ru")


# ---------------------------------------------------------------- what is off until somebody wants it


def test_alerts_are_off_until_switched_on_and_say_what_they_are(bot):
    _, asked = press(bot, "v1:open:alerts")
    assert "At most once in two weeks" in asked.params["text"]
    assert data(asked) == ["v1:alerts:on", "v1:alerts:off", "v1:set"]
    assert not settings(bot).alerts

    notice, call = press(bot, "v1:alerts:on")

    assert (notice, settings(bot).alerts) == ("Noted.", True)
    assert "Message when the strain stays high: on" in call.params["text"]
    press(bot, "v1:alerts:off")
    assert not settings(bot).alerts


def test_giving_photos_is_off_until_switched_on_and_says_what_it_means(bot):
    bot(photo())
    assert bot.photos.kept == {}

    _, asked = press(bot, "v1:open:donating")

    assert "kept with its result, your rating and your correction, for at most 400 days" in asked.params["text"]
    assert "Switching this off deletes all the photos you gave." in asked.params["text"]
    assert data(asked) == ["v1:give:on", "v1:give:off", "v1:set"]
    assert not settings(bot).donating


def test_given_photos_outlive_their_analysis_until_they_are_taken_back(bot):
    notice, call = press(bot, "v1:give:on")
    assert notice == "Thank you! From now on your photos help to improve the model."
    assert "Giving photos to improve the model: on" in call.params["text"]
    bot(photo())
    assert [key.split("/")[0] for key in bot.photos.kept] == ["donated"]

    notice, call = press(bot, "v1:give:off")

    assert notice == "Noted. The photos you gave are deleted, and no more are kept."
    assert "Giving photos to improve the model: off" in call.params["text"]
    assert bot.photos.kept == {}
    bot(photo())
    assert bot.photos.kept == {}


def test_given_photo_without_a_face_is_not_kept(bot):
    press(bot, "v1:give:on")
    bot.infer.answer = inference()

    bot(photo())

    assert bot.photos.kept == {}


def test_photos_given_by_one_person_are_not_anothers_to_take_back(bot):
    bot(updates.button("v1:agree:2:en", 8))
    press(bot, "v1:give:on")
    bot(photo())

    bot(updates.button("v1:give:off", 8))

    assert len(bot.photos.kept) == 1
