"""Photos over a limit: one kind sentence, then silence, until the hour or the day is over; nobody else notices."""

import pytest

from tests import updates
from tests.unit.webhook.conftest import photo

HOUR_S, DAY_S = 3600, 24 * 3600


@pytest.fixture
def few(bot):
    """A bot that looks at two photos an hour and three a day."""
    bot.photos_per_hour, bot.photos_per_day = 2, 3
    return bot


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Thank you, that is enough for now: I look at 2 photos an hour. Please come back in an hour."),
        ("ru", "Спасибо, пока хватит: в час я смотрю 2 фото. Приходите, пожалуйста, через час."),
    ],
)
def test_first_photo_over_the_hours_limit_hears_when_to_come_back_and_further_ones_nothing(few, language, sentence):
    few(updates.button(f"v1:lang:{language}"))
    few(photo())
    few(photo())
    update = photo()

    said = few.says(update)
    rest = [few(photo()) for _ in range(3)]

    assert said == sentence
    assert (rest, few.outcome) == ([[], [], []], "limited")
    assert few.says(update) == said, "brought again it gets its stored sentence"
    assert len(few.files.downloaded) == 2


def test_silent_photos_do_not_lengthen_the_hour(few):
    for _ in range(5):
        few(photo())
    few.later(HOUR_S / 2)
    few(photo())
    few.later(HOUR_S / 2 + 1)
    few.photos_per_day = 100

    assert "mostly negative" in few.says(photo())


def test_first_photo_over_the_days_limit_is_told_tomorrow_and_the_next_day_goes_on(few):
    few.photos_per_hour = 30
    for _ in range(3):
        few(photo())

    said = few.says(photo())
    few.later(2 * HOUR_S)
    later = few(photo())
    few.later(DAY_S)

    assert said == "Thank you, that is enough for today: I look at 3 photos a day. Please come back tomorrow."
    assert later == []
    assert "mostly negative" in few.says(photo())


def test_sentence_of_the_hour_counts_into_the_day(few):
    few.photos_per_hour = 1
    few(photo())
    assert "come back in an hour" in few.says(photo())
    few.later(HOUR_S + 1)
    few(photo())

    assert "come back tomorrow" in few.says(photo())


def test_album_counts_once(few):
    for _ in range(4):
        few(photo(media_group_id="album"))

    assert "mostly negative" in few.says(photo())


def test_photos_that_were_refused_count(few):
    few(photo(forward_origin={"type": "hidden_user"}))
    few(updates.message(sticker={"file_id": "s"}))

    assert "come back in an hour" in few.says(photo())


def test_words_and_buttons_go_on_after_the_limit(few):
    for _ in range(4):
        few(photo())

    assert "Last 7 days" in few.says(updates.text("/history"))
    assert few(updates.button("v1:erase"))[1].method == "editMessageText"


def test_limit_of_one_person_is_nobody_elses(few):
    few(updates.button("v1:agree:2:en", 8))
    for _ in range(4):
        few(photo())

    assert "mostly negative" in few.says(photo(8))
