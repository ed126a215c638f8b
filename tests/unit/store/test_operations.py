"""What holds for all operations together: every one exists, runs twice like once, and sees one person only."""

import re
from contextlib import closing
from datetime import timedelta
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from burnout.emotions import Emotion
from burnout.store.check_ins import Begin, Fail, GiveFeedback, Rate, ReadHistory, ReadLast, Record, Reveal, Undo
from burnout.store.client import answer_type
from burnout.store.days import ForgetMood, KeepMood, ReadDay, TellDay
from burnout.store.inventories import KeepInventory, ReadInventories
from burnout.store.operation import Choice, Operation, ShardOperation
from burnout.store.people import ChangeSettings, Consent, EnterApp, ReadSettings, SetLanguage, SetReachable
from burnout.store.privacy import TABLES, Erase, ReadRows, SetDonating, Sweep
from burnout.store.reports import (
    AnswerWeek,
    ClaimDue,
    FinishReport,
    HoldRun,
    Postpone,
    ReadCourse,
    ReleaseReport,
    ReleaseRun,
    StartAlert,
    StartReminder,
    StartSending,
)
from functions.store.operations import OPERATIONS, run
from tests.unit.store.conftest import Shard
from tests.unit.store.samples import DAY, NOON, agree, new_check_in, photo_terms, record, says

TERMS = photo_terms(per_hour=2)
RARELY_SLOW = settings(database=None, deadline=None, max_examples=25)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_every_operation_has_a_function_of_its_types(operation):
    hints = get_type_hints(OPERATIONS[operation], include_extras=True)

    assert (hints["operation"], hints["return"]) == (operation, answer_type(operation))


def test_every_operation_that_is_declared_is_known():
    declared = {*Operation.__subclasses__(), *Choice.__subclasses__(), *ShardOperation.__subclasses__()}

    assert declared - {Choice} == {*OPERATIONS, Sweep}


def test_every_operation_is_a_choice_but_for_what_nothing_contradicts():
    """Late or twice these do no harm: they read, are of an update or a run that is known, or cannot be taken back."""
    others = {Begin, Record, Fail, Reveal, Undo}
    reads = {ReadLast, ReadHistory, ReadDay, ReadInventories, ReadSettings, EnterApp, ReadCourse, ReadRows}
    claims = {ClaimDue, HoldRun, ReleaseRun, Postpone, ReleaseReport, FinishReport}
    rights = {StartSending, StartAlert, StartReminder}

    assert {
        operation for operation in OPERATIONS if not issubclass(operation, Choice)
    } == others | reads | claims | rights


def test_every_table_is_strict(shard):
    tables = shard.rows("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")

    assert sorted(tables) == [(name, 1) for name in sorted((*TABLES, "leases", "newest_erasure"))]


def test_no_read_walks_through_a_whole_table(shard):
    """Every page that a read touches is a round trip and is metered; only the purge may walk, from the oldest on.

    An erasure looks for the person's answers of the last 48 h (an index for that would cost every photo a page), and
    writes the small table of people anew.
    """
    seen: list[str] = []
    shard.connection.set_trace_callback(seen.append)
    week = {"user_id": 7, "kind": "weekly", "key": "2026-W10", "run_id": "a"}
    asked_for = week | {"kind": "requested", "key": "1"}
    run_at = {"shard": 0, "run_id": "a", "at_utc": NOON + 7 * DAY, "until_utc": NOON + 8 * DAY}
    told = (
        agree(),
        record(101, media_group_id="album", photo=TERMS),
        Begin(user_id=7, update_id=102, media_group_id="album"),
        Begin(user_id=7, update_id=103, photo=TERMS),
        Fail(user_id=7, update_id=102, stage="infer", error_type="Timeout"),
        SetLanguage(user_id=7, language="ru"),
        *(SetReachable(user_id=7, reachable=reachable) for reachable in (False, True)),
        GiveFeedback(user_id=7, message_id=1101, agrees=False),
        Rate(user_id=7, message_id=1101, rating=1),
        Reveal(user_id=7, message_id=1101),
        *(read(user_id=7) for read in (ReadLast, ReadSettings, ReadDay, ReadInventories)),
        EnterApp(user_id=7, signed_at_utc=NOON, notice=1),
        ReadHistory(user_id=7, days=7),
        ChangeSettings(user_id=7, reminder_hour=12),
        KeepMood(user_id=7, observed_at_utc=NOON, rating=2),
        ForgetMood(user_id=7, observed_at_utc=NOON),
        TellDay(user_id=7, day="2026-03-02", fact="energy", value=2),
        AnswerWeek(user_id=7, week="2026-W10", answer=3),
        KeepInventory(user_id=7, answers="012343"),
        HoldRun(**run_at),
        ClaimDue(**run_at),
        StartSending(**week, at_utc=NOON),
        ReleaseReport(**week, at_utc=NOON),
        ClaimDue(**run_at),
        FinishReport(**week, state="unreachable", at_utc=NOON + 7 * DAY),
        StartSending(**asked_for, at_utc=NOON),
        Postpone(user_id=7),
        FinishReport(**asked_for, state="sent", at_utc=NOON + 7 * DAY),
        ReleaseReport(**asked_for, at_utc=NOON),
        ReleaseRun(shard=0, run_id="a"),
        ReadCourse(user_id=7, since_utc=NOON, before_utc=NOON),
        ChangeSettings(user_id=7, alerts=True),
        Rate(user_id=7, message_id=1101, rating=2),
        ClaimDue(**run_at),
        StartAlert(user_id=7, at_utc=NOON, pseudonym="p"),
        StartReminder(user_id=7, at_utc=NOON),
        *(SetDonating(user_id=7, donating=donating) for donating in (True, False)),
        Undo(user_id=7, message_id=1101),
        *(ReadRows(user_id=7, table=table) for table in TABLES),
        Erase(user_id=7),
    )
    for number, operation in enumerate(told, start=200):
        shard(replace(operation, update_id=number) if isinstance(operation, Choice) else operation)
    shard.connection.set_trace_callback(None)

    plans = [step for query in seen for *_, step in shard.rows(f"EXPLAIN QUERY PLAN {query}")]

    assert {type(operation) for operation in told} == set(OPERATIONS)
    assert len(seen) > len(told)
    scans = [step for step in plans if step.startswith("SCAN") and "CONSTANT ROW" not in step]
    assert sorted(set(scans)) == ["SCAN people", "SCAN seen_updates"]
    for index in ("seen_albums", "due_reports", "due_reminders", "due_alerts"):
        assert any(f"INDEX {index}" in step for step in plans), index


