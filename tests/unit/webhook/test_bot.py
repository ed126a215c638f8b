"""Who is answered, who is not, and what every kind of update leads to."""

import re
from typing import get_args

import pytest

from burnout.errors import TransientError
from burnout.store.check_ins import Begin
from burnout.telegram.buttons import SettingName
from burnout.texts import text
from tests import updates
from tests.unit.webhook.conftest import data, labels, photo

OTHER_KINDS = [
    "edited_message channel_post edited_channel_post business_connection business_message edited_business_message "
    "deleted_business_messages message_reaction message_reaction_count inline_query chosen_inline_result "
    "shipping_query pre_checkout_query purchased_paid_media poll poll_answer chat_member chat_join_request chat_boost "
    "removed_chat_boost managed_bot subscription stopped_message_generation kind_of_2030"
][0].split()


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_update_of_another_kind_is_ignored(bot, kind):
    assert bot({"update_id": 1, kind: {"id": "1", "anything": [1, None]}}) == []
    assert bot.outcome == "ignored"


def test_message_without_a_sender_or_from_a_bot_is_ignored(bot):
    nobody = updates.text("/start")
    del nobody["message"]["from"]
    robot = updates.text("/start")
    robot["message"]["from"]["is_bot"] = True

    assert (bot(nobody), bot(robot)) == ([], [])


def test_start_tells_what_the_bot_does_and_asks_for_consent(stranger):
    (call,) = stranger(updates.text("/start"))

    for fact in (
        "AI",
        "not a medical service",
        "18+",
        "deleted after its analysis",
        "before you agree",
        "112",
        "Once a week",
        "on the operator’s own machine, for 400 days",
        "/delete erases everything",
        "/privacy",
    ):
        assert fact in call.params["text"]
    lines, question = call.params["text"].strip().split("\n\n")
    assert (len(lines.splitlines()), question[-1]) == (6, "?")
    assert labels(call) == [["✅ I am 18+ and I agree"], ["No", "Русский"]]


def test_notice_can_be_read_in_the_other_language_before_anything_is_kept(stranger):
    spinner, call = stranger(updates.button("v1:start:ru"))

    assert spinner.method == "answerCallbackQuery"
    assert call.method == "editMessageText"
    assert "Пришлите селфи" in call.params["text"]
    assert data(call) == ["v1:agree:2:ru", "v1:decline:ru", "v1:start:en"]
    assert stranger.store(Begin(user_id=7, update_id=1)).language is None


def test_agreeing_keeps_version_and_language(stranger):
    _, call = stranger(updates.button("v1:agree:2:ru"))

    begun = stranger.store(Begin(user_id=7, update_id=1))
    assert (begun.consent_version, begun.language) == (2, "ru")
    assert "Спасибо" in call.params["text"]


def test_declining_keeps_nothing(stranger):
    _, call = stranger(updates.button("v1:decline:en"))

    assert "Nothing was fetched or kept" in call.params["text"]
    assert stranger.store(Begin(user_id=7, update_id=1)).consent_version is None


@pytest.mark.parametrize(("language", "kept"), [("en", "your entries stay"), ("ru", "ваши отметки остаются")])
def test_no_of_somebody_who_has_agreed_does_not_claim_that_nothing_is_kept(bot, language, kept):
    _, call = bot(updates.button(f"v1:decline:{language}"))

    assert kept in call.params["text"]
    assert bot.store(Begin(user_id=7, update_id=1)).consent_version == 2


def test_agreeing_to_a_notice_that_never_was_keeps_nothing(stranger):
    (call,) = stranger(updates.button("v1:agree:99:en"))

    assert call.params["text"] == "This button is too old. Send /help."
    assert stranger.store(Begin(user_id=7, update_id=1)).consent_version is None


def test_agreeing_to_an_older_notice_keeps_nothing_and_says_where_the_present_one_is(stranger):
    (call,) = stranger(updates.button("v1:agree:1:en"))

    assert call.params["text"] == "This notice is an older one. Send /start for the present one."
    assert stranger.store(Begin(user_id=7, update_id=1)).consent_version is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/help", "Send a selfie"),
        ("/help@our_bot", "Send a selfie"),
        ("/HELP please", "Send a selfie"),
        ("/language", "Which language"),
        ("/nonsense", "do not know this command"),
        ("/", "do not know this command"),
        ("hello", "cannot chat"),
        ("<b>&</b> \u202e \x00 '; DROP TABLE people; --", "cannot chat"),
        ("😀" * 4096, "cannot chat"),
    ],
)
def test_words_get_their_sentence(bot, words, sentence):
    assert sentence in bot.says(updates.text(words))


@pytest.mark.parametrize(("code", "word"), [("ru", "Пришлите"), ("ru-RU", "Пришлите"), ("de", "Send"), (None, "Send")])
def test_language_is_telegrams_until_the_person_chooses(bot, code, word):
    update = updates.text("/help", 99)
    update["message"]["from"]["language_code"] = code

    assert word in bot.says(update)


