import msgspec
import pytest

from burnout.store.inventories import Inventory


@pytest.mark.parametrize(("answers", "score"), [("000000", 0), ("444444", 100), ("012343", 325 / 6)])
def test_a_score_is_the_mean_of_six_answers_of_25_points_a_step(answers, score):
    assert Inventory(day="2026-11-29", answers=answers).score == pytest.approx(score)


@pytest.mark.parametrize("answers", ["", "01234", "0123450", "012345", "01234٣", "012343\n"])
def test_other_answers_are_refused(answers):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"day": "2026-11-29", "answers": answers}, Inventory)
