"""Which updates are answered, and what happens when one fails: it comes back, or is given up with an apology."""

from collections import deque

import pytest

from burnout.errors import (
    FunctionBrokenError,
    FunctionCrashedError,
    FunctionUnavailableError,
    PhotoStorageError,
    StoreUnavailableError,
    TelegramRejectedError,
    TelegramUnavailableError,
    TransientError,
)
from burnout.store.check_ins import Begin
from burnout.store.privacy import TABLES
from burnout.texts import text
from functions.webhook.deps import RequestTrace
from tests import updates
from tests.unit.webhook.conftest import check_ins, data, photo, rows


@pytest.mark.parametrize("kind", ["poll", "kind_of_2030"])  # the integration test has them all
def test_update_of_another_kind_is_ignored(bot, kind):
    assert bot({"update_id": 1, kind: {"id": "1", "anything": [1, None]}}) == []
    assert bot.outcome == "ignored"


def test_message_of_nobody_of_a_bot_or_in_anothers_private_chat_is_ignored(bot):
    nobody, robot, stray = (updates.text("/history") for _ in range(3))
    del nobody["message"]["from"]
    robot["message"]["from"]["is_bot"] = True
    stray["message"]["chat"]["id"] = 8

    assert [(bot(update), bot.outcome) for update in (nobody, robot, stray)] == [([], "ignored")] * 3


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


def test_blocking_and_unblocking_say_nothing_and_are_kept(bot):
    assert bot(updates.membership("kicked")) == []
    assert bot.outcome == "blocked"
    assert bot(updates.membership("member")) == []
    assert bot.outcome == "unblocked"


@pytest.mark.parametrize(
    "failing",
    [
        lambda bot: bot.photos.failures.append(PhotoStorageError("put")),
        lambda bot: bot.files.failures.append(TelegramUnavailableError("getFile: 500")),
        lambda bot: bot.infer.failures.append(FunctionUnavailableError("infer: throttled")),
        lambda bot: bot.infer.failures.append(FunctionCrashedError("infer", "PhotoStorageError")),
    ],
)
def test_transient_failure_comes_back_and_is_answered_then(bot, failing):
    update = photo()
    failing(bot)

    with pytest.raises(TransientError) as raised:
        bot(update)

    assert raised.value.retry_after_s == 5
    assert "mostly negative" in bot.says(update)


def test_failing_update_comes_back_after_5_20_60_120_s_and_is_then_given_up_with_an_apology(bot):
    update = photo()
    bot.photos.failures.extend(PhotoStorageError("put") for _ in range(5))

    delays = []
    for _ in range(4):
        with pytest.raises(TransientError) as raised:
            bot(update)
        delays.append(raised.value.retry_after_s)
        bot.later(delays[-1])

    assert delays == [5, 20, 60, 120]
    assert "it is my fault" in bot.says(update)
    assert bot.outcome == "dead_letter"
    assert "it is my fault" in bot.says(update), "a dead letter keeps its answer"
    assert (bot.outcome, check_ins(bot)) == ("duplicate", 0)


def test_update_that_fails_for_ten_minutes_since_its_first_failure_is_given_up(bot):
    update = photo()
    bot.photos.failures.extend(PhotoStorageError("put") for _ in range(2))
    with pytest.raises(TransientError):
        bot(update)
    bot.later(601)

    assert "it is my fault" in bot.says(update)


def test_update_that_arrives_a_day_late_is_not_given_up_for_its_age(bot):
    bot.later(24 * 3600)
    bot.photos.failures.append(PhotoStorageError("put"))
    update = photo()

    with pytest.raises(TransientError):
        bot(update)
    assert "mostly negative" in bot.says(update)


@pytest.mark.parametrize(("asked_s", "told_s"), [(40, 40), (3600, 120), (1, 5)])
def test_telegrams_own_retry_after_is_honoured_up_to_two_minutes(bot, asked_s, told_s):
    bot.files.failures.append(TelegramUnavailableError("getFile: 429", retry_after_s=asked_s))

    with pytest.raises(TransientError) as raised:
        bot(photo())
    assert raised.value.retry_after_s == told_s


@pytest.mark.parametrize(
    ("where", "error", "pause_s"),
    [("store", StoreUnavailableError("busy"), 30), ("infer", FunctionBrokenError("x"), 60)],
)
def test_unreachable_store_or_broken_infer_is_never_counted_and_never_a_dead_letter(bot, where, error, pause_s):
    update = photo()
    for _ in range(20):
        getattr(bot, where).failures = deque([error])
        with pytest.raises(type(error)) as raised:
            bot(update)
        assert (raised.value.retry_after_s, bot.outcome) == (pause_s, "retry")
        bot.later(120)

    assert "mostly negative" in bot.says(update)


