"""Time zones by what people write: cities in two languages, IANA names, offsets."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.schedule import zone_names
from functions.webhook.time_zones import city, find_time_zones, more_cities, utc_offset

WINTER = datetime(2026, 11, 18, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Берлин", "Europe/Berlin"),
        ("ЕКАТЕРИНБУРГ", "Asia/Yekaterinburg"),
        ("new york", "America/New_York"),
        ("Нью-Йорк", "America/New_York"),
        ("york", "America/New_York"),
        ("America/New_York", "America/New_York"),
        ("us/eastern", "America/New_York"),
        ("Zürich", "Europe/Zurich"),
        ("zurich", "Europe/Zurich"),
        ("St. John's", "America/St_Johns"),
        ("Киев", "Europe/Kyiv"),
        ("kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Питер", "Europe/Moscow"),
        ("Кёльн", "Europe/Berlin"),
        ("кельн", "Europe/Berlin"),
        ("Tel Aviv", "Asia/Jerusalem"),
        ("петропавловск", "Asia/Kamchatka"),
        ("  utc ", "Etc/UTC"),
        ("Etc/GMT-3", "Etc/GMT-3"),
        ("Moscow, Russia", "Europe/Moscow"),
        ("Рязань", "Europe/Moscow"),
        ("МСК", "Europe/Moscow"),
        ("спб", "Europe/Moscow"),
        ("Екб", "Asia/Yekaterinburg"),
        ("Могилев", "Europe/Minsk"),
        ("LA", "America/Los_Angeles"),
    ],
)
def test_words_mean_one_zone(words, zone):
    assert find_time_zones(words, WINTER) == (zone,)


@pytest.mark.parametrize(
    ("words", "zone"),
    [("+3", "Etc/GMT-3"), ("+03:00", "Etc/GMT-3"), ("UTC+3", "Etc/GMT-3"), ("gmt -5", "Etc/GMT+5"), ("−3", "Etc/GMT+3"),
     ("+0", "Etc/UTC"), ("-00:00", "Etc/UTC"), ("0", "Etc/UTC"), ("+14", "Etc/GMT-14"), ("-12", "Etc/GMT+12"),
     ("+ 3", "Etc/GMT-3"), ("UTC - 5", "Etc/GMT+5"), ("UTC–5", "Etc/GMT+5"), ("МСК+2", "Etc/GMT-5"),
     ("msk -1", "Etc/GMT-2")],
)  # fmt: skip
def test_whole_hours_are_a_zone_without_clock_changes(words, zone):
    assert find_time_zones(words, WINTER) == (zone,)


@pytest.mark.parametrize(
    ("words", "moment", "zones"),
    [
        ("UTC-03:30", WINTER, ("America/St_Johns",)),
        ("-2:30", SUMMER, ("America/St_Johns",)),
        ("+0545", WINTER, ("Asia/Kathmandu",)),
        ("+5:30", WINTER, ("Asia/Colombo", "Asia/Kolkata")),
    ],
)
def test_other_offsets_mean_the_cities_that_have_them_now(words, moment, zones):
    assert find_time_zones(words, moment) == zones


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "a",
        "Atlantis",
        "+15",
        "-13",
        "+1:30",
        "+99",
        "3",
        "/",
        "+",
        "<b>",
        ",",
        "Atlantis, Russia",
        "мск+12",
        "😀" * 4000,
    ],
)
def test_other_words_mean_no_zone(words):
    assert find_time_zones(words, WINTER) == ()


def test_every_city_of_our_own_list_means_the_one_zone_that_it_stands_in():
    for zone, names in more_cities().items():
        for name in names:
            assert find_time_zones(name, WINTER) == (zone,), name


def test_words_that_begin_a_city_come_before_those_inside_one():
    found = find_time_zones("mar", WINTER)

    assert found.index("America/Martinique") < found.index("Europe/San_Marino")


@given(st.text(max_size=30))
def test_whatever_is_found_can_be_chosen(words):
    found = find_time_zones(words, WINTER)

    assert set(found) <= zone_names()
    assert len(set(found)) == len(found)


def test_every_zone_is_found_by_its_own_name_as_itself_or_as_the_zone_that_replaced_it():
    for name in sorted(zone_names()):
        (found,) = find_time_zones(name, WINTER)
        for moment in (WINTER, SUMMER):
            there, here = moment.astimezone(ZoneInfo(found)), moment.astimezone(ZoneInfo(name))
            assert there.utcoffset() == here.utcoffset(), name


@given(st.sampled_from(sorted(zone_names())), st.sampled_from(["en", "ru"]))
def test_a_city_that_is_shown_leads_back_to_its_zone(name, language):
    (zone,) = find_time_zones(name, WINTER)
    if not zone.startswith("Etc/"):
        assert zone in find_time_zones(city(zone, language), WINTER)


@pytest.mark.parametrize(
    ("zone", "english", "russian"),
    [
        ("Europe/Moscow", "Moscow", "Москва"),
        ("Asia/Calcutta", "Kolkata", "Калькутта"),
        ("America/St_Johns", "St. John’s", "Сент-Джонс"),
        ("Etc/GMT-3", "UTC+3", "UTC+3"),
        ("Etc/GMT+5", "UTC−5", "UTC−5"),
        ("Etc/UTC", "UTC", "UTC"),
    ],
)
def test_city_in_both_languages(zone, english, russian):
    assert (city(zone, "en"), city(zone, "ru")) == (english, russian)


@pytest.mark.parametrize(
    ("zone", "moment", "shown"),
    [("Europe/Berlin", WINTER, "UTC+1"), ("Europe/Berlin", SUMMER, "UTC+2"), ("America/St_Johns", WINTER, "UTC−3:30"),
     ("Africa/Abidjan", WINTER, "UTC"), ("Asia/Kathmandu", WINTER, "UTC+5:45")],
)  # fmt: skip
def test_offset_follows_the_clock_changes(zone, moment, shown):
    assert utc_offset(ZoneInfo(zone), moment) == shown
