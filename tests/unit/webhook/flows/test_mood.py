"""A mood without a photo: one tap keeps it, and shows what stands."""

from burnout.store.days import ReadDay
from tests import updates
from tests.unit.webhook.conftest import data


def test_one_tap_keeps_a_mood_and_another_soon_after_corrects_it(bot):
    notice, call = bot(updates.button("v1:mood:3"))
    bot.later(60)
    bot(updates.button("v1:mood:2"))

    assert notice.params["text"] == "Noted: 3 of 5."
    assert call.params["text"].endswith("you said <b>3 of 5</b>, so-so.")
    assert data(call) == [f"v1:mood:{rating}" for rating in range(1, 6)]
    assert bot.store(ReadDay(user_id=7)).ratings == (2,)
