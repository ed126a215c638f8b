"""The notice, a yes or a no to it, and what an older yes still gives."""

import pytest

from burnout.store.check_ins import Begin
from burnout.texts import LANGUAGE_NAMES, LANGUAGES
from tests import updates
from tests.unit.webhook.conftest import STALE, data, labels, photo, rows


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
    others = [name for language, name in LANGUAGE_NAMES.items() if language != "en"]
    assert labels(call) == [["✅ I am 18+ and I agree"], ["No", *others]]


def test_notice_can_be_read_in_the_other_language_before_anything_is_kept(stranger):
    spinner, call = stranger(updates.button("v1:start:ru"))

    assert spinner.method == "answerCallbackQuery"
    assert call.method == "editMessageText"
    assert "Пришлите селфи" in call.params["text"]
    others = [f"v1:start:{language}" for language in LANGUAGES if language != "ru"]
    assert data(call) == ["v1:agree:2:ru", "v1:decline:ru", *others]
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


@pytest.mark.parametrize(
    ("who", "language", "kept"),
    [
        ("bot", "en", "your entries stay"),
        ("bot", "ru", "ваши отметки остаются"),
        ("older", "en", "What you agreed to keep earlier stays"),
    ],
)
def test_no_of_somebody_who_has_agreed_does_not_claim_that_nothing_is_kept(who, language, kept, request):
    bot = request.getfixturevalue(who)
    before = rows(bot)

    _, call = bot(updates.button(f"v1:decline:{language}"))

    assert kept in call.params["text"]
    assert rows(bot) == before


@pytest.mark.parametrize(
    ("who", "version", "said"),
    [
        ("stranger", 1, "This notice is an older one. Send /start for the present one."),
        ("older", 1, "This notice is an older one. Send /start for the present one."),
        ("bot", 1, STALE),
        ("stranger", 99, STALE),
        ("older", 99, STALE),
        ("bot", 99, STALE),
    ],
)
def test_agreeing_to_another_notice_than_the_present_one_keeps_nothing(who, version, said, request):
    bot = request.getfixturevalue(who)
    before = bot.store(Begin(user_id=7, update_id=1)).consent_version

    (call,) = bot(updates.button(f"v1:agree:{version}:en"))

    assert call.params["text"] == said
    assert bot.store(Begin(user_id=7, update_id=1)).consent_version == before


def test_older_agreement_is_asked_for_again_before_the_next_photo_and_says_why(older):
    (call,) = older(photo())

    assert call.params["text"].startswith("The notice has changed since you agreed. Please read it again")
    assert data(call)[0] == "v1:agree:2:en"
    assert (len(older.files.downloaded), older.outcome) == (1, "no_consent")
    older(updates.button("v1:agree:2:en"))
    assert "mostly negative" in older.says(photo())


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "some people read the answers of a simpler one"), ("ru", "часть людей читает ответы более простой")],
)
def test_comparison_is_in_the_notice_only_while_some_people_read_the_other_model(stranger, language, words):
    _, plain = stranger(updates.button(f"v1:start:{language}"))
    stranger.baseline_shown_percent = 10
    _, compared = stranger(updates.button(f"v1:start:{language}"))

    told = [call.params["text"] for call in (plain, compared)]
    assert ([words in text for text in told], [data(call)[0] for call in (plain, compared)]) == (
        [False, True],
        [f"v1:agree:2:{language}", f"v1:agree:3:{language}"],
    )
    assert len(told[1].splitlines()) == len(told[0].splitlines()) + 1


def test_nobody_reads_the_weaker_model_who_has_not_agreed_to_that(bot):
    bot.baseline_shown_percent = 100

    (call,) = bot(photo())
    assert call.params["text"].startswith("The notice has changed since you agreed.")
    (stale,) = bot(updates.button("v1:agree:2:en"))
    assert "an older one" in stale.params["text"]
    bot(photo())
    assert (bot.infer.asked, bot.outcome) == ([], "no_consent")

    bot(updates.button("v1:agree:3:en"))
    assert "sad (91%)" in bot.says(photo())


def test_who_agreed_to_the_comparison_is_not_asked_again_when_it_ends_or_returns(bot):
    bot.baseline_shown_percent = 100
    bot(updates.button("v1:agree:3:en"))

    said = []
    for percent in (0, 100):
        bot.baseline_shown_percent = percent
        said.append(bot.says(photo()))

    assert ["sad (68%)" in said[0], "sad (91%)" in said[1]] == [True, True]


def test_yes_to_the_comparison_that_comes_after_its_end_is_a_yes(stranger):
    stranger(updates.button("v1:agree:3:en"))

    assert "sad (68%)" in stranger.says(photo())


def test_after_an_erasure_consent_is_asked_for_like_the_first_time(bot):
    bot(updates.button("v1:erase"))

    said = bot.says(photo())

    assert said.startswith("Before I look at photos I need your agreement.")
    assert bot.files.downloaded == []


def test_photo_before_consent_is_neither_fetched_nor_kept(stranger):
    (call,) = stranger(photo())

    assert "Your photo was not fetched" in call.params["text"]
    assert data(call)[:2] == ["v1:agree:2:en", "v1:decline:en"]
    assert (stranger.files.downloaded, stranger.photos.kept, stranger.infer.asked) == ([], {}, [])
