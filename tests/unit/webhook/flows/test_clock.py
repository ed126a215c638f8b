"""The clock: what is written for it is kept or asked, a guess never kept, and nothing is scheduled in UTC unasked."""

import re

import pytest

from burnout.store.people import ReadSettings, Settings
from burnout.texts import LANGUAGES, help_commands, text
from functions.webhook.time_zones import places
from tests import updates
from tests.unit.webhook.conftest import START, data, labels
from tests.updates import reply

QUIET_LINE = "If it is a hard moment, people are there to listen: /support"
FIRST = "First your clock, or messages would come at the wrong hour."


def zone(bot):
    return bot.store(ReadSettings(user_id=7)).time_zone


def pressed(bot, button):
    """What a press says for a moment, and what it leads to."""
    notice, call = bot(updates.button(button))
    return notice.params.get("text", ""), call


@pytest.mark.parametrize(
    ("words", "kept", "said"),
    [
        ("Berlin", "Europe/Berlin", "Berlin. It is 12:06"),
        ("  екатеринбург ", "Asia/Yekaterinburg", "Yekaterinburg. It is 16:06"),
        ("America/New_York", "America/New_York", "New York. It is 06:06"),
        ("München", "Europe/Berlin", "Berlin. It is 12:06"),
        ("utc", "Etc/UTC", "UTC. It is 11:06"),
    ],
)
def test_a_place_after_the_command_is_kept_with_the_time_there(bot, words, kept, said):
    (call,) = bot(updates.text(f"/timezone {words}"))

    assert call.params["text"] == f"Noted, your time zone: {said} there now."
    assert (zone(bot), data(call)) == (kept, ["v1:set"])


@pytest.mark.parametrize(
    ("words", "asked", "offered"),
    [
        ("UK", "Is <b>London</b> your time? It is 11:06 there now.", ["Europe/London"]),
        ("Lisbo", "Is <b>Lisbon</b> your time? It is 11:06 there now.", ["Europe/Lisbon"]),
        ("EST", "Is <b>New York</b> your time? It is 06:06 there now.", ["America/New_York"]),
        ("-3", "Is <b>UTC−3</b> your time? It is 08:06 there now.", ["Etc/GMT+3"]),
        ("spain", "Spain: more than one clock there. Which is yours?", ["Europe/Madrid", "Atlantic/Canary"]),
        ("Georgia", "Georgia can mean several clocks. Which one is yours?", ["Asia/Tbilisi", "America/New_York"]),
        ("+5:30", "Which of these is yours?", ["Asia/Kolkata", "Asia/Colombo"]),
    ],
)
def test_a_guess_is_never_stored(bot, words, asked, offered):
    (call,) = bot(updates.text(f"/timezone {words}"))

    is_guess = words == "Lisbo"  # any words may be meant, so people who listen are in reach
    assert call.params["text"] == asked + f"\n\n{QUIET_LINE}" * is_guess
    assert data(call) == [*(f"v1:zone:{name}" for name in offered), "v1:write", *["v1:support"] * is_guess]
    assert zone(bot) is None
    pressed(bot, data(call)[0])
    assert zone(bot) == offered[0]


def test_each_choice_is_shown_with_its_time(bot):
    (call,) = bot(updates.text("/timezone spain"))

    assert labels(call) == [["Madrid, 12:06", "Canary Islands, 11:06"], ["No, another"]]


def test_a_long_tail_is_not_said_back(bot):
    (call,) = bot(updates.text(f"/timezone Spain{'!<' * 2040}"))  # within Telegram's limits, which the fixture checks

    assert data(call)[0] == "v1:zone:Europe/Madrid"


@pytest.mark.parametrize("words", ["Atlantis", "+1:30", "+15", "<b>", "😀" * 4000, "' OR 1=1 --"])
def test_what_is_no_place_is_asked_for_again(bot, words):
    (call,) = bot(updates.text(f"/timezone {words}"))

    assert call.params["text"] == f"{text('zone_not_found', 'en')}\n\n{QUIET_LINE}"
    assert call.params["reply_markup"] == {"force_reply": True, "input_field_placeholder": "A city, or +3"}
    assert zone(bot) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("not_found_first", [False, True])
def test_the_typed_city_after_the_question_is_taken(bot, language, not_found_first):
    pressed(bot, f"v1:lang:{language}")
    _, screen = pressed(bot, "v1:open:zone")
    assert "v1:write" in data(screen)
    _, question = pressed(bot, "v1:write")
    if not_found_first:
        (question,) = bot(reply("Atlantis", question.params["text"]))

    bot(reply("Тбилиси", question.params["text"]))

    assert (zone(bot), bot.outcome) == ("Asia/Tbilisi", "timezone")


def test_a_command_in_reply_to_the_question_is_that_command(bot):
    bot(reply("/history", text("zone_write", "en")))

    assert bot.outcome == "history"