def operations(users, update_ids):
    """Anything a webhook may send, over few people and messages, so that operations affect the same rows."""
    user = st.sampled_from(users)
    update = update_ids(user) if callable(update_ids) else st.tuples(user, st.sampled_from(update_ids))
    message = st.sampled_from([1, 2, 3])
    negative = st.sampled_from([0.1, 0.5, 0.9])
    return st.one_of(
        st.builds(
            lambda key, message, outcome, album, negative: record(
                key[1],
                user_id=key[0],
                message_id=message,
                outcome=outcome,
                media_group_id=album,
                photo=TERMS if outcome != "dead_letter" else None,
                answer=says(f"for {key[0]}"),
                check_in=new_check_in(negative) if outcome == "answered" else None,
            ),
            *(update, message, st.sampled_from(["answered", "refused", "dead_letter"])),
            *(st.sampled_from([None, "album"]), negative),
        ),
        st.builds(
            lambda key, stage: Fail(user_id=key[0], update_id=key[1], stage=stage, error_type="Timeout"),
            *(update, st.sampled_from(["put", "infer"])),
        ),
        st.builds(
            lambda key, photo: Begin(user_id=key[0], update_id=key[1], media_group_id="album", photo=photo),
            *(update, st.sampled_from([None, TERMS])),
        ),
        st.builds(Consent, user_id=user, chat_id=user, version=st.sampled_from([1, 2]), language=st.just("en")),
        st.builds(SetLanguage, user_id=user, language=st.sampled_from(["en", "ru"])),
        st.builds(SetReachable, user_id=user, reachable=st.booleans()),
        st.builds(
            GiveFeedback,
            user_id=user,
            message_id=message,
            agrees=st.booleans(),
            corrected=st.sampled_from([None, Emotion.SAD]),
        ),
        st.builds(Rate, user_id=user, message_id=message, rating=st.integers(1, 5)),
        *(st.builds(kind, user_id=user, message_id=message) for kind in (Reveal, Undo)),
        *(st.builds(read, user_id=user) for read in (ReadLast, ReadSettings)),
        st.builds(ReadHistory, user_id=user, days=st.sampled_from([0, 1, 7])),
        st.builds(EnterApp, user_id=user, signed_at_utc=st.sampled_from(MOMENTS), notice=st.sampled_from([1, 2])),
        st.builds(
            lambda user, changes: ChangeSettings(user_id=user, **changes),
            *(user, st.fixed_dictionaries({}, optional=CHANGES)),
        ),
        st.builds(AnswerWeek, user_id=user, week=WEEKS, answer=st.integers(1, 5)),
        st.builds(KeepInventory, user_id=user, answers=st.sampled_from(["000000", "444444"])),
        st.builds(KeepMood, user_id=user, observed_at_utc=NEAR, rating=st.integers(1, 5)),
        st.builds(ForgetMood, user_id=user, observed_at_utc=NEAR),
        st.builds(TellDay, user_id=user, day=DAYS, fact=st.sampled_from(["rating", "sleep", "rest"]), value=BIT),
        st.builds(ReadDay, user_id=user, day=st.one_of(st.none(), DAYS)),
        st.builds(SetDonating, user_id=user, donating=st.booleans()),
        st.builds(ReadRows, user_id=user, table=st.sampled_from(TABLES), most=st.integers(1, 3)),
        st.builds(Erase, user_id=user),
        st.builds(ReadCourse, user_id=user, since_utc=st.just(NOON), before_utc=st.sampled_from(MOMENTS)),
    )


