"""A mood without a photo: one tap or one typed digit keeps it, and shows what stands."""

import pytest

from burnout.store.days import ReadDay
from burnout.store.privacy import ReadRows
from burnout.telegram.buttons import mood_row
from burnout.values import NOTICE_VERSION, Rating
from functions.webhook.words import rating_in
from tests import updates
from tests.unit.webhook.conftest import data

DIGITS = ["v1:mood:1", "v1:mood:2", "v1:mood:3", "v1:mood:4", "v1:mood:5"]
HOME = "v1:home"
ASKED = "<b>How are you right now?</b>\n1 is very bad, 5 is very good."


def ratings(bot, user_id=7) -> tuple[Rating, ...]:
    return bot.store(ReadDay(user_id=user_id)).ratings


def test_a_mood_is_asked_for_by_a_command_and_by_a_button(bot):
    (written,) = bot(updates.text("/mood"))
    _, pressed = bot(updates.button("v1:feel"))

    assert [(call.params["text"], data(call)) for call in (written, pressed)] == [(ASKED, [*DIGITS, HOME])] * 2


@pytest.mark.parametrize("pressed", ["v1:asks:2026-11-18:rating", "v1:rated:2026-11-18:2"])
def test_a_rating_of_today_is_a_mood_and_no_word_said_later(bot, pressed):
    """The question was for yesterday, until the person moved their clock to the west."""
    _, asked = bot(updates.button(pressed))

    assert (data(asked)[:5], asked.params["text"]) == (DIGITS, ASKED)
    assert bot.store(ReadRows(user_id=7, table="days")).rows == ()


@pytest.mark.parametrize("words", ["1", "London"])
@pytest.mark.parametrize("of_others", [{"forward_origin": {"type": "hidden_user"}}, {"via_bot": {"id": 5}}])
def test_forwarded_words_are_somebody_elses(bot, words, of_others):
    bot(updates.text(words, **of_others))

    assert (bot.outcome, ratings(bot)) == ("words_unknown", ())


def test_one_tap_keeps_a_mood_and_another_soon_after_corrects_it(bot):
    notice, call = bot(updates.button("v1:mood:3"))
    bot.later(60)
    bot(updates.button("v1:mood:2"))

    assert (notice.params["text"], bot.outcome) == ("Noted: 3 of 5.", "mood")
    assert call.params["text"].startswith("Today, 11:06: you said <b>3 of 5</b>, so-so.")
    assert ratings(bot) == (2,)


@pytest.mark.parametrize(
    ("words", "rating"),
    [("3", 3), (" 5\n", 5), ("٣", 3), ("\u200f٣", 3), ("３", 3), ("3️⃣", 3), ("3⃣", 3), ("①", 1)]
    + [(words, "unclear") for words in ("10", "3.5", "3,5", "3!", "0", "6", "-1", "−1", "+3", "½", "Ⅲ", "3 4", "3/5")]
    + [(words, None) for words in ("3 ok", "three", "", " ", "...", "🔟", "2nd", "3 👍", "👍")],
)
@pytest.mark.parametrize("command", ["", "/mood "])
def test_a_typed_digit_is_a_mood_and_another_number_is_asked_about(bot, command, words, rating):
    assert rating_in(words) == rating
    if not words.strip():
        return

    (call,) = bot(updates.text(command + words))

    assert ratings(bot) == ((rating,) if isinstance(rating, int) else ())
    if rating == "unclear":
        assert call.params["text"].startswith("I take one whole number, from 1 to 5.")
        assert data(call) == [*DIGITS, "v1:support"]
    if rating is not None or not command:
        assert (bot.outcome == "mood") == isinstance(rating, int)


def test_a_typed_digit_counts_when_it_was_sent_and_an_hour_later_is_another(bot):
    late, again = updates.text("3"), updates.text("4")
    bot.later(7200)
    again["message"]["date"] += 3600

    (told,) = bot(late)
    bot(again)

    assert told.params["text"].startswith("Today, 11:06: you said <b>3 of 5</b>")
    assert ratings(bot) == (3, 4)


@pytest.mark.parametrize("digit", ["3", "/mood 3"])
def test_a_digit_typed_before_the_agreement_and_delivered_after_it_is_not_dropped_in_silence(bot, digit):
    (call,) = bot(updates.text(digit) | {"update_id": 0})

    assert call.params["text"].startswith("That number was not kept")
    assert (data(call)[:5], ratings(bot)) == ([*DIGITS], ())


@pytest.mark.parametrize("who", ["stranger", "older"])
@pytest.mark.parametrize("words", ["3", "10"])
def test_a_digit_before_the_agreement_is_not_kept_and_the_notice_says_so(request, who, words):
    bot = request.getfixturevalue(who)

    assert "before you agree" in bot.says(updates.text(words))

    assert bot.outcome == "no_consent"
    assert bot.store(ReadRows(user_id=7, table="moods")).rows == ()


def test_a_stranger_reads_why_the_number_was_not_kept(stranger):
    assert stranger.says(updates.text("3")).startswith("Your number was not kept: first I need your agreement.")


def test_a_low_mood_gets_a_warm_sentence_and_another_the_next_time(bot):
    said = []
    for _ in range(4):
        bot.later(3600)
        said.append(bot(updates.button("v1:mood:1"))[1].params["text"].split("\n\n")[1])

    assert len(set(said)) == 4
    assert said[0].startswith("That is a hard place to be.")


def test_a_mood_is_deleted_after_one_question_and_its_update_does_not_bring_it_back(bot):
    typed = updates.text("2")
    (told,) = bot(typed)
    remove = next(each for each in data(told) if "binmood" in each)

    bot(updates.button("v1:mood:4"))  # under another message, so the number under this one is old
    _, asked = bot(updates.button(remove))
    kept = ratings(bot)
    _, deleted = bot(updates.button(data(asked)[0]))
    again = bot(typed)

    assert asked.params["text"] == "Delete your entry from 18 Nov, 11:06?"
    assert data(asked)[1] == "v1:keep"
    assert deleted.params["text"].startswith("The entry is deleted.")
    assert "v1:hist:7" in data(deleted)
    assert again[0].params["text"].startswith("That number was not kept")
    assert (kept, ratings(bot)) == ((4,), ())


def test_nobody_deletes_a_mood_of_somebody_else(bot):
    bot(updates.button("v1:mood:2"))
    bot(updates.button(f"v1:agree:{NOTICE_VERSION}:en", 8))

    bot(updates.button(f"v1:unmood:{updates.DATE}", 8))

    assert ratings(bot) == (2,)


def test_the_row_of_five_ticks_what_stands():
    assert [label for label, _ in mood_row(4)] == ["1", "2", "3", "✓ 4", "5"]