@pytest.mark.parametrize(
    ("words", "after_s", "is_mood"), [("3", 600, False), ("3", 601, True), ("٣", 86_400, True), ("+3", 86_400, False)]
)
def test_a_digit_after_the_question_is_an_offset_and_the_next_day_a_mood(bot, words, after_s, is_mood):
    """Telegram keeps the question open until it is answered, so whatever is typed next is a reply to it."""
    (call,) = bot(reply(words, text("zone_write", "en"), after_s=after_s))

    assert (bot.outcome == "mood", "v1:zone:Etc/GMT-3" in data(call)) == (is_mood, not is_mood)


@pytest.mark.parametrize(
    "update",
    [
        reply("Tbilisi", text("zone_write", "en"), sender=updates.user(7)),  # somebody wrote our question themselves
        reply("Tbilisi", "Which city?"),
        updates.text("Tbilisi"),
        updates.text("tbilisi!"),
    ],
)
def test_a_city_by_itself_is_asked_about_with_support_in_reach(bot, update):
    (call,) = bot(update)

    assert call.params["text"] == "Is <b>Tbilisi</b> your time? It is 15:06 there now."
    assert data(call) == ["v1:zone:Asia/Tbilisi", "v1:write", "v1:support"]
    assert zone(bot) is None


@pytest.mark.parametrize(
    "words", ["la", "UTC", "Europe/Berlin", "Lisbo", "+3", "3", "I live in Berlin", "hello", "I want to die"]
)
def test_other_words_are_no_city(bot, words):
    bot(updates.text(words))

    assert bot.outcome != "timezone"


def test_a_stranger_is_not_asked_for_a_city(stranger):
    stranger(updates.text("Berlin"))

    assert stranger.outcome != "timezone"


@pytest.mark.parametrize("name", ["weekday", "hour", "reminder"])
def test_nothing_is_scheduled_in_utc_unasked(bot, name):
    _, asked = pressed(bot, f"v1:open:{name}")

    assert asked.params["text"].startswith(FIRST)
    assert labels(asked)[0] == ["London, 11:06", "New York, 06:06"]
    assert data(asked)[-3:] == ["v1:write", f"v1:clock:{name}:Etc/UTC", "v1:set"]
    notice, goes_on = pressed(bot, f"v1:clock:{name}:Europe/Berlin")
    assert notice == "Noted, your time zone: Berlin. It is 12:06 there now."
    assert goes_on.params["text"] == text(f"settings_ask_{name}", "en")
    assert zone(bot) == "Europe/Berlin"


@pytest.mark.parametrize("button", ["v1:remind:12", "v1:hour:0", "v1:day:0", "v1:reports:on"])
def test_an_older_button_schedules_nothing_in_utc_either(bot, button):
    _, asked = pressed(bot, button)

    assert asked.params["text"].startswith(FIRST)
    assert bot.store(ReadSettings(user_id=7)) == Settings(language="en")


def test_the_report_that_waited_for_the_clock_is_turned_on(bot):
    pressed(bot, "v1:reports:off")
    _, asked = pressed(bot, "v1:reports:on")

    pressed(bot, data(asked)[0])

    assert bot.store(ReadSettings(user_id=7)) == Settings(language="en", time_zone="Europe/London")


def test_whoever_chose_utc_is_not_asked(bot):
    pressed(bot, "v1:zone:Etc/UTC")

    _, call = pressed(bot, "v1:open:hour")

    assert "v1:hour:0" in data(call)


def test_another_language_moves_no_clock_in_silence_and_schedules_nothing_by_its_guess(bot):
    _, call = pressed(bot, "v1:lang:ru")
    _, asked = pressed(bot, "v1:open:hour")

    assert "Москва, 14:06 (UTC+3)" in call.params["text"]
    assert "v1:zone:Europe/Berlin" in data(call)
    assert "Оставить: Москва, 14:06" in [label for row in labels(asked) for label in row]
    assert "v1:hour:0" not in data(asked)


def test_city_button_is_kept_with_the_time_there_and_stays_in_another_language(bot):
    notice, call = pressed(bot, "v1:zone:Asia/Yekaterinburg")

    assert notice == "Noted, your time zone: Yekaterinburg. It is 16:06 there now."
    assert "Time zone: Yekaterinburg, 16:06 (UTC+5)" in call.params["text"]
    assert "✓ Yekaterinburg" in [label for row in labels(pressed(bot, "v1:open:zone")[1]) for label in row]
    assert "Часовой пояс: Екатеринбург, 16:06 (UTC+5)" in pressed(bot, "v1:lang:ru")[1].params["text"]


def test_timezone_without_words_offers_cities_in_the_persons_language(bot):
    pressed(bot, "v1:lang:ru")

    (call,) = bot(updates.text("/timezone"))

    assert "Ваш часовой пояс: Москва, 14:06 (UTC+3)." in call.params["text"]
    assert labels(call)[0] == ["Лос-Анджелес", "Чикаго", "Нью-Йорк"]
    assert labels(call)[2] == ["Калининград", "Минск", "✓ Москва"]
    assert labels(call)[-2:] == [["Другой город"], ["← Назад"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_timezone_that_a_sentence_suggests_is_known(language):
    suggested = re.findall(r"<code>/timezone ([^<]+)</code>", help_commands(language, has_page=True))

    assert suggested
    assert {places(words, START).kind for words in suggested} == {"exact"}
