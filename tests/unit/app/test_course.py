"""Course and day as the page gets them: the report's own numbers and words, and nothing that an answer still hides."""

from datetime import date, time, timedelta
from random import Random
from statistics import fmean
from types import SimpleNamespace

import msgspec
import pytest
from msgspec.structs import replace

from burnout.report_requests import ReportRequest
from burnout.schedule import at_hour, local_day
from burnout.store.check_ins import Reveal
from burnout.store.days import FACTORS, Day, ReadDay
from burnout.store.people import Settings
from burnout.store.reports import CourseDay, ReadCourse
from burnout.strain.findings import findings
from burnout.strain.index import day_loads, strain_on
from burnout.strain.wording import said
from burnout.texts import text
from functions.app.course import points_from, points_of
from functions.report.messages import SHOWN_DAYS, requested_message
from tests.unit.app.conftest import ONE
from tests.unit.burnout.strain.courses import TODAY, answered, check_in, course, told

WEDNESDAY, YESTERDAY = "2026-03-11", "2026-03-10"
SETTINGS = Settings(language="en", time_zone="Europe/Berlin")
BERLIN = SETTINGS.zone


def lived(days, seed=1):
    """So many days, and tomorrow by another clock, of somebody who sends photos, taps, tells and is silent."""
    draw, check_ins, energies = Random(seed), [], []
    for ago in reversed(range(-1, days)):
        for hour in draw.sample(range(24), draw.choice((0, 0, 1, 2))):
            facts = {"rating": draw.choice((None, 1, 2, 3, 4, 5)), "corrected": draw.random() < 0.1}
            check_ins.append(check_in(ago, negative=draw.choice((None, draw.random())), at=time(hour), **facts))
        if draw.random() < 0.5:
            day = f"{TODAY - timedelta(days=ago)}"
            energies.append(CourseDay(day=day, energy=draw.choice((None, 1, 4)), sleep=None, factors=()))
    weekly = [answered(7 * week, draw.randint(1, 5)) for week in reversed(range(days // 7))]
    return replace(course(check_ins, *weekly, days=energies), settings=SETTINGS)


def read(whole, since_utc, before_utc):
    """What the store would read of it."""
    first, last = local_day(since_utc, BERLIN).isoformat(), local_day(before_utc, BERLIN).isoformat()
    return replace(
        whole,
        check_ins=tuple(each for each in whole.check_ins if since_utc <= each.observed_at_utc < before_utc),
        weekly=tuple(each for each in whole.weekly if since_utc <= each.answered_at_utc < before_utc),
        days=tuple(each for each in whole.days if first <= each.day <= last),
    )


def shown(whole, days):
    """The points of the last days, of what is read for them."""
    first, end = TODAY - timedelta(days=days - 1), at_hour(TODAY + timedelta(days=1), 0, BERLIN)
    return points_of(read(whole, at_hour(points_from(first, TODAY), 0, BERLIN), end), first, TODAY)


# ---------------------------------------------------------------- a course


@pytest.mark.parametrize("days", [1, 30, 400])
@pytest.mark.parametrize("seed", [1, 2])
def test_index_and_load_of_each_day_are_those_of_the_whole_course(days, seed):
    whole = lived(200, seed)
    loads = {each.day.isoformat(): each for each in day_loads(whole.check_ins, BERLIN, whole.days)}
    seen = {local_day(each.observed_at_utc, BERLIN).isoformat() for each in whole.check_ins}
    first = (TODAY - timedelta(days=days - 1)).isoformat()

    points = shown(whole, days).days

    assert [each.day for each in points] == sorted(day for day in seen | loads.keys() if first <= day <= f"{TODAY}")
    for point in points:
        day, load = date.fromisoformat(point.day), loads.get(point.day)
        strain = strain_on(day, whole, BERLIN)
        assert (point.index, point.band) == (strain.index, strain.band)
        assert load is None or (load.load, load.rating) == (point.load, point.rating)


def test_the_index_of_a_day_is_what_a_report_would_have_said_at_its_end():
    whole, deps = lived(240), SimpleNamespace(draw_course=lambda *_: b"")
    points = shown(whole, 200).days[::16]

    for point in points:
        day = date.fromisoformat(point.day)
        now_utc = at_hour(day + timedelta(days=1), 0, BERLIN) - timedelta(seconds=1)
        known = read(whole, now_utc - timedelta(days=SHOWN_DAYS["report"]), now_utc)
        message = requested_message(ReportRequest(user_id=1, update_id=1, show="report"), known, now_utc, deps)
        assert (message.index, message.band) == (point.index, point.band)
    assert len({point.band for point in points}) > 1


def test_the_own_beginning_is_the_mean_load_of_the_first_weeks_of_the_last_ninety_days_once_there_is_one():
    whole = lived(200)
    loads = [each.load for each in day_loads(whole.check_ins, BERLIN, whole.days) if 0 <= (TODAY - each.day).days < 90]
    begun = [course([check_in(ago, rating=2) for ago in range(days)], days=[told(-1, 2)]) for days in (7, 8)]

    assert shown(whole, 1).beginning == shown(whole, 400).beginning == pytest.approx(100 * fmean(loads[:14]))
    assert [shown(each, 400).beginning for each in begun] == [None, 75.0]
    assert shown(whole, 1).bands == (40, 55)


def test_a_course_has_its_days_with_check_ins_and_those_with_energy_alone(page):
    page.rate(2, timedelta(days=1))
    page.rate(4, timedelta(days=1, hours=2))
    page.rate(5, timedelta(days=29, hours=14))  # the day before the first
    page.check_in(1)
    page("tell", day="2026-03-08", fact="energy", value=3)
    page("tell", day="2026-03-07", fact="overload", value=1)
    nothing = {"check_ins": 0, "rating": None, "load": None, "index": None, "band": None}

    assert page("course", days=30)[1] == {
        "days": [
            nothing | {"day": "2026-03-08", "load": 0.5},
            nothing | {"day": YESTERDAY, "check_ins": 2, "rating": 3.0, "load": 0.5},
            nothing | {"day": WEDNESDAY, "check_ins": 1, "load": 0.7},
        ],
        "bands": [40, 55],
        "beginning": None,
    }


def test_an_answer_that_waits_for_its_rating_is_counted_and_told_by_no_number(page):
    for days in range(9):
        page.rate(3, timedelta(days=days, hours=1))
    before = page("course", days=30)[1]
    page.check_in(1, negative=0.9, hidden=True)
    waiting = page("course", days=30)[1]

    before["days"][-1]["check_ins"] += 1
    assert waiting == before
    assert waiting["days"][-1]["index"] > 0 < waiting["beginning"]
    (*_, photo) = page("day", day=WEDNESDAY)[1]["check_ins"]
    assert photo == {"at": "13:00", "rating": None, "side": None}

    page.now_utc += timedelta(days=1)  # from the next day on the history tells it, in the chat as well
    later = page("course", days=30)[1]["days"][-1]
    assert later["load"] == pytest.approx(0.6 * 0.5 + 0.4 * 0.9)
    assert later["index"] > before["days"][-1]["index"]


# ---------------------------------------------------------------- a day


def test_a_day_has_its_moments_and_the_rating_of_the_whole_day_once(page):
    page.rate(3, timedelta(days=1, hours=1))  # at noon in Madrid, where a day's own rating would be
    page("tell", day=YESTERDAY, fact="rating", value=3)

    status, day = page("day", day=YESTERDAY)

    assert status == 200
    assert msgspec.convert(day["day"], Day) == page.store(ReadDay(user_id=ONE, day=YESTERDAY))
    assert day["check_ins"] == [{"at": "12:00", "rating": 3, "side": None}]


def test_a_photos_side_is_told_once_its_answer_was_seen(page):
    page.check_in(1, negative=0.2)
    page.check_in(2, negative=0.7, hidden=True)

    def sides():
        return [each["side"] for each in page("day", day=WEDNESDAY)[1]["check_ins"]]

    assert sides() == ["positive", None]
    page.store(Reveal(user_id=ONE, message_id=2))
    assert sides() == ["positive", "negative"]


def planted(page, language="en"):
    """400 days that the store has: each fifth until today is bad, with factors and a bad night, the next is better."""
    today, rated = page.now_utc.date(), {0: 1, 4: 2}
    days = {today - timedelta(days=ago): rated.get(ago % 5, 4 + ago % 2) for ago in reversed(range(400))}
    whole = replace(
        course(
            [replace(check_in(rating=each), observed_at_utc=at_hour(day, 12, BERLIN)) for day, each in days.items()],
            days=[CourseDay(day=f"{day}", energy=None, sleep=min(rating, 3), factors=FACTORS[:3] * (rating == 1))
                  for day, rating in days.items()],
        ),
        settings=replace(SETTINGS, language=language),
    )  # fmt: skip
    store = page.store
    page.store = lambda asked: (
        read(whole, asked.since_utc, asked.before_utc) if isinstance(asked, ReadCourse) else store(asked)
    )
    return whole


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("ago", "kinds"),
    [(2, ()), *((ago, ("factor", "sleep")) for ago in (0, 180, 395)), *((ago, ("after",)) for ago in (4, 184, 394))],
)
def test_with_a_day_go_the_likeliest_three_of_those_findings_of_why_that_it_has(page, language, ago, kinds):
    whole, now_utc = planted(page, language), page.now_utc
    known = read(whole, now_utc - timedelta(days=SHOWN_DAYS["why"]), now_utc)
    found = [each for each in findings(known.check_ins, known.days, BERLIN) if each.kind in kinds]

    sentences = page("day", day=f"{now_utc.date() - timedelta(days=ago)}")[1]["goes_with"]

    assert len(found) == (4 if "sleep" in kinds else 3 * len(kinds))
    caution = [text("why_caution", language)] if found else []
    assert " ".join(sentences) == " ".join([*(said(each, language) for each in found[:3]), *caution])


def test_what_stood_out_longer_ago_than_why_looks_goes_with_no_day(page):
    planted(page)
    page.now_utc += timedelta(days=200)

    assert page("day", day=WEDNESDAY)[1]["goes_with"] == []
