"""The first minute: the photo that waited for the yes, three questions, and the home screen, to which all leads."""

from datetime import UTC, datetime

import pytest

from burnout.errors import TelegramUnavailableError, TransientError
from burnout.store.check_ins import Begin, LastCheckIn, ReadLast
from burnout.store.days import KeepMood
from burnout.store.people import ReadSettings
from burnout.telegram.buttons import GRAMMAR
from burnout.texts import LANGUAGES, text
from burnout.values import NOTICE_VERSION
from functions.webhook.flows import consent
from functions.webhook.flows.rights import _undo_question
from functions.webhook.person import Person
from tests import updates
from tests.unit.webhook.conftest import STALE, check_ins, data, labels, lines, photo, rows

YES = f"v1:agree:{NOTICE_VERSION}:en"
HOME = "v1:mood:1"  # the first button of the home screen


def agrees_under(sent, **changes):
    """The yes under the notice that replies to a photo."""
    return updates.button(YES, reply_to_message=sent["message"] | changes)


def settings(bot):
    return bot.store(ReadSettings(user_id=7))


# ---------------------------------------------------------------- the photo that waited


def test_agreeing_reads_the_very_photo_that_was_replied_to(stranger):
    sent = photo()
    (notice,) = stranger(sent)
    assert notice.params["reply_parameters"]["message_id"] == sent["message"]["message_id"]
    assert notice.params["text"].strip().startswith("Your photo was not opened.")
    other = photo()
    stranger(other)

    stranger.infer.before = lambda: sent_before.extend(stranger.sent)
    sent_before = []
    question, answer = stranger(agrees_under(sent))

    assert [call.method for call in sent_before] == ["answerCallbackQuery"], "nobody waits for the photo with a spinner"
    assert (question.method, answer.method) == ("editMessageText", "sendMessage")
    assert "1 of 3" in question.params["text"]
    assert "mostly negative" in answer.params["text"]
    assert (stranger.files.downloaded, stranger.outcome) == (["size800"], "answered")
    assert (stranger.store(ReadLast(user_id=7)).check_in.message_id, check_ins(stranger)) == (
        sent["message"]["message_id"],
        1,
    )


def test_nothing_of_a_photo_is_kept_before_the_yes_under_it(stranger):
    sent = photo()
    stranger(sent)
    stranger(updates.button("v1:read:all:en", reply_to_message=sent["message"]))
    (_, declined) = stranger(updates.button("v1:decline:en", reply_to_message=sent["message"]))

    assert "Nothing was fetched or kept" in declined.params["text"]
    assert (set(rows(stranger).values()), stranger.files.downloaded, stranger.photos.kept) == ({0}, [], {})


def test_a_photo_that_fails_then_is_retried_and_the_agreement_stands(stranger):
    sent = photo()
    update = agrees_under(sent)
    stranger.files.failures.append(TelegramUnavailableError("down"))

    with pytest.raises(TransientError):
        stranger(update)
    assert stranger.store(Begin(user_id=7, update_id=1)).consent_version == NOTICE_VERSION
    stranger.later(5)

    *_, question, answer = stranger(update)
    assert ("1 of 3" in question.params["text"], "mostly negative" in answer.params["text"]) == (True, True)


def test_a_photo_that_keeps_failing_is_given_up_before_telegram_forgets_the_press_and_can_be_agreed_to_again(stranger):
    sent = photo()
    update = agrees_under(sent)
    waited_s = 0
    stranger.files.failures.extend(TelegramUnavailableError("down") for _ in range(3))
    for _ in range(2):
        with pytest.raises(TransientError) as failed:
            stranger(update)
        waited_s += failed.value.retry_after_s
        stranger.later(failed.value.retry_after_s)

    stranger.sent.clear()
    spinner, apology = stranger(update)

    assert waited_s < 150 / 2
    assert (spinner.params.get("text"), apology.params["chat_id"]) == (None, 7)
    assert "I could not finish this photo" in apology.params["text"]
    assert "mostly negative" in stranger(agrees_under(sent))[-1].params["text"]


def test_many_presses_under_one_photo_read_it_once(stranger):
    sent = photo()

    first, second = stranger(agrees_under(sent)), stranger(agrees_under(sent))

    assert [call.method for call in second] == ["answerCallbackQuery", first[0].method]
    assert (check_ins(stranger), len(stranger.infer.asked)) == (1, 1)