@pytest.mark.parametrize(
    "error", [FunctionCrashedError("infer", "ValueError"), TelegramRejectedError("getFile", 400, "wrong file_id")]
)
def test_permanent_failure_is_given_up_at_once(bot, error):
    (bot.infer if isinstance(error, FunctionCrashedError) else bot.files).failures.append(error)

    (call,) = bot(photo())
    assert "it is my fault" in call.params["text"]
    assert data(call) == [f"v1:mood:{rating}" for rating in range(1, 6)], "a number counts without the photo"
    assert bot.outcome == "dead_letter"


def test_bug_of_ours_is_counted_and_given_up_like_any_failure(bot):
    update = photo()
    bot.infer.failures.extend(ZeroDivisionError() for _ in range(5))
    for _ in range(4):
        with pytest.raises(TransientError):
            bot(update)
        bot.later(6)

    assert "it is my fault" in bot.says(update)
    assert bot.traces[-1].error_type == "ZeroDivisionError"


def test_words_that_cannot_be_answered_are_given_up_without_speaking_of_a_photo(bot):
    bot.reports.failures.append(ValueError())
    update = updates.text("/report")
    with pytest.raises(TransientError):
        bot(update)
    bot.later(601)
    bot.reports.failures.append(ValueError())

    assert bot.says(update) == "Sorry, that did not work, and it is my fault, not yours. Please try again later."


EDITED = [
    {"text": "I meant something else"},
    {"photo": [{"file_id": "p", "width": 800, "height": 800}], "caption": "new words"},
    {"poll": {"id": "1"}},
]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("content", EDITED, ids=lambda content: next(iter(content)))
def test_an_edited_message_gets_a_sentence_and_a_moving_location_none(bot, content, language):
    bot(updates.button(f"v1:lang:{language}"))
    edited = {"update_id": 5, "edited_message": updates.message(**content, edit_date=updates.DATE)["message"]}
    in_an_album = {"update_id": 7, "edited_message": edited["edited_message"] | {"media_group_id": "album"}}
    bot(photo(media_group_id="album"))
    bot.files.downloaded.clear()
    moving = {"update_id": 6, "edited_message": updates.message(location={"latitude": 1, "longitude": 2})["message"]}
    before = rows(bot)

    (call,), (again,) = bot(edited), bot(in_an_album)

    assert call == again
    assert call.params["text"].split("\n\n")[:2] == [text("edit_unseen", language), text("quiet_line", language)]
    assert (bot.files.downloaded, rows(bot)) == ([], before)
    assert bot(moving) == []


def test_edit_that_cannot_be_answered_is_given_up_with_an_apology(bot):
    edited = {"update_id": 5, "edited_message": updates.text("again")["message"]}
    bot.store.failures.append(ZeroDivisionError())
    with pytest.raises(TransientError):
        bot(edited)
    bot.later(601)
    bot.store.failures.append(ZeroDivisionError())

    assert bot.says(edited).startswith("Sorry, that did not work")
    assert (bot.says(edited).startswith("Sorry"), bot.outcome) == (True, "duplicate")


def test_third_failure_is_the_one_that_is_told_to_be_slow(bot):
    update = photo()
    bot.photos.failures.extend(PhotoStorageError("put") for _ in range(4))
    for _ in range(4):
        with pytest.raises(TransientError):
            bot(update)
        bot.later(30)

    assert [trace.slow for trace in bot.traces[-4:]] == [False, False, True, False]


def test_press_that_cannot_be_answered_is_given_up_with_its_spinner_ended(bot):
    update = updates.button("v1:report")
    bot.reports.failures.extend([ValueError(), ValueError()])
    with pytest.raises(TransientError):
        bot(update)
    bot.later(601)

    (call,) = bot(update)

    assert call.params["text"].startswith("Sorry, that did not work")
    assert (bot(update), bot.outcome) == ([call], "duplicate")


def test_press_whose_photo_fails_has_its_spinner_ended_and_gets_the_photos_own_sentence(bot):
    begun = bot.store(Begin(user_id=7, update_id=1))
    bot.reports.failures.append(TelegramRejectedError("getFile", 400, "wrong file_id"))

    ended, told = bot(updates.button("v1:report"), RequestTrace(photo_folder=begun.photo_folder))

    assert (ended.method, "text" in ended.params) == ("answerCallbackQuery", False)
    assert told.params["text"].startswith("Sorry, I could not finish this photo")


def test_failure_of_somebody_unknown_is_an_apology_at_once_and_nothing_is_kept(stranger):
    stranger.store.failures.append(ZeroDivisionError())
    update = updates.text("/start")

    assert stranger.says(update) == "Sorry, that did not work, and it is my fault, not yours. Please try again later."
    assert (stranger.outcome, rows(stranger)) == ("dead_letter", dict.fromkeys(TABLES, 0))
    assert "Nothing is kept before you agree" in stranger.says(update)