def test_chosen_language_wins_over_telegrams(bot):
    spinner, call = bot(updates.button("v1:lang:ru"))

    assert spinner.params["text"] == "Теперь по-русски."
    assert "Настройки" in call.params["text"]
    assert "Пришлите селфи" in bot.says(updates.text("/help", language="en"))


def test_stranger_reads_the_help_after_choosing_a_language(stranger):
    _, call = stranger(updates.button("v1:lang:ru"))

    assert "Пришлите селфи" in call.params["text"]


def test_group_is_told_once_and_left(bot):
    told, left = bot(updates.text("/start", chat_type="supergroup"))

    assert "private chats only" in told.params["text"]
    assert (left.method, left.params) == ("leaveChat", {"chat_id": -100500})


@pytest.mark.parametrize(
    ("status", "chat_type"),
    [("member", "group"), ("member", "supergroup"), ("administrator", "channel"), ("restricted", "supergroup")],
)
def test_being_added_to_a_group_or_channel_is_answered_by_leaving_it(bot, status, chat_type):
    update = updates.membership(status, chat_type=chat_type)

    told, left = bot(update)

    assert (told.method, told.params["chat_id"]) == ("sendMessage", -100500)
    assert (left.method, left.params) == ("leaveChat", {"chat_id": -100500})
    assert bot(update) == [told, left], "brought again it is told again, which Telegram refuses to who has left"
    assert bot(updates.membership("left", chat_type=chat_type)) == []


def test_group_is_left_whoever_writes_there_in_whatever_name(bot):
    in_its_own_name = updates.text("hello", chat_type="supergroup")
    in_its_own_name["message"]["from"] = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    nobody = updates.text("hello", chat_type="supergroup")
    del nobody["message"]["from"]

    for update in (in_its_own_name, nobody, updates.photo(chat_type="group")):
        assert [call.method for call in bot(update)] == ["sendMessage", "leaveChat"]
    assert bot.files.downloaded == []


def test_message_of_somebody_in_the_private_chat_of_another_is_not_answered(bot):
    update = updates.text("/history")
    update["message"]["chat"]["id"] = 8

    assert (bot(update), bot.outcome) == ([], "ignored")


def test_blocking_and_unblocking_say_nothing_and_are_kept(bot):
    assert bot(updates.membership("kicked")) == []
    assert bot.outcome == "blocked"
    assert bot(updates.membership("member")) == []
    assert bot.outcome == "unblocked"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_command_that_the_help_names_is_answered(bot, language):
    commands = set(re.findall(r"^/([a-z_]+)", text("help", language), re.MULTILINE))

    assert commands == {
        "delete", "developer_info", "export", "history", "language", "privacy", "report", "settings", "start", "stop",
        "timezone", "undo",
    }  # fmt: skip
    for command in commands:
        bot(updates.text(f"/{command}"))
        assert bot.outcome == command


@pytest.mark.parametrize("words", ["/history", "/report", "/settings", "/timezone Berlin"])
def test_command_about_own_data_asks_for_consent_first(stranger, words):
    assert "before you agree" in stranger.says(updates.text(words))
    assert (stranger.outcome, stranger.reports.requests) == ("no_consent", [])


def test_words_that_cannot_be_answered_are_given_up_without_speaking_of_a_photo(bot):
    bot.reports.failures.append(ValueError())
    update = updates.text("/report")
    with pytest.raises(TransientError):
        bot(update)
    bot.later(601)
    bot.reports.failures.append(ValueError())

    assert bot.says(update) == "Sorry, that did not work, and it is my fault, not yours. Please try again later."


def test_press_that_cannot_be_answered_is_given_up_with_its_spinner_ended(bot):
    update = updates.button("v1:report")
    bot.reports.failures.extend([ValueError(), ValueError()])
    with pytest.raises(TransientError):
        bot(update)
    bot.later(601)

    (call,) = bot(update)

    assert call.params["text"].startswith("Sorry, that did not work")
    assert (bot(update), bot.outcome) == ([call], "duplicate")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("place", ["self", "ap-southeast-7"])
def test_every_screen_fits_telegram_in_both_languages(stranger, language, place):
    stranger.data_place, stranger.operator_contact = place, "N" * 200  # the fixture checks every call
    commands = sorted(set(re.findall(r"^/([a-z_]+)", text("help", language), re.MULTILINE)) | {"help", ""})
    everywhere = [f"v1:open:{name}" for name in get_args(SettingName)]
    told = []
    for known in (False, True):
        if known:
            stranger(updates.button(f"v1:agree:2:{language}"))
            number = (update := photo())["message"]["message_id"]
            told += stranger(update)
            everywhere += [f"v1:bin:{number}:answer", f"v1:down:{number}", "v1:stay", "v1:erase"]
        for command in commands:
            told += stranger(updates.text(f"/{command}", language=language))
        for button in everywhere:
            told += stranger(updates.button(button, language=language))

    assert len(told) > 50
    assert max(len(call.params.get("text", "")) for call in told) > 1000