def test_a_yes_that_telegram_brings_again_gets_the_same_answer_and_reads_nothing_more(stranger):
    update = agrees_under(photo())
    told = stranger(update)

    spinner, *again = stranger(update)

    assert (spinner.method, again, len(stranger.infer.asked)) == ("answerCallbackQuery", told, 1)
    assert stranger.outcome == "duplicate"


@pytest.mark.parametrize(
    "forged",
    [
        {"from": updates.user(8)},
        {"chat": {"id": -5, "type": "group"}},
        {"forward_origin": {"type": "user"}},
        {"photo": [], "text": "no photo"},
    ],
)
def test_a_forged_reply_of_somebody_else_is_not_read(stranger, forged):
    calls = stranger(agrees_under(photo(), **forged))

    assert ("1 of 3" in calls[1].params["text"], len(calls)) == (True, 2)
    assert (stranger.files.downloaded, stranger.outcome) == ([], "agreed")


def test_what_is_no_photo_of_the_sender_is_not_promised_to_be_read(stranger):
    (call,) = stranger(photo(forward_origin={"type": "user"}))

    assert "reply_parameters" not in call.params
    assert call.params["text"].strip().startswith("Tap a number or send a selfie")


def test_every_way_through_the_notice_keeps_the_promise_about_the_photo(stranger):
    for pressed in ("v1:start:en", "v1:read:short:en"):
        _, call = stranger(updates.button(pressed, reply_to_message=photo()["message"]))
        assert call.params["text"].strip().startswith("Your photo was not opened.")


# ---------------------------------------------------------------- three questions


def test_three_taps_set_the_clock_the_reminder_and_the_notices(bot):
    asked = []
    for pressed in ("v1:fzone:Europe/Berlin", "v1:fhour:19", "v1:falerts:on"):
        _, call = bot(updates.button(pressed))
        asked.append(call)

    assert ["2 of 3" in asked[0].params["text"], "3 of 3" in asked[1].params["text"]] == [True, True]
    assert (asked[2].params["text"].startswith("All set."), data(asked[2])[0]) == (True, HOME)
    stands = settings(bot)
    assert (stands.time_zone, stands.reminder_hour, stands.alerts) == ("Europe/Berlin", 19, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_of_the_three_questions_can_be_skipped(stranger, language):
    _, call = stranger(updates.button(f"v1:agree:{NOTICE_VERSION}:{language}", language=language))
    for skip in ("v1:first:reminder", "v1:first:alerts", "v1:first:done"):
        before = settings(stranger)
        assert skip in data(call)
        _, call = stranger(updates.button(skip, language=language))
        assert settings(stranger) == before

    assert data(call)[0] == HOME


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("words", "goes_on"), [("Madrid", "first:reminder"), ("Georgia", "fzone:Asia/Tbilisi")])
def test_a_city_that_is_written_leads_back_to_the_second_question(bot, words, goes_on, language):
    bot(updates.button(f"v1:lang:{language}"))
    _, question = bot(updates.button("v1:first:write"))
    for typed in ("Atlantis", words):
        (question,) = bot(updates.reply(typed, question.params["text"]))

    assert f"v1:{goes_on}" in data(question)
    _, call = bot(updates.button(f"v1:{goes_on}"))
    assert call.params["text"] == text("first_reminder", language).strip()


def test_no_reminder_is_set_by_utc_unasked(bot):
    _, asked = bot(updates.button("v1:fhour:19"))

    assert asked.params["text"].startswith("First your clock")
    assert settings(bot).reminder_hour is None
    assert labels(asked)[-2][1] == "Keep UTC, 11:06"
    bot(updates.button("v1:fzone:Etc/UTC"))
    bot(updates.button("v1:fhour:19"))
    assert settings(bot).reminder_hour == 19


@pytest.mark.parametrize("forged", ["v1:fhour:3", "v1:fzone:Mars/Olympus", "v1:fzone:UTC"])
def test_an_answer_that_was_never_offered_changes_nothing(bot, forged):
    before = settings(bot)

    notice, home = bot(updates.button(forged))

    assert (notice.params["text"], data(home)[0], settings(bot)) == (STALE, HOME, before)


