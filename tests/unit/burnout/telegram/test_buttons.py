"""Callback data is a closed grammar: what is written is read back, and nothing else is read."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.emotions import Emotion
from burnout.schedule import zone_names
from burnout.telegram import buttons
from burnout.telegram.buttons import data_of, parse_button

numbers = st.integers(0, 2**53 - 1)
languages = st.sampled_from(["en", "ru"])
hours = st.integers(0, 23)
weeks = st.from_regex(r"[0-9]{4}-W[0-9]{2}", fullmatch=True)
any_button = st.one_of(
    st.builds(buttons.Agree, numbers, languages),
    st.builds(buttons.Decline, languages),
    st.builds(buttons.ShowStart, languages),
    st.builds(buttons.ThumbUp, numbers),
    st.builds(buttons.ThumbDown, numbers),
    st.builds(buttons.Correct, numbers, st.sampled_from(Emotion)),
    st.builds(buttons.RateMood, numbers, st.integers(1, 5)),
    st.builds(buttons.ShowHistory, numbers),
    st.builds(buttons.ChooseLanguage, languages),
    st.builds(buttons.ShowAnswer, numbers),
    st.builds(buttons.UndoEntry, numbers),
    st.builds(buttons.KeepEntry),
    st.builds(buttons.ShowReport),
    st.builds(buttons.ShowChart, st.sampled_from(["course", "calendar"])),
    st.builds(buttons.AskWeek, weeks),
    st.builds(buttons.WeekAnswer, weeks, st.integers(1, 5)),
    st.builds(buttons.ShowSettings),
    st.builds(buttons.OpenSetting, st.sampled_from(get_args(buttons.SettingName))),
    st.builds(buttons.SetReports, st.sampled_from(["on", "off"])),
    st.builds(buttons.SetWeekday, st.integers(0, 6)),
    st.builds(buttons.SetHour, hours),
    st.builds(buttons.SetZone, st.sampled_from(sorted(zone_names()))),
    st.builds(buttons.SetReminder, hours),
    st.builds(buttons.StopReminders),
    st.builds(buttons.SetQuiet, hours, hours),
    st.builds(buttons.SetTheme, st.sampled_from(["light", "dark"])),
    st.builds(buttons.AskRemove, numbers, st.sampled_from(["answer", "question", "unsure"])),
    st.builds(buttons.AskRating, numbers),
    st.builds(buttons.AskRatingUnsure, numbers),
    st.builds(buttons.AskEmotion, numbers),
    st.builds(buttons.DeleteSelfie, numbers),
    st.builds(buttons.EraseEverything),
    st.builds(buttons.KeepEverything),
    st.builds(buttons.SetAlerts, st.sampled_from(["on", "off"])),
    st.builds(buttons.DonatePhotos, st.sampled_from(["on", "off"])),
)


@given(any_button)
def test_every_button_is_read_back_and_fits_telegrams_64_bytes(button):
    data = data_of(button)

    assert parse_button(data) == button
    assert 1 <= len(data.encode()) <= 64


@given(
    st.text(max_size=64)
    | st.from_regex(r"v1:(up|rate|hist|is|lang|agree|hour|week|zone|quiet)(:[-+0-9a-z. ]{0,5}){0,3}", fullmatch=True)
)
def test_whatever_is_read_is_spelled_exactly_as_it_would_be_written(data):
    button = parse_button(data)

    assert button is None or data_of(button) == data


@pytest.mark.parametrize(
    "data",
    [None, "", "v1", "v1:", "v2:up:1", "v1:up", "v1:up:1:2", "v1:up:01", "v1:up:-1", "v1:up:1.0", "v1:up:٣", "V1:up:1",
     "v1:rate:1:0", "v1:rate:1:6", "v1:is:1:joy", "v1:lang:de", "v1:up:9007199254740992", "v1:hist:7; DROP TABLE",
     "v1:keep:", "v1:hour:24", "v1:week:2026-48:3", "v1:zone:Europe/Berlin\n", "v1:zone:a:b", "v1:chart:pie",
     "v1:erase:7", "v1:bin:1", "v1:bin:1:list", "v1:selfie:-1", "v1:give:maybe", "v1:back:1:2"],
)  # fmt: skip
def test_anything_else_is_no_button(data):
    assert parse_button(data) is None
