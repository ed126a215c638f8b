"""A person's own weekday, hour and zone as moments in UTC, where clocks change and years have 53 weeks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from burnout.schedule import (
    DEFAULT_ZONES,
    at_hour,
    is_quiet,
    iso_week,
    local_day,
    next_reminder,
    next_report,
    zone_names,
    zone_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY, SATURDAY, SUNDAY = 0, 5, 6


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ---------------------------------------------------------------- zones


@pytest.mark.parametrize("name", sorted(available_timezones()))
def test_every_zone_there_is_gives_a_zone_and_a_report(name):
    after = utc("2026-03-28T12:34")

    zone = zone_of(name, "en")

    assert zone.key == (name if "/" in name else "Etc/UTC")
    assert after < next_report(SUNDAY, 18, zone, after) <= after + timedelta(days=7, hours=1)


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "europe/berlin", "../../etc/passwd", "EST5EDT"])
@pytest.mark.parametrize(("language", "default"), [("en", "Etc/UTC"), ("ru", "Europe/Moscow")])
def test_unknown_or_vanished_zone_is_the_languages_default(name, language, default):
    assert zone_of(name, language).key == default


def test_choices_are_places_and_offsets_with_both_defaults_among_them():
    assert {"Europe/Berlin", "Asia/Kathmandu", "Etc/GMT+5", *DEFAULT_ZONES.values()} <= zone_names()
    assert not {"UTC", "Zulu", "localtime"} & zone_names()
    assert not any(name.startswith(("posix/", "right/")) for name in zone_names())


# ---------------------------------------------------------------- days and weeks


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Kiritimati", 29), ("Etc/UTC", 28), ("Europe/Berlin", 29), ("Pacific/Pago_Pago", 28)]
)
def test_same_moment_is_another_day_elsewhere(zone, day):
    assert local_day(utc("2026-11-28T23:30"), ZoneInfo(zone)) == date(2026, 11, day)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-11-29", "2026-W48"),
        ("2026-01-04", "2026-W01"),
        ("2026-12-31", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2024-12-30", "2025-W01"),
        ("2023-01-01", "2022-W52"),
    ],
)
def test_week_is_the_iso_week_with_its_own_year(day, week):
    assert iso_week(date.fromisoformat(day)) == week


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_weeks_sort_as_text_and_change_on_mondays(day):
    later = day + timedelta(days=1)

    assert (iso_week(later) > iso_week(day)) == (later.weekday() == MONDAY)
    assert iso_week(later) >= iso_week(day)


# ---------------------------------------------------------------- reports


@pytest.mark.parametrize(
    ("after", "report"),
    [
        ("2026-11-24T12:00", "2026-11-29T17:00"),  # on a Tuesday
        ("2026-11-29T16:59:59", "2026-11-29T17:00"),  # on the day itself, before
        ("2026-11-29T17:00", "2026-12-06T17:00"),  # at the moment itself: the next one
        ("2026-11-29T22:59", "2026-12-06T17:00"),
        ("2026-11-29T23:00", "2026-12-06T17:00"),  # Monday in Berlin
        ("2026-12-28T00:00", "2027-01-03T17:00"),  # over New Year
    ],
)
def test_report_is_due_at_the_next_sunday_18_oclock_in_berlin(after, report):
    assert next_report(SUNDAY, 18, BERLIN, utc(after)) == utc(report)


@pytest.mark.parametrize(
    ("zone", "weekday", "hour", "after", "report"),
    [
        # Berlin skips 2:00 to 3:00 on 2026-03-29
        ("Europe/Berlin", SUNDAY, 1, "2026-03-28T12:00", "2026-03-29T00:00"),
        ("Europe/Berlin", SUNDAY, 2, "2026-03-28T12:00", "2026-03-29T01:00"),
        ("Europe/Berlin", SUNDAY, 3, "2026-03-28T12:00", "2026-03-29T01:00"),
        ("Europe/Berlin", SUNDAY, 18, "2026-03-28T12:00", "2026-03-29T16:00"),
        ("Europe/Berlin", SUNDAY, 2, "2026-03-29T01:00", "2026-04-05T00:00"),  # sent in the gap: a week later
        # and has 2:00 to 3:00 twice on 2026-10-25
        ("Europe/Berlin", SUNDAY, 2, "2026-10-24T12:00", "2026-10-25T00:00"),
        ("Europe/Berlin", SUNDAY, 2, "2026-10-25T00:00", "2026-11-01T01:00"),
        ("Europe/Berlin", SUNDAY, 2, "2026-10-25T00:30", "2026-11-01T01:00"),  # not the second one of the same day
        ("Europe/Berlin", SUNDAY, 3, "2026-10-25T00:30", "2026-10-25T02:00"),
        # Lord Howe goes forward by half an hour at 2:00: 2 o'clock is 2:30
        ("Australia/Lord_Howe", SUNDAY, 2, "2026-10-03T00:00", "2026-10-03T15:30"),
        # Santiago skips midnight of 2026-09-06
        ("America/Santiago", SUNDAY, 0, "2026-09-05T12:00", "2026-09-06T04:00"),
        ("America/Santiago", SUNDAY, 0, "2026-09-06T04:00", "2026-09-13T03:00"),
        # Apia had no 2011-12-30, a Friday
        ("Pacific/Apia", SATURDAY, 9, "2011-12-29T00:00", "2011-12-30T19:00"),
        # half and quarter hours
        ("Asia/Kathmandu", MONDAY, 9, "2026-11-28T00:00", "2026-11-30T03:15"),
        ("America/St_Johns", MONDAY, 9, "2026-11-28T00:00", "2026-11-30T12:30"),
        ("Pacific/Kiritimati", MONDAY, 0, "2026-11-28T00:00", "2026-11-29T10:00"),
        ("Pacific/Pago_Pago", SUNDAY, 23, "2026-11-28T00:00", "2026-11-30T10:00"),
    ],
)
def test_report_where_clocks_change_or_are_far_from_greenwich(zone, weekday, hour, after, report):
    assert next_report(weekday, hour, ZoneInfo(zone), utc(after)) == utc(report)


CHANGES = [  # of clocks somewhere, and the days around them
    date.fromisoformat(day) + timedelta(days=days)
    for day in ("2026-03-08", "2026-03-29", "2026-04-05", "2026-09-06", "2026-10-04", "2026-10-25", "2026-11-01")
    for days in (-7, -1, 0, 1)
]
zones = st.sampled_from(sorted(zone_names())).map(ZoneInfo)
days = st.dates(date(2012, 1, 1), date(2036, 12, 31)) | st.sampled_from(CHANGES)
moments = st.builds(lambda day, at: datetime.combine(day, at, tzinfo=UTC), days, st.times())
hours = st.integers(0, 23)


def skipped(moment, hour, zone):
    """Whether the hour in question does not exist: the moment after the change stands for it, up to two hours on."""
    before = (moment - timedelta(hours=3)).astimezone(zone)
    local = moment.astimezone(zone)
    return local.utcoffset() > before.utcoffset() and (local.hour - hour) % 24 <= 2


@given(st.integers(0, 6), hours, zones, moments)
@example(SATURDAY, 23, ZoneInfo("America/Nuuk"), utc("2026-03-28T12:00"))  # Saturday has no 23 o'clock
@example(SUNDAY, 2, ZoneInfo("Antarctica/Troll"), utc("2026-03-28T12:00"))  # forward by two hours
@example(SUNDAY, 2, ZoneInfo("Australia/Lord_Howe"), utc("2026-10-03T00:00"))
def test_report_lies_ahead_by_a_week_and_an_hour_at_most_on_its_weekday_and_hour(weekday, hour, zone, after):
    report = next_report(weekday, hour, zone, after)

    local = report.astimezone(zone)
    assert after < report <= after + timedelta(days=8, hours=1)
    assert report.utcoffset() == timedelta(0)
    assert (local.weekday(), local.hour, local.minute, local.fold) == (weekday, hour, 0, 0) or skipped(
        report, hour, zone
    )


@given(st.integers(0, 6), hours, zones, moments)
def test_reports_come_once_a_week_of_the_persons_own_calendar(weekday, hour, zone, after):
    first = next_report(weekday, hour, zone, after)

    second = next_report(weekday, hour, zone, first)

    assert timedelta(days=7, hours=-2) <= second - first <= timedelta(days=7, hours=2)
    assert iso_week(local_day(second, zone)) > iso_week(local_day(first, zone))


@given(hours, zones, moments)
def test_reminder_lies_ahead_by_a_day_and_a_clock_change_at_most_at_its_hour(hour, zone, after):
    reminder = next_reminder(hour, zone, after)

    local = reminder.astimezone(zone)
    assert after < reminder <= after + timedelta(hours=26)
    assert (local.hour, local.minute, local.fold) == (hour, 0, 0) or skipped(reminder, hour, zone)


@given(hours, zones, moments)
def test_reminders_come_once_a_day(hour, zone, after):
    first = next_reminder(hour, zone, after)

    second = next_reminder(hour, zone, first)

    assert timedelta(hours=22) <= second - first <= timedelta(hours=26)


@pytest.mark.parametrize(
    ("after", "reminder"),
    [
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-25T08:00"),
        ("2026-11-24T23:30", "2026-11-25T08:00"),
        ("2026-10-24T08:00", "2026-10-25T08:00"),
        ("2026-03-28T08:00", "2026-03-29T07:00"),  # 9:00 in summer
    ],
)
def test_reminder_comes_at_nine_in_berlin(after, reminder):
    assert next_reminder(9, BERLIN, utc(after)) == utc(reminder)


def test_hour_of_a_day_is_that_hour_on_the_wall():
    assert at_hour(date(2026, 7, 1), 9, BERLIN) == utc("2026-07-01T07:00")
    assert at_hour(date(2026, 12, 1), 0, BERLIN) == utc("2026-11-30T23:00")


# ---------------------------------------------------------------- quiet hours


@pytest.mark.parametrize(
    ("quiet_from", "quiet_to", "quiet"),
    [
        (21, 9, {21, 22, 23, *range(9)}),
        (0, 6, set(range(6))),
        (13, 15, {13, 14}),
        (23, 0, {23}),
        (8, 8, set()),
        (0, 0, set()),
    ],
)
def test_quiet_hours_begin_with_the_first_and_end_before_the_last(quiet_from, quiet_to, quiet):
    assert {hour for hour in range(24) if is_quiet(hour, quiet_from, quiet_to)} == quiet
