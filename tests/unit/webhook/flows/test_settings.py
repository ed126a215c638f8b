"""/settings and /language: what is set is shown, a choice takes two presses, forged ones do nothing."""

import pytest

from burnout.store.people import ReadSettings, Settings
from tests import updates
from tests.fakes import face, inference
from tests.unit.webhook.conftest import STALE, data, labels, photo

OVERVIEW = """<b>Settings</b>

Weekly report: once you choose a city
Time zone: UTC, 11:06
Reminder: off
Quiet hours: 21:00–9:00
Notice when strain rises: off
Photos for the model: off
Choices for “in the day”: 12 of 12
Charts: light
Language: English"""


def settings(bot, user_id=7):
    return bot.store(ReadSettings(user_id=user_id))


def press(bot, button):
    """What a press says for a moment, and what the message becomes."""
    notice, call = bot(updates.button(button))
    assert call.method == "editMessageText"
    return notice.params.get("text", ""), call


@pytest.mark.parametrize(("code", "word"), [("ru", "Отметка"), ("ru-RU", "Отметка"), ("de", "Tap"), (None, "Tap")])
def test_language_is_telegrams_until_the_person_chooses(bot, code, word):
    update = updates.text("/help", 99)
    update["message"]["from"]["language_code"] = code

    assert word in bot.says(update)


def test_chosen_language_wins_over_telegrams(bot):
    spinner, call = bot(updates.button("v1:lang:ru"))

    assert spinner.params["text"] == "Теперь по-русски."
    assert "Ваш часовой пояс: Москва, 14:06 (UTC+3)" in call.params["text"], "asked until a zone is chosen"
    assert "цифра от 1 до 5 или селфи" in bot.says(updates.text("/help", language="en"))


def test_stranger_reads_the_help_after_choosing_a_language(stranger):
    _, call = stranger(updates.button("v1:lang:ru"))

    assert "цифра от 1 до 5 или селфи" in call.params["text"]


def test_settings_tell_what_stands_and_have_a_button_for_each(bot):
    (call,) = bot(updates.text("/settings"))

    assert call.params["text"].strip() == OVERVIEW
    assert data(call) == [
        "v1:reports:off", "v1:open:weekday", "v1:open:hour", "v1:open:zone", "v1:open:language", "v1:open:reminder",
        "v1:open:quiet", "v1:open:alerts", "v1:open:donating", "v1:open:theme", "v1:open:factors",
    ]  # fmt: skip
    assert bot.outcome == "settings"


def test_every_setting_opens_with_what_stands_marked_and_a_way_back(bot):
    press(bot, "v1:zone:Etc/UTC")  # or the report and the reminder ask for the clock first
    marked = {}
    for name in ("weekday", "hour", "zone", "reminder", "quiet", "alerts", "donating", "theme", "language"):
        _, call = press(bot, f"v1:open:{name}")
        assert data(call)[-1] == "v1:set"
        marked[name] = [label for row in labels(call) for label in row if label.startswith("✓")]

    assert marked == {
        "weekday": ["✓ Sunday"],
        "hour": ["✓ 18:00"],
        "zone": [],  # UTC is no city
        "reminder": ["✓ No reminders"],
        "quiet": ["✓ 21:00–9:00"],
        "alerts": ["✓ Off"],
        "donating": ["✓ Off"],
        "theme": ["✓ light"],
        "language": ["✓ English"],
    }
    assert press(bot, "v1:set")[1].params["text"].strip() == OVERVIEW.replace("once you choose a city", "Sunday, 18:00")


@pytest.mark.parametrize(
    ("buttons", "line", "changed"),
    [
        (["v1:reports:off"], "Weekly report: off", {"reports": False}),
        (["v1:reports:off", "v1:reports:on"], "Weekly report: Sunday, 18:00", {}),
        (["v1:day:0"], "Weekly report: Monday, 18:00", {"report_weekday": 0}),
        (["v1:hour:9"], "Weekly report: Sunday, 9:00", {"report_hour": 9}),
        (["v1:remind:12"], "Reminder: every day at 12:00", {"reminder_hour": 12}),
        (["v1:remind:12", "v1:silent"], "Reminder: off", {}),
        (["v1:quiet:23:7"], "Quiet hours: 23:00–7:00", {"quiet_from": 23, "quiet_to": 7}),
        (["v1:quiet:0:0"], "Quiet hours: none", {"quiet_from": 0, "quiet_to": 0}),
        (["v1:theme:dark"], "Charts: dark", {"theme": "dark"}),
        (["v1:alerts:on"], "Notice when strain rises: on", {"alerts": True}),
        (["v1:alerts:on", "v1:alerts:off"], "Notice when strain rises: off", {}),
    ],
)
def test_choice_is_kept_and_shown_with_a_notice_also_pressed_twice(bot, buttons, line, changed):
    press(bot, "v1:zone:Etc/UTC")
    for button in (*buttons, buttons[-1]):
        notice, call = press(bot, button)

        assert notice == "Noted."
    assert line in call.params["text"]
    assert line in bot.says(updates.text("/settings"))
    assert settings(bot) == Settings(language="en", time_zone="Etc/UTC", **changed)


