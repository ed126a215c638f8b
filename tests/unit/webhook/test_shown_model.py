"""Both models see every photo; whose answer a person reads hangs on who they are, and stays with the check-in."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.inference import MODELS
from burnout.store.privacy import ReadRows
from functions.webhook.assignment import asks_rating_first, shown_model
from tests import updates
from tests.unit.webhook.conftest import photo

USER_IDS = st.integers(1, 2**52)


def share(percent, people=10_000):
    return sum(shown_model(user_id, percent) == "baseline" for user_id in range(1, people + 1)) / people


@pytest.mark.parametrize("percent", [1, 10, 50, 90])
def test_share_of_people_who_read_baseline_is_about_the_setting(percent):
    assert share(percent) == pytest.approx(percent / 100, abs=0.015)  # three standard deviations at 50 %


@given(USER_IDS)
def test_nobody_at_0_percent_and_everybody_at_100(user_id):
    assert (shown_model(user_id, 0), shown_model(user_id, 100)) == ("mvp", "baseline")


@given(USER_IDS, st.integers(0, 100), st.integers(0, 100))
def test_raising_the_share_moves_nobody_back(user_id, one, other):
    lower, higher = sorted((one, other))

    assert shown_model(user_id, higher) == "baseline" or shown_model(user_id, lower) == "mvp"


def test_draw_is_the_same_in_every_process():
    """Written down: Python's own hash of a text would differ from start to start."""
    assert [user_id for user_id in range(1, 31) if shown_model(user_id, 10) == "baseline"] == [1, 8, 11, 25]


def test_it_does_not_hang_on_whether_the_rating_is_asked_first():
    asked = dict.fromkeys(MODELS, 0)
    for user_id in range(1, 4001):
        asked[shown_model(user_id, 50)] += asks_rating_first(user_id, 1)

    assert asked["baseline"] == pytest.approx(asked["mvp"], rel=0.15)


def kept(bot):
    """The rows of person 7's check-ins, by their columns."""
    found = bot.store(ReadRows(user_id=7, table="check_ins"))
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.mark.parametrize(("percent", "shown", "seen"), [(0, "mvp", "sad (68%)"), (100, "baseline", "sad (91%)")])
def test_one_is_shown_and_both_are_kept_with_their_files(bot, percent, shown, seen):
    bot.baseline_shown_percent = percent

    assert seen in bot.says(photo())

    (row,) = kept(bot)
    models = msgspec.json.decode(row["models_json"])
    assert row["shown_model"] == shown
    assert {name: prediction["negative"] for name, prediction in models.items()} == {"baseline": 0.91, "mvp": 0.68}
    assert msgspec.json.decode(row["versions_json"]) == {"baseline": "0" * 64, "mvp": "1" * 64}


def test_check_in_keeps_the_model_that_was_shown_when_the_share_changes(bot):
    update = photo()
    bot(update)
    bot.baseline_shown_percent = 100

    _, call = bot(updates.button(f"v1:rate:{update['message']['message_id']}:3"))

    assert "sad (68%)" in call.params["text"]
    assert [row["shown_model"] for row in kept(bot)] == ["mvp"]
