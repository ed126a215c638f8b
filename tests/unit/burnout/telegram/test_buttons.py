"""Callback data is a closed grammar: what is written is read back, and nothing else is read."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.emotions import Emotion
from burnout.schedule import zone_names
from burnout.store.days import Value
from burnout.telegram.buttons import GRAMMAR, LIMIT_BYTES, Action, Button, Moment, Sofar, data_of, parse_button
from burnout.values import Hour, Rating, TimeZoneName, Weekday, WeekKey, Whole

VALUES = {
    Whole: st.integers(0, 2**53 - 1),
    Rating: st.integers(1, 5),
    Hour: st.integers(0, 23),
    Weekday: st.integers(0, 6),
    WeekKey: st.from_regex(r"[0-9]{4}-W[0-9]{2}", fullmatch=True),
    TimeZoneName: st.sampled_from(sorted(zone_names())) | st.just("Z" * 40),
    Emotion: st.sampled_from(Emotion),
    Moment: st.integers(0, 2**32 - 1),
    date: st.dates(),
    Value: st.integers(0, 5),
    Sofar: st.text("01234", max_size=6),
}


@st.composite
def any_button(draw):
    action = draw(st.sampled_from(sorted(GRAMMAR)))
    kinds = get_args(GRAMMAR[action])
    values = [VALUES[kind] if kind in VALUES else st.sampled_from(get_args(kind)) for kind in kinds]
    return Button(action, draw(st.tuples(*values)))


def test_grammar_has_every_action():
    assert set(GRAMMAR) == set(get_args(Action))


@given(any_button())
def test_every_button_is_read_back_and_fits_telegrams_64_bytes(button):
    data = data_of(button.action, *button.values)

    assert parse_button(data) == button
    assert 1 <= len(data.encode()) <= LIMIT_BYTES


@pytest.mark.parametrize(
    ("action", "values", "why"),
    [
        ("zone", ["Z" * 57], "over 64 bytes"),
        ("zone", ["Z" * 41], "not in the grammar"),
        ("rate", [1, 6], "not in the grammar"),
        ("rate", [1], "not in the grammar"),
        ("keep", [1], "not in the grammar"),
    ],
)
def test_button_that_telegram_or_the_grammar_would_refuse_is_never_made(action, values, why):
    with pytest.raises(ValueError, match=why):
        data_of(action, *values)


@given(
    st.text(max_size=64)
    | st.from_regex(r"v1:(up|rate|hist|is|lang|agree|hour|week|zone|quiet)(:[-+0-9a-z. ]{0,5}){0,3}", fullmatch=True)
)
def test_whatever_is_read_is_spelled_exactly_as_it_would_be_written(data):
    button = parse_button(data)

    assert button is None or data_of(button.action, *button.values) == data


@pytest.mark.parametrize(
    "data",
    [None, "", "v1", "v1:", "v2:up:1", "v1:up", "v1:up:1:2", "v1:up:01", "v1:up:-1", "v1:up:1.0", "v1:up:٣", "V1:up:1",
     "v1:rate:1:0", "v1:rate:1:6", "v1:is:1:joy", "v1:lang:xx", "v1:up:9007199254740992", "v1:hist:7; DROP TABLE",
     "v1:keep:", "v1:hour:24", "v1:week:2026-48:3", "v1:zone:Europe/Berlin\n", "v1:zone:a:b", "v1:chart:pie:0",
     "v1:erase:7", "v1:chart:course:9", "v1:hist:9", "v1:bin:1", "v1:bin:1:list", "v1:selfie:-1",
     "v1:donate:maybe", "v1:back:1:2", "v1:mood:6",
     "v1:energy:2026-02-30:2", "v1:energy:2026-11-18:6", "v1:energy:2026-11-18:٣", "v1:energy:2026-11-8:3",
     "v1:sleep:2026-11-18:5", "v1:had:2026-11-18:overtime:2", "v1:had:2026-11-18:boredom:1", "v1:unmood:4294967296",
     "v1:about:2026-11-31", "v1:check:0000000", "v1:check:5", "v1:check:٣", "v1:check: "],
)  # fmt: skip
def test_anything_else_is_no_button(data):
    assert parse_button(data) is None
