"""What holds for all operations together: every one exists, runs twice like once, and sees one person only."""

from contextlib import closing
from datetime import timedelta
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnout.emotions import Emotion
from burnout.records import (
    AnyOperation,
    Begin,
    Consent,
    Fail,
    GiveFeedback,
    Rate,
    ReadHistory,
    SetLanguage,
    SetReachable,
)
from burnout.store_client import answer_type
from functions.store.operations import OPERATIONS, run
from tests.unit.store.conftest import Shard
from tests.unit.store.samples import NOON, prediction, record, says

RARELY_SLOW = settings(database=None, deadline=None, max_examples=25)


@pytest.mark.parametrize("operation", get_args(AnyOperation), ids=lambda operation: operation.__name__)
def test_every_operation_has_a_function_of_its_types(operation):
    hints = get_type_hints(OPERATIONS[operation])

    assert (hints["operation"], hints["return"]) == (operation, answer_type(operation))


def test_there_is_no_function_without_an_operation():
    assert set(OPERATIONS) == set(get_args(AnyOperation))


def test_every_table_is_strict(shard):
    tables = shard.rows("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")

    assert sorted(tables) == [
        (name, 1) for name in ("failures", "feedback", "people", "predictions", "seen_updates", "self_ratings")
    ]


def test_no_read_walks_through_a_whole_table(shard):
    """Every page that a read touches is a round trip and is metered; only the purge may walk, from the oldest on."""
    seen: list[str] = []
    shard.connection.set_trace_callback(seen.append)
    for operation in (
        record(101, media_group_id="album"),
        Begin(user_id=7, update_id=102, media_group_id="album"),
        Fail(user_id=7, update_id=102, stage="infer", error_type="Timeout"),
        Consent(user_id=7, chat_id=7, version=1, language="en"),
        SetLanguage(user_id=7, language="ru"),
        SetReachable(user_id=7, reachable=False),
        GiveFeedback(user_id=7, message_id=1101, agrees=False),
        Rate(user_id=7, message_id=1101, rating=1),
        ReadHistory(user_id=7, since_utc=NOON),
    ):
        shard(operation)
    shard.connection.set_trace_callback(None)

    plans = [step for query in seen for *_, step in shard.rows(f"EXPLAIN QUERY PLAN {query}")]

    assert len(seen) > 9
    assert [step for step in plans if step.startswith("SCAN") and "CONSTANT ROW" not in step] == []
    assert any("USING INDEX seen_albums" in step or "USING COVERING INDEX seen_albums" in step for step in plans)


def operations(users, update_ids):
    """Anything a webhook may send, in a world small enough that operations meet."""
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
                answer=says(f"for {key[0]}"),
                prediction=prediction(negative) if outcome == "answered" else None,
            ),
            *(update, message, st.sampled_from(["answered", "refused", "dead_letter"])),
            *(st.sampled_from([None, "album"]), negative),
        ),
        st.builds(
            lambda key, stage: Fail(user_id=key[0], update_id=key[1], stage=stage, error_type="Timeout"),
            *(update, st.sampled_from(["put", "infer"])),
        ),
        st.builds(
            lambda key: Begin(user_id=key[0], update_id=key[1], media_group_id="album"),
            update,
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
        st.builds(ReadHistory, user_id=user),
    )


def timed(operation, most_hours):
    """A story: operations, each some time after the one before."""
    step = st.tuples(operation, st.integers(0, most_hours).map(lambda hours: timedelta(hours=hours)))
    return st.lists(step, max_size=15)


def tell(story, *, times=1, keep=lambda operation: True):
    """The story on a shard of its own: every answer, and what is in the shard afterwards."""
    with closing(Shard(":memory:").connection) as connection:
        now_utc, answers = NOON, []
        for operation, later in story:
            now_utc += later
            if keep(operation):
                answers += [[run(connection, operation, now_utc) for _ in range(times)][-1]]
        return answers, list(connection.iterdump())


@RARELY_SLOW
@given(timed(operations([7, 8], [99, 100, 101, 120]), most_hours=60))
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
