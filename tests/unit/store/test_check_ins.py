"""Answers that wait for a rating, the last check-in, undoing it, and what a report is made of."""

from datetime import datetime

import pytest
from msgspec import structs

from burnout.emotions import NEGATIVE
from burnout.store.check_ins import Begin, GiveFeedback, Rate, ReadHistory, ReadLast, Reveal, Undo
from burnout.store.people import ChangeSettings, Settings
from burnout.store.reports import AnswerWeek, CourseCheckIn, LastReport, ReadCourse, WeeklyAnswer
from tests.unit.store import steps
from tests.unit.store.samples import DAY, HOUR, NOON, SECOND, agree, choose_clock, new_check_in, prediction, record

WAITING = record(101, check_in=new_check_in(rating_first=True))


@pytest.fixture
def shard(shard):
    """Two people who agreed: nothing is kept about anybody else."""
    for user_id in (7, 8):
        shard(agree(user_id=user_id))
        shard(choose_clock(user_id=user_id))
    return shard


def rate(rating):
    return Rate(user_id=7, message_id=1101, rating=rating)


REVEALED, AGREED = Reveal(user_id=7, message_id=1101), GiveFeedback(user_id=7, message_id=1101, agrees=True)


@pytest.mark.parametrize(
    ("recorded", "pressed", "ratings"),
    [
        (WAITING, [rate(2)], [(2, 2)]),
        (WAITING, [rate(2), rate(5)], [(5, 2)]),
        (WAITING, [REVEALED, rate(4)], [(4, None)]),
        (WAITING, [AGREED, rate(4)], [(4, None)]),
        (record(101), [rate(4)], [(4, None)]),
    ],
    ids=["blind", "blind, then changed", "after the answer", "after 👍", "never waited"],
)
def test_an_answer_that_waits_is_hidden_until_the_first_press_and_only_a_rating_before_it_is_a_blind_one(
    shard, recorded, pressed, ratings
):
    shard(recorded)
    before = shard(ReadLast(user_id=7)).check_in

    answers = [shard(operation) for operation in pressed]

    assert before.hidden is (recorded is WAITING)
    assert [answer.hidden for answer in answers] == [False] * len(pressed)
    assert shard.rows("SELECT rating, blind_rating FROM self_ratings") == ratings


def test_an_answer_is_revealed_once_and_only_where_one_waited(shard):
    shard(WAITING)
    shard(record(102))

    for later in (0 * HOUR, HOUR):
        for message_id in (1101, 1102):
            shard(Reveal(user_id=7, message_id=message_id), NOON + later)

    assert shard.rows("SELECT revealed_at_utc FROM check_ins") == [("2026-03-02T12:00:05Z",), (None,)]


def test_the_last_entry_is_the_newest_check_in_on_the_person_s_clock(shard):
    shard(ChangeSettings(user_id=7, time_zone="Asia/Kolkata"))
    shard(record(101))
    shard(record(102, check_in=new_check_in(0.1, observed_at_utc=datetime.fromisoformat("2026-03-02T20:01:59Z"))))
    shard(Rate(user_id=7, message_id=1102, rating=5))

    last = shard(ReadLast(user_id=7))

    assert last.at_local == "2026-03-03T01:31"
    assert last.check_in is not None
    assert (last.check_in.message_id, last.check_in.self_rating, last.check_in.prediction.negative) == (1102, 5, 0.1)


def test_undo_leaves_nothing_of_the_check_in_and_everything_of_the_others(shard):
    shard(record(102))
    shard(record(101, user_id=8))
    before = shard.dump()
    shard(record(105, message_id=1105))
    shard(Rate(user_id=7, message_id=1105, rating=1))
    shard(GiveFeedback(user_id=7, message_id=1105, agrees=False))

    assert shard(Undo(user_id=7, message_id=1105)) is None

    assert entries(shard.dump()) == entries(before)


