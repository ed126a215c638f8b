"""Help lines are sourced, read again twice a year, and fit one message."""

from datetime import UTC, datetime

import pytest

from burnout.helplines import entries, first_contact, help_card
from burnout.texts import LANGUAGES
from burnout.values import Language
from local.telegram.limits import visible_text

MOST_DAYS = 180


def on_card(language: Language):
    return [line for line in entries() if line.words(language)]


def test_every_entry_was_read_again_within_half_a_year():
    today = datetime.now(UTC).date()  # noqa: TID251 - the one test whose subject is today

    old = [line.contact for line in entries() if (today - line.verified_on).days > MOST_DAYS]

    assert old == [], "read their sources again, correct them, and raise verified_on"


def test_every_entry_is_on_some_card():
    assert [line.contact for line in entries() if not any(map(line.words, LANGUAGES))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_an_emergency_number_three_lines_and_a_directory(language):
    kinds = [line.kind for line in on_card(language)]

    assert kinds[0] == "emergency"
    assert kinds.count("line") >= 3
    assert kinds[-1] == "directory"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_shows_every_line_of_its_language_and_fits(language):
    card = help_card(language)

    shown = visible_text({"text": card, "parse_mode": "HTML"}, "text")
    for line in on_card(language):
        words = line.words(language)
        assert f"{line.contact} – {words.place}: {words.name}" in shown
    assert len(card) <= 1500


def test_a_sentence_with_room_for_one_gets_the_european_number_and_the_directory():
    assert (first_contact("emergency"), first_contact("directory")) == ("112", "findahelpline.com")