def test_who_has_chosen_a_clock_is_not_asked_again_after_a_new_notice(older):
    older(updates.button(YES))
    older(updates.button("v1:fzone:Asia/Tbilisi"))

    _, call = older(updates.button(YES))

    assert (call.params["text"].startswith("All set."), data(call)[0]) == (True, HOME)


# ---------------------------------------------------------------- home


def test_start_after_agreement_is_home(bot):
    (call,) = bot(updates.text("/start"))

    assert labels(call) == [
        ["1", "2", "3", "4", "5"],
        ["📅 Another day", "📈 History"],
        ["📊 Report", "⚙️ Settings"],
        ["🤝 Support", "❔ Help"],
        ["Time zone"],
    ]
    assert "I go by UTC, 11:06 until you choose a city." in call.params["text"]
    bot(updates.button("v1:fzone:Europe/Berlin"))
    assert labels(bot(updates.text("/start"))[0])[-1] == ["🤝 Support", "❔ Help"]
    assert {data(bot(updates.button(pressed))[1])[0] for pressed in ("v1:home", "v1:start:ru", "v1:read:all:ru")} == {
        HOME
    }


def old_buttons():
    """Data that an older message may have: of an entry that is gone, a week long past, a grammar of before."""
    return ["v1:rate:9:3", "v1:up:9", "v1:show:9", "v1:ask:2020-W01", "v1:week:2020-W01:3", "v0:show:9", "v1:gone"]


@pytest.mark.parametrize("pressed", old_buttons())
@pytest.mark.parametrize(("who", "first"), [("bot", HOME), ("stranger", YES)])
def test_every_old_button_leads_somewhere(who, first, pressed, request):
    notice, way_on = request.getfixturevalue(who)(updates.button(pressed))

    assert (notice.params["text"], way_on.method, data(way_on)[0]) == (STALE, "sendMessage", first)


@pytest.mark.parametrize(
    ("pressed", "way"),
    [
        ("v1:erase", "v1:start:en"),
        ("v1:undo:{}", "v1:home"),
        ("v1:keep", "v1:home"),
        ("v1:stay", "v1:home"),
        ("v1:decline:en", "v1:home"),
    ],
)
def test_every_end_leads_on(bot, number, pressed, way):
    _, call = bot(updates.button(pressed.format(number)))

    assert way in data(call)


def test_the_last_entry_may_be_a_mood(bot):
    mood = bot.store(KeepMood(user_id=7, observed_at_utc=datetime(2026, 11, 18, 11, 6, tzinfo=UTC), rating=2))

    asked = _undo_question(LastCheckIn(check_in=None, at_local=mood.at_local, mood=mood), "en").sent_to(7)

    assert asked.params["text"] == "Delete your last entry, from 18 Nov, 11:06 (your rating 2)?"
    assert data(asked) == ["v1:unmood:1794999960", "v1:keep"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", ["self", "eu-central-1"])
@pytest.mark.parametrize("compared", [0, 50])
def test_every_screen_of_the_first_minute_fits_12_lines_of_38(stranger, language, place, compared):
    stranger.data_place, stranger.baseline_shown_percent = place, compared
    yes = f"v1:agree:{NOTICE_VERSION + 1}:{language}"
    calls = [*stranger(updates.text("/start", language=language)), *stranger(photo(language=language))]
    pressed = [yes, "v1:fzone:Etc/UTC", "v1:first:write", "v1:first:alerts", "v1:first:done", "v1:home", "v1:help"]
    for press in (f"v1:start:{language}", f"v1:decline:{language}", *pressed):
        calls += stranger(updates.button(press, language=language))[1:]

    stranger_7 = Person(7, language, consented=False, known=False, photo_folder=None, limit=None)
    leads = [f"terms_{lead}" for lead in ("lead", "for_photo", "for_mood", "late")]
    leads += [f"{lead}_anew" for lead in leads[:3]]
    calls += [consent.notice(stranger_7, stranger.deps, lead=lead).sent_to(7) for lead in leads]
    texts = [call.params["text"] for call in calls]
    assert {each[:40]: lines(each) for each in texts if lines(each) > 12} == {}
    assert {press.split(":")[1] for press in pressed} <= set(GRAMMAR)
