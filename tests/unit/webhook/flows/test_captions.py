"""Words under a photo: one digit is the person's rating, others are not kept."""

from dataclasses import replace

import pytest

from burnout.errors import FunctionCrashedError, StoreUnavailableError, TransientError
from burnout.store.check_ins import ReadHistory, Record
from burnout.store.days import KeepMood
from burnout.texts import text
from burnout.values import NOTICE_VERSION
from tests import updates
from tests.fakes import face, inference
from tests.unit.webhook.conftest import check_ins, checked_in, data, lines, photo, rows


@pytest.mark.parametrize(("caption", "rating"), [("2", 2), (" ٣ ", 3), ("3️⃣", 3)])
@pytest.mark.parametrize("asks_first", [True, False])
def test_a_digit_in_the_caption_is_the_rating_and_nothing_hides_or_asks_any_more(bot, caption, rating, asks_first):
    update = photo(asks_first=asks_first, caption=caption)
    (call,) = bot(update)

    assert call.params["text"].startswith(f"You said: <b>{rating} of 5")
    assert "The photo looked mostly negative to me (68%)." in call.params["text"]
    rerate = f"v1:rerate:{update['message']['message_id']}"
    assert data(call)[3:5] == [rerate, "v1:about:2026-11-18"]
    (day,) = bot.store(ReadHistory(user_id=7)).days
    assert (day.ratings, day.rating_sum) == (1, rating)
    _, again = bot(updates.button(rerate.replace("rerate", "show")))
    assert again.params["text"] == call.params["text"]


@pytest.mark.parametrize("rated", ["caption", "press"])
def test_the_day_behind_the_button_is_that_of_the_persons_own_calendar(bot, rated):
    bot(updates.button("v1:zone:Pacific/Kiritimati"))
    if rated == "caption":
        (call,) = bot(photo(caption="3"))
    else:
        _, call = bot(updates.button(f"v1:rate:{checked_in(bot)}:3"))

    assert data(call)[-1] == "v1:about:2026-11-19"


@pytest.mark.parametrize("caption", ["great", "3.5", "I want to die", "10"])
@pytest.mark.parametrize("found", [inference(face()), inference()])
def test_other_words_in_a_caption_are_not_kept_and_the_answer_says_so(bot, caption, found):
    bot.infer.answer = found

    said = bot.says(photo(caption=caption, media_group_id="album"))

    assert "I do not keep words, but a diary of yours can. People who listen: /support" in said
    assert said.count("\n\n") == 2
    assert all(day.ratings == 0 for day in bot.store(ReadHistory(user_id=7)).days)


@pytest.mark.parametrize(("found", "why"), [(inference(), "no face"), (None, "enough for now")])
def test_a_rating_under_a_photo_that_is_not_read_is_kept_without_it(bot, found, why):
    if found is None:
        bot.photos_per_hour = 1
        bot(photo())
    bot.infer.answer = found or inference(face())
    before = check_ins(bot)

    (call,) = bot(photo(caption="1"))

    assert why in call.params["text"]
    assert "you said <b>1 of 5</b>, very bad." in call.params["text"]
    assert lines(call.params["text"]) <= 12
    assert (check_ins(bot) - before, rows(bot)["moods"]) == (1, 1)


@pytest.mark.parametrize("sent", ["photo", "yes to a photo"])
@pytest.mark.parametrize("store_fails", [False, True])
def test_a_rating_under_a_photo_that_is_given_up_is_kept_unless_that_fails_too(bot, sent, store_fails):
    bot.infer.failures.append(FunctionCrashedError("infer", "ValueError"))
    update = photo(caption="1")
    if sent != "photo":
        update = updates.button(f"v1:agree:{NOTICE_VERSION}:en", reply_to_message=update["message"])

    def store(operation):
        if isinstance(operation, KeepMood) and store_fails:
            raise StoreUnavailableError("out")
        return bot.store(operation)

    bot.around = lambda deps: replace(deps, store=store)
    *_, call = bot(update)

    assert call.params["text"].startswith("Sorry, I could not finish this photo")
    assert ("you said <b>1 of 5</b>" in call.params["text"], rows(bot)["moods"]) == (
        not store_fails,
        int(not store_fails),
    )
    assert (lines(call.params["text"]) <= 12, bot.outcome) == (True, "dead_letter")