def entries(dump):
    """The lines about neither answers nor people, who keep what they were told and how many photos they sent."""
    return [line for line in dump if "seen_updates" not in line and '"people"' not in line]


def test_a_redelivered_update_does_not_bring_an_undone_check_in_back(shard):
    shard(record(101))
    shard(Undo(user_id=7, message_id=1101))

    shard(record(101))

    assert shard(Begin(user_id=7, update_id=101)).answer == ()
    assert shard(ReadHistory(user_id=7)).days == ()


def course(since_utc=NOON, before_utc=NOON + 7 * DAY):
    return ReadCourse(user_id=7, since_utc=since_utc, before_utc=before_utc)


def test_a_course_has_the_check_ins_and_answers_of_its_time_oldest_first(shard):
    for update_id, at_utc, negative in (
        (104, NOON + 7 * DAY, 0.1),
        (103, NOON + 7 * DAY - SECOND, 0.2),
        (102, NOON, 0.3),
        (101, NOON - SECOND, 0.4),
    ):
        shard(record(update_id, check_in=new_check_in(negative, observed_at_utc=at_utc)))
    shard(record(105, user_id=8))
    shard(Rate(user_id=7, message_id=1102, rating=2))
    shard(AnswerWeek(user_id=7, week="2026-W09", answer=1), NOON - SECOND)
    shard(AnswerWeek(user_id=7, week="2026-W10", answer=2), NOON)
    shard(AnswerWeek(user_id=7, week="2026-W11", answer=3), NOON + 7 * DAY)

    found = shard(course())

    assert found is not None
    assert found.settings == Settings(language="en", time_zone="Etc/UTC")
    assert found.check_ins == (
        CourseCheckIn(observed_at_utc=NOON, negative=0.3, rating=2, photo=True, side="positive"),
        CourseCheckIn(observed_at_utc=NOON + 7 * DAY - SECOND, negative=0.2, rating=None, photo=True, side="positive"),
    )
    assert found.weekly == (WeeklyAnswer(week="2026-W10", answered_at_utc=NOON, answer=2),)
    assert found.last_report is None


def finish(shard, key, at_utc, **end):
    """A report ended so, after the steps that lead there."""
    shard(steps.claim(at_utc=at_utc))
    shard(steps.start(key=key))
    shard(steps.finish(key=key, at_utc=at_utc, **end))


def test_the_last_report_is_the_newest_weekly_one_that_was_sent_with_an_index_before_the_course_ends(shard):
    sunday = datetime.fromisoformat("2026-03-08T18:10:00Z")
    finish(shard, "2026-W10", sunday, state="sent", index=31.5, band="calm")
    finish(shard, "2026-W11", sunday + 7 * DAY, state="sent", index=62.0, band="raised")
    finish(shard, "2026-W12", sunday + 14 * DAY, state="skipped")
    finish(shard, "2026-W13", sunday + 21 * DAY, state="noted", index=11.0, band="calm")
    finish(shard, "5", sunday + 22 * DAY, state="sent", index=12.0, band="calm")

    def last(before_utc):
        return shard(course(before_utc=before_utc)).last_report

    assert last(sunday + 30 * DAY) == LastReport(sent_at_utc=sunday + 7 * DAY, index=62.0)
    assert last(sunday + 7 * DAY) == LastReport(sent_at_utc=sunday, index=31.5)
    assert last(sunday) is None


def test_a_skipped_week_is_known_until_the_next_report(shard):
    sunday = datetime.fromisoformat("2026-03-08T18:10:00Z")
    known = [shard(course(before_utc=sunday)).told_too_little]

    for week, state in (("2026-W10", "skipped"), ("2026-W11", "skipped"), ("2026-W12", "sent")):
        finish(shard, week, sunday, state=state)
        sunday += 7 * DAY
        known.append(shard(course(before_utc=sunday)).told_too_little)

    assert known == [False, True, True, False]


