"""What an operation leaves alone: everything, for a stranger or a number that is not one's own, and when said again."""

import pytest
from msgspec.structs import replace

from burnout.emotions import Emotion
from burnout.store.check_ins import (
    Begin,
    Begun,
    Fail,
    Failed,
    GiveFeedback,
    History,
    LastCheckIn,
    Rate,
    ReadHistory,
    ReadLast,
    Recorded,
    Reveal,
    Undo,
)
from burnout.store.days import ForgetMood, KeepMood, ReadDay, TellDay
from burnout.store.inventories import KeepInventory, ReadInventories
from burnout.store.people import ChangeSettings, EnterApp, ReadSettings, SetLanguage, SetReachable, Settings
from burnout.store.privacy import Erase, ReadRows, Rows, SetDonating
from burnout.store.reports import AnswerWeek, Course, Postpone, ReadCourse, StartAlert, StartReminder
from functions.store.rows import UnstorableError
from tests.unit.store.samples import HOUR, NOON, SECOND, agree, choose_clock, new_check_in, photo_terms, record
from tests.unit.store.steps import claim, finish, release, start

ABOUT_A_CHECK_IN = (
    GiveFeedback(user_id=7, message_id=1101, agrees=True),
    Rate(user_id=7, message_id=1101, rating=3),
    Reveal(user_id=7, message_id=1101),
    Undo(user_id=7, message_id=1101),
)
DEFAULTS = Settings(language="en")
STRANGER = Begun(answer=None, album_answered=False, consent_version=None, language=None, photo_folder=None)
UNHEARD = Recorded(first=False, answer=())
OF_A_STRANGER = (
    *((operation, None) for operation in ABOUT_A_CHECK_IN),
    (Begin(user_id=7, update_id=101, media_group_id="album"), STRANGER),
    (record(102), UNHEARD),
    (record(102, outcome="refused", check_in=None), UNHEARD),
    (
        Fail(user_id=7, update_id=102, stage="a", error_type="b"),
        Failed(attempts=0, failing_for_s=0),
    ),
    (SetLanguage(user_id=7, language="ru"), None),
    (SetReachable(user_id=7, reachable=False), None),
    (ReadSettings(user_id=7), None),
    (EnterApp(user_id=7, signed_at_utc=NOON, notice=1), None),
    (ChangeSettings(user_id=7, report_hour=9), None),
    (KeepMood(user_id=7, observed_at_utc=NOON, rating=3), None),
    (ForgetMood(user_id=7, observed_at_utc=NOON), None),
    (TellDay(user_id=7, day="2026-03-02", fact="sleep", value=3), None),
    (ReadDay(user_id=7), None),
    (AnswerWeek(user_id=7, week="2026-W10", answer=3), None),
    (KeepInventory(user_id=7, answers="012343"), None),
    (ReadInventories(user_id=7), ()),
    (ReadLast(user_id=7), LastCheckIn(check_in=None, at_local="")),
    (ReadHistory(user_id=7), History(days=(), today="2026-03-02")),
    (ReadCourse(user_id=7, since_utc=NOON, before_utc=NOON), None),
    (start(), False),
    (start(key="5"), False),
    (release(), None),
    (finish(), None),
    (StartAlert(user_id=7, at_utc=NOON, pseudonym="p"), False),
    (StartReminder(user_id=7, at_utc=NOON), None),
    (Postpone(user_id=7), None),
    (SetDonating(user_id=7, donating=True), None),
    (SetDonating(user_id=7, donating=False), None),
    (
        ReadRows(user_id=7, table="feedback"),
        Rows(columns=("user_id", "message_id", "agrees", "corrected", "at_utc"), rows=(), after=None),
    ),
    (Erase(user_id=7), 0),
)


@pytest.fixture
def shard(shard):
    """A shard with another person, who has rows of every kind."""
    shard(agree(user_id=8))
    shard(record(101, user_id=8, media_group_id="album", check_in=new_check_in(rating_first=True)))
    return shard


def name(operation):
    return type(operation).__name__


