"""Time zones by what people write: what is exactly a place, what is worth a question, and what means nothing."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.schedule import zone_names
from functions.webhook.time_zones import Found, city, places, utc_offset, written
from local.endonyms import FILE, endonyms

WINTER = datetime(2026, 11, 18, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)
UTC_3 = ("Europe/Istanbul", "Europe/Minsk", "Europe/Moscow", "Etc/GMT-3")


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Берлин", "Europe/Berlin"),
        ("ЕКАТЕРИНБУРГ", "Asia/Yekaterinburg"),
        ("new york", "America/New_York"),
        ("Нью-Йорк", "America/New_York"),
        ("America/New_York", "America/New_York"),
        ("us/eastern", "America/New_York"),
        ("Zürich", "Europe/Zurich"),
        ("St. John's", "America/St_Johns"),
        ("Киев", "Europe/Kyiv"),
        ("kiev", "Europe/Kyiv"),
        ("Київ", "Europe/Kyiv"),
        ("Львів", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Питер", "Europe/Moscow"),
        ("Кёльн", "Europe/Berlin"),
        ("кельн", "Europe/Berlin"),
        ("München", "Europe/Berlin"),
        ("munchen", "Europe/Berlin"),
        ("Wien", "Europe/Vienna"),
        ("東京", "Asia/Tokyo"),
        ("Tel Aviv", "Asia/Jerusalem"),
        ("Singapore", "Asia/Singapore"),  # a country too, but with this one clock
        ("Port of Spain", "America/Port_of_Spain"),
        ("  utc ", "Etc/UTC"),
        ("Etc/GMT-3", "Etc/GMT-3"),
        ("LA", "America/Los_Angeles"),
    ],
)
def test_a_place_that_is_written_out_is_exactly_that(words, zone):
    assert places(words, WINTER) == Found("exact", (zone,))


@pytest.mark.parametrize(
    ("words", "zones"),
    [
        ("Spain", ("Europe/Madrid", "Atlantic/Canary")),
        ("Испания", ("Europe/Madrid", "Atlantic/Canary")),
        ("España", ("Europe/Madrid", "Atlantic/Canary")),
        ("Грузия", ("Asia/Tbilisi",)),
        ("Deutschland", ("Europe/Berlin",)),
        ("Україна", ("Europe/Kyiv", "Europe/Simferopol")),
        ("Казахстан", ("Asia/Almaty",)),
        ("england", ("Europe/London",)),
        ("USA", (
            "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Denver", "America/Phoenix",
            "America/Anchorage", "America/Adak", "Pacific/Honolulu",
        )),
        ("Россия", (
            "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
            "Asia/Novosibirsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
        )),
        ("Brazil", ("America/Manaus", "America/Rio_Branco", "America/Sao_Paulo", "America/Noronha")),
    ],
)  # fmt: skip
def test_a_country_means_each_of_its_clocks_once_by_a_city_that_people_know(words, zones):
    found = places(words, WINTER)

    assert (found.kind, set(found.zones), len(found.zones)) == ("country", set(zones), len(zones))
    assert found.zones[0] in zones[:3]


@pytest.mark.parametrize(
    ("words", "zones"),
    [
        ("Georgia", ("Asia/Tbilisi", "America/New_York")),  # never South Georgia
        ("Washington", ("America/Los_Angeles", "America/New_York")),
        ("Birmingham", ("America/Chicago", "Europe/London")),
        ("IST", ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin")),  # never Istanbul
        ("CST", ("America/Chicago", "Asia/Shanghai")),
        ("EST", ("America/New_York",)),
        ("pst", ("America/Los_Angeles",)),
        ("CET", ("Europe/Berlin",)),
        ("BST", ("Europe/London", "Asia/Dhaka")),
        ("GMT", ("Europe/London", "Etc/UTC")),
        ("МСК", ("Europe/Moscow",)),
    ],
)
def test_a_name_or_an_abbreviation_of_several_places_means_all_of_them(words, zones):
    assert places(words, WINTER) == Found("short", zones)


@pytest.mark.parametrize(
    ("words", "zones"),
    [
        ("3", UTC_3),
        ("+3", UTC_3),
        ("+03:00", UTC_3),
        ("(UTC + 3)", UTC_3),
        ("МСК+0", UTC_3),
        ("gmt -5", ("America/New_York", "Etc/GMT+5")),
        ("−3", ("Etc/GMT+3",)),
        ("UTC–5", ("America/New_York", "Etc/GMT+5")),
        ("0", ("Europe/London", "Etc/UTC")),
        ("+14", ("Etc/GMT-14",)),
        ("-12", ("Etc/GMT+12",)),
        ("msk -1", ("Europe/Kaliningrad", "Europe/Kyiv", "Etc/GMT-2")),
        ("+0545", ("Asia/Kathmandu",)),
        ("+5:30", ("Asia/Kolkata", "Asia/Colombo")),
        ("UTC+3 Moscow", ("Europe/Moscow",)),
        ("Москва, GMT+3", ("Europe/Moscow",)),
        ("India +5:30", ("Asia/Kolkata",)),
        ("UTC+2 Moscow", ("Europe/Moscow", "Etc/GMT-2")),
        ("МСК+2 Екатеринбург", ("Asia/Yekaterinburg",)),
        ("Atlantis +3", UTC_3[-1:]),
        ("york", ("America/New_York",)),
        ("петропавловск", ("Asia/Kamchatka",)),
        ("Moscow, Russia", ("Europe/Moscow",)),
    ],
)
def test_less_or_more_than_a_name_is_a_guess(words, zones):
    assert places(words, WINTER) == Found("guess", zones)


@pytest.mark.parametrize(
    "words",
    ["", " ", "a", "Atlantis", "+15", "-13", "+1:30", "+99", "15", "٣", "/", "+", "<b>", ",", "Atlantis, Russia",
     "мск+12", "😀" * 4000, "19:30", "3 ok", "hello", "I want to die", "west"],
)  # fmt: skip
def test_other_words_mean_no_place(words):
    assert places(words, WINTER) == Found("none", ())


def test_an_offset_means_the_places_that_have_it_now():
    assert places("-2:30", SUMMER).zones == ("America/St_Johns",)
    assert "America/New_York" in places("-4", SUMMER).zones
    assert "America/New_York" not in places("-4", WINTER).zones


def test_every_name_of_our_own_lists_means_the_places_that_it_stands_at():
    for file in ("cities.toml", "endonyms.toml"):
        for zone, names in written(file)["cities"].items():
            for name in names:
                found = places(name, WINTER)
                assert found.kind in ("exact", "short"), name
                assert zone in found.zones, name
        for code, names in written(file)["countries"].items():
            assert [name for name in names if not places(name, WINTER).zones] == [], code


def test_the_endonyms_are_what_their_command_writes():
    assert FILE.read_text(encoding="utf-8") == endonyms(), "run: python -m local.endonyms"


def test_words_that_begin_a_city_come_before_those_inside_one():
    found = places("mar", WINTER).zones

    assert found.index("America/Martinique") < found.index("Europe/San_Marino")


@given(st.text(max_size=30))
def test_whatever_is_found_can_be_chosen(words):
    kind, zones = places(words, WINTER)

    assert set(zones) <= zone_names()
    assert len(set(zones)) == len(zones)
    assert (kind == "none") == (zones == ())
    assert kind != "exact" or len(zones) == 1


def test_every_zone_is_found_by_its_own_name_as_itself_or_as_the_zone_that_replaced_it():
    for name in sorted(zone_names()):
        kind, (found,) = places(name, WINTER)
        assert kind == "exact", name
        for moment in (WINTER, SUMMER):
            there, here = moment.astimezone(ZoneInfo(found)), moment.astimezone(ZoneInfo(name))
            assert there.utcoffset() == here.utcoffset(), name


@given(st.sampled_from(sorted(zone_names())), st.sampled_from(["en", "ru"]))
def test_a_city_that_is_shown_leads_back_to_its_zone(name, language):
    (zone,) = places(name, WINTER).zones
    if not zone.startswith("Etc/"):
        assert zone in places(city(zone, language), WINTER).zones


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