def test_reminders_are_offered_outside_the_quiet_hours_only(bot):
    press(bot, "v1:zone:Etc/UTC")

    _, call = press(bot, "v1:open:reminder")

    assert data(call) == [*(f"v1:remind:{hour}" for hour in range(9, 21)), "v1:silent", "v1:set"]


def test_new_quiet_hours_over_the_reminder_turn_it_off_and_say_so(bot):
    for choice in ("zone:Etc/UTC", "quiet:23:7", "remind:22"):
        press(bot, f"v1:{choice}")

    notice, call = press(bot, "v1:quiet:22:8")

    assert notice == "Noted. The reminder at 22:00 would fall into the quiet hours, so it is off now."
    assert "Reminder: off" in call.params["text"]
    assert settings(bot).reminder_hour is None


def test_what_is_offered_for_a_day_is_chosen_one_by_one(bot):
    _, opened = press(bot, "v1:open:factors")
    assert all(label.startswith("✓ ") for row in labels(opened)[:-1] for label in row)

    press(bot, "v1:offer:rest:off")
    notice, call = press(bot, "v1:offer:overload:off")

    assert (notice, labels(call)[0][0]) == ("Noted.", "too much to do")
    assert data(call)[:2] == ["v1:offer:overload:on", "v1:offer:overtime:off"], "the list stays open"
    assert settings(bot).hidden_factors == ("overload", "rest")
    assert "Choices for “in the day”: 10 of 12" in bot.says(updates.text("/settings"))
    press(bot, "v1:offer:overload:on")
    press(bot, "v1:offer:overload:on")
    assert settings(bot).hidden_factors == ("rest",)


@pytest.mark.parametrize(
    "forged",
    [
        "v1:zone:Mars/Olympus",
        "v1:zone:UTC",
        "v1:clock:hour:UTC",
        "v1:clock:zone:Etc/UTC",
        "v1:offer:joy:off",
        "v1:remind:22",
        "v1:quiet:5:6",
        "v1:hour:24",
        "v1:open:secrets",
    ],
)
def test_choice_that_was_never_offered_changes_nothing(bot, forged):
    notice, _ = bot(updates.button(forged))

    assert notice.params["text"] == STALE
    assert settings(bot) == Settings(language="en")


@pytest.mark.parametrize(
    ("name", "action", "sentences"),
    [
        ("alerts", "alerts", ["At most once in two weeks"]),
        (
            "donating",
            "donate",
            [
                "kept with its result, your rating and your correction, for at most 400 days",
                "Switching this off deletes all the photos you gave.",
            ],
        ),
    ],
)
def test_alerts_and_giving_photos_are_off_until_switched_on_and_say_what_they_are(bot, name, action, sentences):
    _, asked = press(bot, f"v1:open:{name}")

    assert [sentence for sentence in sentences if sentence not in asked.params["text"]] == []
    assert data(asked) == [f"v1:{action}:on", f"v1:{action}:off", "v1:set"]
    assert getattr(settings(bot), name) is False


def test_given_photos_of_check_ins_outlive_their_analysis_until_they_are_taken_back(bot):
    bot(photo())
    assert bot.photos.kept == {}
    notice, call = press(bot, "v1:donate:on")
    assert notice == "Thank you. From now on your photos help to improve the model."
    assert "Photos for the model: on" in call.params["text"]
    bot(photo())
    bot.infer.answer = inference()
    bot(photo())
    assert [key.split("/")[0] for key in bot.photos.kept] == ["donated"], "one without a face is not kept"

    notice, call = press(bot, "v1:donate:off")

    assert notice == "Noted. The photos you gave are deleted, and no more are kept."
    assert "Photos for the model: off" in call.params["text"]
    assert bot.photos.kept == {}
    bot.infer.answer = inference(face())
    bot(photo())
    assert bot.photos.kept == {}
