"""Help lines are sourced, read again twice a year, and found by the country of a time zone."""

from datetime import UTC, datetime

import pytest

from burnout.helplines import country_of, entries, first_contact, lines_everywhere, lines_for
from burnout.schedule import zone_names
from burnout.texts import LANGUAGES
from local.telegram.limits import visible_text

MOST_DAYS = 180
COUNTRIES = sorted({country for line in entries() for country in line.countries})
LISTENED_TO = sorted({country for line in entries() if line.kind == "line" for country in line.countries})


def shown(html):
    return visible_text({"text": html, "parse_mode": "HTML"}, "text").split("\n")


def test_every_entry_was_read_again_within_half_a_year():
    today = datetime.now(UTC).date()  # noqa: TID251 - the one test whose subject is today

    old = [line.contact for line in entries() if (today - line.verified_on).days > MOST_DAYS]

    assert old == [], "read their sources again, correct them, and raise verified_on"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("country", LISTENED_TO)
def test_a_country_gets_its_own_lines_one_emergency_number_and_the_directory(country, language):
    own = [line for line in entries() if country in line.countries]

    *listening, emergency, directory = shown(lines_for(country, language))

    assert [row.split(" – ")[0] for row in listening] == [line.contact for line in own if line.kind == "line"]
    expected = [line.contact for line in own if line.kind == "emergency"] or [first_contact("emergency")]
    assert emergency.startswith(expected[0])
    assert first_contact("directory") in directory


@pytest.mark.parametrize(
    ("language", "hint"),
    [("en", "112 or your local number – emergency"), ("ru", "112 или местный номер – экстренная помощь")],
)
@pytest.mark.parametrize("country", ["KZ", None])
def test_where_no_line_is_known_the_directory_leads_and_emergency_follows(country, language, hint):
    directory, emergency = shown(lines_for(country, language))

    assert emergency == hint
    assert directory.endswith("findahelpline.com")


def test_spain_has_its_own_line_and_no_number_that_the_eu_only_reserves():
    assert shown(lines_for("ES", "en"))[0] == "024 – Ministry of Health, free, day and night"
    assert shown(lines_for("IT", "en")) == ["Help by country: findahelpline.com", "112 – emergency"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_all_countries_has_every_entry_and_where_it_answers(language):
    rows = shown(lines_everywhere(language))

    assert [row.split(" – ")[0] for row in rows] == [line.contact for line in entries()]
    for row, line in zip(rows, entries(), strict=True):
        assert f" – {line.words(language).place}" in row


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Moscow", "RU"), ("America/New_York", "US"), ("US/Eastern", "US"), ("Europe/Kiev", "UA"),
        ("Europe/Kyiv", "UA"), ("Europe/Belfast", "GB"), ("Asia/Calcutta", "IN"), ("Etc/UTC", None),
        ("Etc/GMT-3", None), ("America/Coyhaique", None),
    ],
)  # fmt: skip
def test_country_of_a_zone_also_by_its_old_name(zone, country):
    assert country_of(zone) == country


def test_every_zone_has_a_country_or_none_and_every_country_of_the_file_has_a_zone():
    countries = {country_of(zone) for zone in zone_names()}

    assert countries >= set(COUNTRIES)


def test_a_sentence_with_room_for_one_gets_the_european_number_and_the_directory():
    assert (first_contact("emergency"), first_contact("directory")) == ("112", "findahelpline.com")
