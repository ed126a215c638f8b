"""People who listen are one tap away: /support, and one quiet line that never depends on what somebody wrote."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from burnout.errors import StoreUnavailableError
from burnout.helplines import country_of, entries, lines_for
from burnout.schedule import zone_names
from burnout.store.privacy import TABLES
from burnout.texts import LANGUAGES, text
from functions.webhook import budget
from functions.webhook.deps import RequestTrace
from functions.webhook.flows import support
from functions.webhook.flows.weekly import _HARD
from tests import updates
from tests.unit.webhook.conftest import data, lines, rows

ZONE_OF = {country_of(zone): zone for zone in sorted(zone_names())}
COUNTRIES = sorted({country for line in entries() for country in line.countries})
# Written as people write them; none is a command, a number or a city.
WORDS = ("I want to die", "хочу умереть", "hello", "привет")
UNREAD = [
    ("words_unknown", {"text": "how are you"}),
    ("command_unknown", {"text": "/nonsense"}),
    *(("voice_unheard", {kind: {"file_id": "v"}}) for kind in ("voice", "audio", "video_note")),
    ("content_unread", {"sticker": {"file_id": "s"}}),
    ("place_unread", {"location": {"latitude": 1, "longitude": 2}}),
    ("video", {"video": {"file_id": "v"}}),
    ("animation", {"animation": {"file_id": "a"}}),
    ("other_file", {"document": {"file_id": "d", "mime_type": "application/pdf"}}),
]
letters = st.text(st.characters(categories=("L", "P", "Zs", "So")), min_size=1, max_size=80)


def quiet(language):
    return "\n\n".join(text(key, language) for key in ("words_unknown", "quiet_line", "quiet_mood"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_words_get_the_one_quiet_line(bot, language):
    bot(updates.button(f"v1:lang:{language}"))

    for words in WORDS:
        assert bot.says(updates.text(words)) == quiet(language)
    assert bot.says(updates.message(rich_message={"blocks": []})) == quiet(language)
    assert bot.outcome == "words_unknown"


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(letters.filter(lambda words: sum(map(str.isalpha, words)) > 2 and not words.strip().startswith("/")))
def test_words_of_whatever_kind_are_answered_alike(bot, words):
    assert bot.says(updates.text(words)) == quiet("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "content"), UNREAD)
@pytest.mark.parametrize("who", ["stranger", "older", "bot"])
def test_support_is_one_tap_from_every_screen_that_answers_words(who, key, content, language, request):
    asking = request.getfixturevalue(who)
    if who != "stranger":
        asking(updates.button(f"v1:lang:{language}"))
    before = rows(asking)

    (call,) = asking(updates.message(language=language, **content))

    said = call.params["text"]
    can = ("quiet_mood",) if who == "bot" else ("quiet_start",)
    assert said.split("\n\n") == [text(each, language) for each in (key, "quiet_line", *can)]
    first = (
        ["v1:mood:1", "v1:mood:2", "v1:mood:3", "v1:mood:4", "v1:mood:5"] if who == "bot" else [f"v1:start:{language}"]
    )
    assert data(call) == [*first, "v1:support"]
    assert lines(said) <= 12
    assert (asking.outcome, rows(asking)) == (key, before)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("country", [*COUNTRIES, "KZ"])
def test_support_shows_the_lines_of_the_persons_country(bot, country, language):
    bot(updates.button(f"v1:lang:{language}"))
    bot(updates.button(f"v1:zone:{ZONE_OF[country]}"))

    said = bot.says(updates.text("/support"))

    assert lines_for(country, language) in said
    assert said.startswith(text("support_lead", language))
    assert text("support_now", language) in said
    assert lines(said) <= 12
    for key in _HARD.values():  # the same lines stand below a hard weekly answer
        week = f"{text('week_answer', language, answer=3)}\n{text(key, language)}\n\n{lines_for(country, language)}"
        assert lines(week) <= 12


@pytest.mark.parametrize(("language", "country"), [("en", None), ("ru", "RU")])
@pytest.mark.parametrize("who", ["stranger", "older", "bot"])
def test_without_a_zone_the_languages_usual_one_counts_and_nobody_is_refused(who, language, country, request):
    asking = request.getfixturevalue(who)
    if who != "stranger":
        asking(updates.button(f"v1:lang:{language}"))

    said = asking.says(updates.text("/support", language=language))

    assert lines_for(country, language) in said
    assert asking.outcome == "support"


@pytest.mark.parametrize("left_s", [budget.LIFETIME_S, budget.RESERVE_S])
@pytest.mark.parametrize("language", LANGUAGES)
def test_people_who_listen_are_named_also_while_the_store_is_out(bot, language, left_s):
    asks = [updates.text(" /Support", language=language)]
    asks += [updates.button(f"v1:{pressed}", language=language) for pressed in ("support", "lines")]
    bot.store.failures.extend(StoreUnavailableError("out") for _ in asks if left_s > budget.RESERVE_S)

    said, shown, everywhere = (bot(each, RequestTrace.ending_in(left_s))[-1].params["text"] for each in asks)

    assert said == shown == support.card(None, language).html
    assert everywhere.startswith(text("support_everywhere", language))
    assert bot.outcome == "support"


@pytest.mark.parametrize("update", [updates.text("hello"), updates.button("v1:home"), updates.button("v1:gone")])
def test_everything_else_waits_for_the_store(bot, update):
    bot.store.failures.append(StoreUnavailableError("out"))

    with pytest.raises(StoreUnavailableError):
        bot(update)


def test_nothing_of_it_is_kept_about_a_stranger(stranger):
    for update in (updates.text("/support"), updates.button("v1:support"), updates.button("v1:lines")):
        stranger(update)

    assert rows(stranger) == dict.fromkeys(TABLES, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_support_is_a_new_message_and_the_lines_of_all_countries_take_its_place(bot, language):
    bot(updates.button(f"v1:lang:{language}"))

    _, card = bot(updates.button("v1:support"))
    _, everywhere = bot(updates.button("v1:lines"))

    assert (card.method, everywhere.method) == ("sendMessage", "editMessageText")
    assert card.params["text"] == support.card(None, language).html
    assert data(card)[0] == "v1:lines"
    assert all(line.contact in everywhere.params["text"] for line in entries())
    assert lines(everywhere.params["text"]) <= 2 + len(entries())  # a list: a line for each