MOMENTS = [NOON + days * DAY for days in (0, 6, 7, 14)]  # NOON is a Monday: a Sunday morning, and two Mondays
NEAR = st.sampled_from([NOON + timedelta(minutes=minutes) for minutes in (0, 6, 12)])
DAYS = st.sampled_from(["2026-02-22", "2026-03-01", "2026-03-02", "2026-03-03"])
BIT = st.integers(0, 1)
WEEKS = st.sampled_from(["2026-W09", "2026-W10", "2026-W11"])
RUNS = st.sampled_from(["a", "b"])
CHANGES = {
    "time_zone": st.sampled_from(["Asia/Tokyo", "Nowhere/Atlantis"]),
    "reports": st.booleans(),
    "report_weekday": st.integers(0, 6),
    "report_hour": st.integers(0, 23),
    "reminder_hour": st.one_of(st.none(), st.integers(0, 23)),
    "quiet_from": st.sampled_from([0, 21]),
    "theme": st.sampled_from(["light", "dark"]),
    "alerts": st.booleans(),
}


def runs(users):
    """What report runs may ask, at moments of their own."""
    user = st.sampled_from(users)
    reports = st.one_of(st.tuples(st.just("weekly"), WEEKS), st.just(("requested", "1")))
    lease = {"shard": st.just(0), "run_id": RUNS, "at_utc": st.sampled_from(MOMENTS)}
    lease |= {"until_utc": st.sampled_from(MOMENTS)}
    states = st.sampled_from(["sent", "skipped", "unreachable", "failed"])
    return st.one_of(
        st.builds(ClaimDue, **lease, most=st.integers(1, 2)),
        st.builds(HoldRun, **lease),
        st.builds(ReleaseRun, shard=st.just(0), run_id=RUNS),
        *(
            st.builds(
                lambda user, report, run, kind=kind, **end: kind(
                    user_id=user, kind=report[0], key=report[1], run_id=run, **end
                ),
                *(user, reports, RUNS),
                **end,
            )
            for kind, end in (
                (StartSending, {"at_utc": st.sampled_from(MOMENTS)}),
                (ReleaseReport, {"at_utc": st.sampled_from(MOMENTS)}),
                (FinishReport, {"state": states, "at_utc": st.sampled_from(MOMENTS)}),
            )
        ),
        st.builds(StartAlert, user_id=user, at_utc=st.sampled_from(MOMENTS), pseudonym=st.just("p")),
        st.builds(StartReminder, user_id=user, at_utc=st.sampled_from(MOMENTS)),
        st.builds(Postpone, user_id=user, wait_s=st.sampled_from([0, 90_000])),
    )


def timed(operation, most_hours):
    """A history: operations, each some time after the one before."""
    step = st.tuples(operation, st.integers(0, most_hours).map(lambda hours: timedelta(hours=hours)))
    return st.lists(step, max_size=15)


def tell(story, *, times=1, keep=lambda operation: True):
    """The story on a shard of its own: every answer, and what is in the shard afterwards, but for what is random."""
    with closing(Shard().connection) as connection:
        now_utc, answers = NOON, []
        for operation, later in story:
            now_utc += later
            if keep(operation):
                answers += [[run(connection, operation, now_utc) for _ in range(times)][-1]]
        return [unnamed(str(answer)) for answer in answers], [unnamed(line) for line in connection.iterdump()]


def unnamed(text):
    """The text without pseudonyms, which differ from run to run."""
    return re.sub(r"\b[0-9a-f]{32}\b", "pseudonym", text)


@RARELY_SLOW
@given(timed(st.one_of(operations([7, 8], [99, 100, 101, 120]), runs([7, 8])), most_hours=60))
def test_every_operation_run_twice_leaves_what_it_leaves_when_run_once(story):
    assert tell(story, times=2)[1] == tell(story)[1]


def own_updates(user):
    return st.tuples(user, st.integers(0, 3)).map(lambda pair: (pair[0], 100 * pair[0] + pair[1]))


@RARELY_SLOW
@given(timed(operations([7, 8], own_updates), most_hours=1))
def test_a_person_s_answers_are_the_same_with_and_without_a_neighbour_on_the_shard(story):
    def is_mine(operation):
        return operation.user_id == 7

    alone, _ = tell(story, keep=is_mine)
    together, _ = tell(story)

    assert [answer for answer, (operation, _) in zip(together, story, strict=True) if is_mine(operation)] == alone


@RARELY_SLOW
@given(timed(operations([7, 8], [99, 100]), most_hours=60))
def test_no_answer_ever_holds_a_word_for_somebody_else_even_under_the_same_update_number(story):
    answers, _ = tell(story)

    for answer, (operation, _) in zip(answers, story, strict=True):
        assert f"for {15 - operation.user_id}" not in str(answer)