def counted(shard):
    """The day in the history of the next one, and what of it is in a course."""
    (day,) = shard(ReadHistory(user_id=7), NOON + DAY).days
    in_course = [(one.negative, one.corrected, one.side) for one in shard(course(), NOON + DAY).check_ins]
    return (day.check_ins, day.read, day.negative, day.unsure), day.mean_negative, in_course


def test_a_hidden_answer_counts_at_once_and_asking_first_stays_a_lottery(shard):
    shard(record(101, check_in=new_check_in(0.9, rating_first=True)))
    before = counted(shard)
    (today,) = shard(ReadHistory(user_id=7), NOON + SECOND).days
    moments = [shard(course(), at_utc).check_ins[0] for at_utc in (NOON + SECOND, NOON + DAY)]

    rated = shard(rate(2))

    assert (today.check_ins, today.read, today.mean_negative) == (1, 0, None), "else the rating would not be blind"
    assert [(each.waits, each.side) for each in moments] == [(True, None), (False, "negative")]
    assert before == counted(shard) == ((1, 1, 1, 0), 0.9, [(0.9, False, "negative")])
    assert (rated.hidden, shard.rows("SELECT blind_rating FROM self_ratings")) == (False, [(2,)])


def test_a_rating_on_a_later_day_is_not_blind_because_the_history_has_told(shard):
    shard(record(101, check_in=new_check_in(0.9, rating_first=True)))

    shard(rate(2), NOON + DAY)

    assert shard.rows("SELECT rating, blind_rating FROM self_ratings") == [(2, None)]


@pytest.mark.parametrize(
    ("view", "feedback", "sides", "negative", "corrected"),
    [
        ("whole", {"agrees": True}, (1, 1, 1, 0), 0.8, False),
        ("whole", {"agrees": False}, (1, 0, 0, 0), None, False),
        ("whole", {"agrees": False, "corrected": "happy"}, (1, 1, 0, 0), 0.1, True),
        ("whole", {"agrees": False, "corrected": "surprise"}, (1, 1, 0, 0), 0.1, True),
        *(("whole", {"agrees": False, "corrected": word}, (1, 1, 1, 0), 0.9, True) for word in sorted(NEGATIVE)),
        ("covered", {"agrees": False, "corrected": "sad"}, (1, 1, 0, 1), None, False),
        ("profile", {"agrees": True}, (1, 1, 0, 1), None, False),
    ],
)
def test_a_correction_replaces_the_models_number(shard, view, feedback, sides, negative, corrected):
    shard(record(101, check_in=new_check_in(0.8, view=view)))

    shard(GiveFeedback(user_id=7, message_id=1101, **feedback))

    side = negative and ("negative" if negative > 0.5 else "positive")
    assert counted(shard) == (sides, negative, [(negative, corrected, side)])
    assert shard.rows("SELECT negative, label FROM check_ins") == [(0.8, "negative")], "the model's opinion is kept"


def test_a_correction_gives_a_side_to_what_named_none(shard):
    unsure = structs.replace(prediction(0.55), sure=False)
    shard(record(101, check_in=new_check_in(models={"mvp": unsure})))

    assert counted(shard)[::2] == ((1, 1, 0, 1), [(0.55, False, "unsure")])
    shard(GiveFeedback(user_id=7, message_id=1101, agrees=False, corrected="sad"))
    assert counted(shard)[::2] == ((1, 1, 1, 0), [(0.9, True, "negative")])


def test_a_rating_in_a_caption_is_a_blind_one_and_hides_no_answer(shard):
    shard(record(101, check_in=new_check_in(rating=2, rating_first=True)))
    told = shard(ReadLast(user_id=7)).check_in
    shard(rate(4))
    shard(record(102, message_id=1101, check_in=new_check_in(rating=1)))

    assert (told.self_rating, told.hidden, told.low_ratings) == (2, False, 1)
    assert shard.rows("SELECT rating, blind_rating FROM self_ratings") == [(4, 2)]
