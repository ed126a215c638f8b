"""The notice, a yes or a no to it, and what an older yes still gives."""

import pytest

from burnout.store.check_ins import Begin
from burnout.texts import LANGUAGE_NAMES, LANGUAGES
from burnout.values import NOTICE_VERSION
from tests import updates
from tests.unit.webhook.conftest import STALE, data, labels, photo, rows

OLDER = "That notice was an older one. Here is the present one."
YES, COMPARED = (f"v1:agree:{version}:en" for version in (NOTICE_VERSION, NOTICE_VERSION + 1))


def test_start_tells_in_short_what_the_bot_does_and_asks_for_consent(stranger):
    (call,) = stranger(updates.text("/start"))

    for fact in (
        "I am an AI: I read expressions", "Not a medical service", "18+", "deleted once read", "before you agree",
        "112", "once a week",
        "mood, energy, sleep, days, results", "400 days on the operator’s own machine", "Erase: /delete",
    ):  # fmt: skip
        assert fact in call.params["text"]
    others = [name for language, name in LANGUAGE_NAMES.items() if language != "en"]
    assert labels(call) == [["✅ I am 18+ and I agree"], ["Read all", *others], ["No"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["all", "short"])
def test_all_of_the_notice_is_one_tap_away_and_back_and_can_be_agreed_to(stranger, language, part):
    _, call = stranger(updates.button(f"v1:read:{part}:{language}"))

    other = {"all": "short", "short": "all"}[part]
    assert data(call)[:2] == [f"v1:agree:{NOTICE_VERSION}:{language}", f"v1:read:{other}:{language}"]
    said = {"en": "never keep:", "ru": "не хранится никогда:"}[language]
    assert (call.method, said in call.params["text"]) == ("editMessageText", part == "all")


def test_notice_can_be_read_in_the_other_language_before_anything_is_kept(stranger):
    _, call = stranger(updates.button("v1:start:ru"))

    assert call.method == "editMessageText"
    assert "пришлите селфи" in call.params["text"]
    others = [f"v1:start:{language}" for language in LANGUAGES if language != "ru"]
    assert data(call) == [f"v1:agree:{NOTICE_VERSION}:ru", "v1:read:all:ru", *others, "v1:decline:ru"]
    assert stranger.store(Begin(user_id=7, update_id=1)).language is None


def test_agreeing_keeps_version_and_language(stranger):
    _, call = stranger(updates.button(f"v1:agree:{NOTICE_VERSION}:ru"))

    begun = stranger.store(Begin(user_id=7, update_id=1))
    assert (begun.consent_version, begun.language) == (NOTICE_VERSION, "ru")
    assert "Спасибо" in call.params["text"]


def test_declining_keeps_nothing(stranger):
    _, call = stranger(updates.button("v1:decline:en"))

    assert ("Nothing was fetched or kept" in call.params["text"], data(call)) == (True, ["v1:start:en"])
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
        ("stranger", 1, OLDER),
        ("older", 1, OLDER),
        *((who, 99, STALE) for who in ("stranger", "older", "bot")),
        ("bot", 1, STALE),
    ],
)
def test_agreeing_to_another_notice_keeps_nothing_and_leads_to_the_present_one_or_home(who, version, said, request):
    bot = request.getfixturevalue(who)
    before = bot.store(Begin(user_id=7, update_id=1)).consent_version

    notice, call = bot(updates.button(f"v1:agree:{version}:en"))

    assert (notice.params["text"], data(call)[0]) == (said, "v1:mood:1" if who == "bot" else YES)
    assert bot.store(Begin(user_id=7, update_id=1)).consent_version == before


def test_older_agreement_is_asked_for_again_before_the_next_photo_and_says_why(older):
    (call,) = older(photo())

    assert call.params["text"].strip().startswith("The notice has changed. If you agree, I read your photo")
    assert data(call)[0] == YES
    assert (len(older.files.downloaded), older.outcome) == (1, "no_consent")
    older(updates.button(YES))
    assert "mostly negative" in older.says(photo())


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "one of two models"), ("ru", "Из двух моделей выбирает жребий")],
)
def test_comparison_is_in_the_notice_only_while_some_people_read_the_other_model(stranger, language, words):
    _, plain = stranger(updates.button(f"v1:start:{language}"))
    stranger.baseline_shown_percent = 10
    _, compared = stranger(updates.button(f"v1:start:{language}"))

    told = [call.params["text"] for call in (plain, compared)]
    assert ([words in text for text in told], [data(call)[0] for call in (plain, compared)]) == (
        [False, True],
        [f"v1:agree:{version}:{language}" for version in (NOTICE_VERSION, NOTICE_VERSION + 1)],
    )
    assert len(told[1].splitlines()) == len(told[0].splitlines()) + 1


def test_nobody_reads_the_weaker_model_who_has_not_agreed_to_that(bot):
    bot.baseline_shown_percent = 100

    (call,) = bot(photo())
    assert call.params["text"].strip().startswith("The notice has changed. If you agree, I read your photo")
    older, _ = bot(updates.button(YES))
    assert older.params["text"] == OLDER
    bot(photo())
    assert (bot.infer.asked, bot.outcome) == ([], "no_consent")

    bot(updates.button(COMPARED))
    assert "sad (91%)" in bot.says(photo())


def test_who_agreed_to_the_comparison_is_not_asked_again_when_it_ends_or_returns(bot):
    bot.baseline_shown_percent = 100
    bot(updates.button(COMPARED))

    said = []
    for percent in (0, 100):
        bot.baseline_shown_percent = percent
        said.append(bot.says(photo()))

    assert ["sad (68%)" in said[0], "sad (91%)" in said[1]] == [True, True]


def test_yes_to_the_comparison_that_comes_after_its_end_is_a_yes(stranger):
    stranger(updates.button(COMPARED))

    assert "sad (68%)" in stranger.says(photo())


def test_after_an_erasure_consent_is_asked_for_like_the_first_time(bot):
    bot(updates.button("v1:erase"))

    said = bot.says(photo())

    assert said.strip().startswith("Your photo was not opened. If you agree, I read it right away.")
    assert bot.files.downloaded == []


def test_photo_before_consent_is_neither_fetched_nor_kept(stranger):
    (call,) = stranger(photo())

    assert "Your photo was not opened" in call.params["text"]
    assert data(call)[0] == YES
    assert (stranger.files.downloaded, stranger.photos.kept, stranger.infer.asked) == ([], {}, [])