@pytest.mark.parametrize(("operation", "answer"), OF_A_STRANGER, ids=name)
def test_a_stranger_s_operation_finds_nothing_and_changes_nothing(shard, operation, answer):
    before = shard.dump()

    assert shard(operation) == answer

    assert shard.dump() == before


@pytest.mark.parametrize("operation", ABOUT_A_CHECK_IN, ids=name)
def test_another_person_s_check_in_is_as_one_that_nobody_has(shard, operation):
    shard(agree())
    before = shard.dump()

    assert shard(operation) is None

    assert shard.dump() == before


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        (Begin(user_id=7, update_id=9), (None, 1, "en")),
        (ReadSettings(user_id=7), DEFAULTS),
        (EnterApp(user_id=7, signed_at_utc=NOON, notice=1), DEFAULTS),
        (ReadLast(user_id=7), LastCheckIn(check_in=None, at_local="")),
        (ReadHistory(user_id=7), History(days=(), today="2026-03-02")),
        (
            ReadCourse(user_id=7, since_utc=NOON, before_utc=NOON + HOUR),
            Course(pseudonym="", settings=DEFAULTS, check_ins=(), weekly=(), last_report=None),
        ),
    ],
    ids=lambda value: name(value) if hasattr(value, "user_id") else "",
)
def test_a_neighbour_s_rows_are_in_nobody_else_s_answer(shard, operation, answer):
    shard(agree())
    shard(ChangeSettings(user_id=8, theme="dark"))

    found = shard(operation)

    if isinstance(found, Begun):
        assert found.photo_folder != shard(Begin(user_id=8, update_id=9)).photo_folder
        found = (found.answer, found.consent_version, found.language)
    if isinstance(found, Course):
        assert found.pseudonym != shard(ReadCourse(user_id=8, since_utc=NOON, before_utc=NOON)).pseudonym
        found = replace(found, pseudonym="")
    assert found == answer


@pytest.mark.parametrize(
    "operation",
    [
        agree(),
        SetLanguage(user_id=7, language="ru"),
        SetReachable(user_id=7, reachable=True),
        SetReachable(user_id=7, reachable=False),
        ChangeSettings(user_id=7, reminder_hour=12, alerts=True),
        SetDonating(user_id=7, donating=True),
        Postpone(user_id=7),
        AnswerWeek(user_id=7, week="2026-W10", answer=3),
        KeepInventory(user_id=7, answers="012343"),
        GiveFeedback(user_id=7, message_id=1001, agrees=False, corrected=Emotion.SAD),
        Rate(user_id=7, message_id=1001, rating=4),
        Reveal(user_id=7, message_id=1001),
        Begin(user_id=7, update_id=2),
        Begin(user_id=7, update_id=2, message_id=1002, photo=photo_terms()),
    ],
    ids=name,
)
def test_what_is_said_again_later_is_answered_the_same_and_writes_nothing(shard, operation):
    shard(agree())
    shard(record(1, check_in=new_check_in(rating_first=True)))
    first = shard(operation)
    before = shard.connection.total_changes

    assert shard(operation, NOON + SECOND) == first

    assert shard.connection.total_changes == before


@pytest.mark.parametrize(
    ("operation", "constraint"),
    [
        (Rate(user_id=8, message_id=1101, rating=0), "rating BETWEEN 1 AND 5"),
        (Rate(user_id=8, message_id=1101, rating=6), "rating BETWEEN 1 AND 5"),
        (finish(index=100.5, band="high"), "index_value BETWEEN 0 AND 100"),
        (start(kind="requested"), "iif(kind = 'weekly'"),
        (record(102, check_in=new_check_in(1.5)), "negative BETWEEN 0 AND 1"),
    ],
    ids=str,
)
def test_what_breaks_a_constraint_is_refused_by_its_name_without_the_value(shard, operation, constraint):
    shard(agree())
    shard(choose_clock())
    shard(claim())

    with pytest.raises(UnstorableError) as raised:
        shard(operation)

    assert str(raised.value).startswith("CHECK constraint failed: ")
    assert constraint in str(raised.value)