@pytest.mark.parametrize("refused", ["no face", "forwarded", "over the limit", "given up"])
def test_whoever_gets_no_answer_to_a_photo_can_tap_a_number(bot, refused):
    bot.infer.answer = inference()
    if refused == "over the limit":
        bot.photos_per_hour = 1
        bot(photo())
    if refused == "given up":
        bot.infer.failures.append(FunctionCrashedError("infer", "ValueError"))
    (call,) = bot(photo(**({"forward_origin": {"type": "hidden_user"}} if refused == "forwarded" else {})))

    assert data(call) == [f"v1:mood:{rating}" for rating in range(1, 6)]
    assert call.params["text"].endswith("\n\nOr a number: 1 is very bad, 5 is very good.")


@pytest.mark.parametrize("passed_over", ["album", "limit"])
def test_a_rating_under_a_photo_that_is_passed_over_is_kept_and_said(bot, passed_over):
    group = "album" if passed_over == "album" else None
    bot.photos_per_hour = 1 if passed_over == "limit" else 10
    for _ in range(2):
        bot(photo(media_group_id=group))
    update = photo(caption="1", media_group_id=group)

    (call,), (repeated,) = bot(update), bot(update)

    assert call.params["text"].startswith("Today, 11:06: you said <b>1 of 5</b>, very bad.")
    assert repeated.params["text"] == call.params["text"]
    assert rows(bot)["moods"] == 1
    assert bot(photo(caption="great", media_group_id=group)) == []


@pytest.mark.parametrize("kind", ["video", "animation", "voice", "document"])
@pytest.mark.parametrize("group", [None, "album"])
def test_words_under_what_is_no_photo_are_answered_like_those_under_a_photo(bot, kind, group):
    sent = {kind: {"file_id": "f", "mime_type": "application/pdf"}, "media_group_id": group}
    if group:
        bot(updates.message(**sent))

    said, unkept = (bot(updates.message(**sent, caption=caption)) for caption in ("1", "I want to die"))

    assert (rows(bot)["moods"], "you said <b>1 of 5</b>" in said[0].params["text"]) == (1, True)
    assert lines(said[0].params["text"]) <= 12
    assert group or text("caption_unkept", "en") in unkept[0].params["text"]
    assert group or data(unkept[0])[-1] == "v1:support"


@pytest.mark.parametrize("who", ["stranger", "older"])
@pytest.mark.parametrize("sent", ["video", "photo that is given up"])
def test_a_rating_under_what_is_not_read_is_not_kept_before_the_agreement(request, who, sent):
    bot = request.getfixturevalue(who)
    update = updates.message(video={"file_id": "v"}, caption="1") if sent == "video" else photo(caption="1")
    for _ in range(sent != "video" and who == "older"):  # it fails until it has failed for ten minutes
        bot.store.failures.append(ZeroDivisionError())
        with pytest.raises(TransientError):
            bot(update)
        bot.later(601)
    if sent != "video":
        bot.store.failures.append(ZeroDivisionError())

    assert "you said" not in bot.says(update)

    assert rows(bot)["moods"] == 0


def test_a_rating_under_a_video_is_said_also_where_another_of_the_album_was_faster(bot):
    album = {"video": {"file_id": "v"}, "media_group_id": "album"}

    def store(operation):
        if isinstance(operation, Record):
            bot.around = lambda deps: deps
            bot(updates.message(**album))
        return bot.store(operation)

    bot.around = lambda deps: replace(deps, store=store)

    assert bot.says(updates.message(**album, caption="1")).startswith("Today, 11:06: you said <b>1 of 5</b>")


def test_a_selfie_in_an_album_of_videos_is_read(bot):
    bot(updates.message(video={"file_id": "v"}, media_group_id="album"))

    assert "mostly negative" in bot.says(photo(media_group_id="album"))


def test_a_forwarded_photos_caption_is_somebody_elses(bot):
    forwarded = {"forward_origin": {"type": "hidden_user", "sender_user_name": "Ann", "date": updates.DATE}}
    said = bot.says(photo(caption="3", **forwarded))

    assert "forwarded" in said
    assert (rows(bot)["moods"], "you said" in said) == (0, False)
