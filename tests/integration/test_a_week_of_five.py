"""A week of five people with different habits, from the webhook's answers to the report: nobody's day is lost."""

from datetime import timedelta

import pytest

from burnout.store.check_ins import ReadHistory
from burnout.store.privacy import ReadRows
from burnout.store.reports import DueReport, ReadCourse
from functions.report.messages import weekly_message
from functions.report.strain import strain_on
from functions.webhook.person import NOTICE_VERSION
from tests import updates
from tests.fuzz.properties import fresh_bot
from tests.unit.webhook.conftest import START, data

WEEK = [str(START.date() + timedelta(days=n)) for n in range(7)]


class Habit:
    """One person and their chat. They press only what the newest message offers; `taps` counts what they do."""

    def __init__(self, bot, user_id):
        self.bot, self.user_id, self.taps, self.photos = bot, user_id, 0, 0
        self.receives(updates.button(f"v1:agree:{NOTICE_VERSION}:en", user_id))

    def receives(self, update):
        for body in (update.get("message"), update.get("callback_query", {}).get("message")):
            if body:
                body["date"] = int(self.bot.now_utc.timestamp())
        self.taps += 1
        *_, self.screen = self.bot(update)

    def writes(self, words):
        self.receives(updates.text(words, self.user_id))

    def sends_photo(self, **content):
        self.photos += 1  # the draw is made of it
        self.receives(updates.photo(self.user_id, message_id=self.photos, **content))

    def presses(self, *beginnings):
        for beginning in beginnings:
            button = next(each for each in data(self.screen) if each.startswith(f"v1:{beginning}"))
            self.receives(updates.button(button, self.user_id))

    def offers(self, beginning):
        return any(each.startswith(f"v1:{beginning}") for each in data(self.screen))


def only_photos(person, day):
    """A selfie a day; where the bot asks first, one tap."""
    person.sends_photo()
    if not person.offers("up"):
        person.presses("rate")


def only_digits(person, day):
    """A number from /mood on most days, a typed one at the weekend; a whole day once."""
    if day in WEEK[3:5]:
        return person.writes("2")
    person.taps = 0
    person.writes("/mood")
    person.presses("mood:2")
    assert person.taps == 2
    if day == WEEK[0]:
        person.taps = 1  # the number, from a reminder or from home
        person.presses("energy", "sleep", "had")
        assert person.taps == 4


def late(person, day):
    """Nothing all week; on the last day every day of it by /day."""
    if day == WEEK[-1]:
        for earlier in WEEK[:-1]:
            person.writes("/day")
            person.presses(f"about:{earlier}", "rated")
        person.writes("/day")
        person.presses(f"about:{day}", "mood:1")


def never_taps(person, day):
    """A selfie a day, and no button ever, although half of the answers are hidden until one is pressed."""
    person.sends_photo()


def switches_language(person, day):
    """English, from the fourth day Russian; numbers as they are typed there, one of them under a photo."""
    if day == WEEK[3]:
        person.writes("/language")
        person.presses("lang:ru")
    if day == WEEK[5]:
        return person.sends_photo(caption="4")
    person.writes("٤" if day < WEEK[3] else "4\ufe0f\u20e3")


HABITS = (only_photos, only_digits, late, never_taps, switches_language)


@pytest.fixture(scope="module")
def five():
    """The five after their week, by habit."""
    with fresh_bot() as bot:
        people = {habit: Habit(bot, 5_700_000_001 + n) for n, habit in enumerate(HABITS)}
        for day in WEEK:
            for habit, person in people.items():
                habit(person, day)
                bot.later(60)
            bot.now_utc = START + timedelta(days=1 + WEEK.index(day))
        bot.now_utc -= timedelta(hours=12)  # the last evening
        yield people


def course_of(person):
    now_utc = person.bot.now_utc
    span = {"since_utc": now_utc - timedelta(days=90), "before_utc": now_utc}
    return person.bot.store(ReadCourse(user_id=person.user_id, **span))


def days_of(person):
    return {day.day: day for day in person.bot.store(ReadHistory(user_id=person.user_id)).days}


@pytest.mark.parametrize("habit", HABITS)
def test_every_day_of_everybody_is_in_history_index_and_report(five, habit):
    person = five[habit]
    course = course_of(person)
    strain = strain_on(START.date() + timedelta(days=6), course, course.settings.zone)
    due = DueReport(user_id=person.user_id, chat_id=1, key="2026-W48", due_at_utc=person.bot.now_utc, unfinished=False)
    report = weekly_message(due, course, lambda facts, language, theme: b"a chart")

    assert list(days_of(person)) == WEEK
    assert [day.check_ins for day in days_of(person).values()] == [1] * 7
    assert strain.observed_days == 7
    assert strain.index is not None
    assert (report.state, report.photo) == ("sent", b"a chart")
    assert ("Индекс" in report.call.params["caption"]) == (habit is switches_language)


@pytest.mark.parametrize(
    ("habit", "photos", "ratings"),
    [(only_digits, 0, [2] * 7), (late, 0, [1] * 7), (never_taps, 7, []), (switches_language, 1, [4] * 7)],
)
def test_what_each_of_them_said_is_there_and_nothing_else(five, habit, photos, ratings):
    days = days_of(five[habit]).values()

    assert sum(day.photos for day in days) == photos
    assert [day.rating_sum for day in days if day.ratings] == ratings


def test_a_whole_day_took_four_taps_and_what_was_told_later_is_marked(five):
    told = {}
    for habit, person in five.items():
        found = person.bot.store(ReadRows(user_id=person.user_id, table="days"))
        told[habit] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]

    (whole,) = told[only_digits]
    assert (whole["day"], whole["energy"], whole["sleep"], whole["late"]) == (WEEK[0], 1, 1, "")
    assert whole["factors"] == "overload"
    assert [(day["day"], day["rating"], day["late"]) for day in told[late]] == [
        (each, 1, "rating") for each in WEEK[:-1]
    ]
    assert [told[habit] for habit in (only_photos, never_taps, switches_language)] == [[], [], []]


def test_who_only_sends_photos_taps_where_the_draw_asks_first_and_who_never_taps_loses_no_number(five):
    asked = sum(day.ratings for day in days_of(five[only_photos]).values())

    assert 0 < asked < 7
    assert [seen.negative is not None for seen in course_of(five[never_taps]).check_ins] == [True] * 7
