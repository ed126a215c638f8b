"""Photos over a limit: one kind sentence, then silence, until the hour or the day is over; nobody else notices."""

import pytest

from burnout.errors import FunctionCrashedError, FunctionUnavailableError, OvertakenError, TransientError
from burnout.texts import text
from burnout.values import NOTICE_VERSION
from tests import updates
from tests.fakes import KillError
from tests.unit.webhook.conftest import check_ins, photo

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

    assert said == f"{sentence}\n\n{text('or_a_number', language)}"
    assert (rest, few.outcome) == ([[], [], []], "limited")
    assert few.says(update) == said, "brought again it gets its stored sentence"
    assert len(few.files.downloaded) == 2


def test_first_photo_over_the_days_limit_is_told_tomorrow_and_the_next_day_goes_on(few):
    few.photos_per_hour = 30
    for _ in range(3):
        few(photo())

    said = few.says(photo())
    few.later(2 * HOUR_S)
    later = few(photo())
    few.later(DAY_S)

    assert said.startswith("Thank you, that is enough for today: I look at 3 photos a day. Please come back tomorrow.")
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


NO_PHOTOS = [
    {"sticker": {"file_id": "s"}},
    {"voice": {"file_id": "v"}},
    {"contact": {"phone_number": "1", "first_name": "Ann"}},
    {"video": {"file_id": "v"}, "media_group_id": "album"},
    {"document": {"file_id": "d", "mime_type": "application/pdf"}, "media_group_id": "files"},
    {"pinned_message": {"message_id": 1}},
]


@pytest.mark.parametrize("content", NO_PHOTOS, ids=lambda content: next(iter(content)))
def test_what_is_no_photo_uses_no_allowance(single, content):
    for _ in range(5):
        single(updates.message(**content))

    assert heard([single(photo()), single(photo())]) == (1, 1, 0)
    assert [len(single(updates.message(**content | {"media_group_id": str(n)}))) for n in range(2)] == [
        0 if "pinned_message" in content else 1
    ] * 2, "a photo over the limit silences nothing else"


def test_album_of_what_is_no_photo_gets_one_sentence_and_so_does_its_repetition(bot):
    first, second = (updates.message(video={"file_id": "v"}, media_group_id="album") for _ in range(2))

    said = bot.says(first)

    assert said.startswith("I cannot watch videos")
    assert (bot(second), bot.says(first)) == ([], said)


def test_words_and_buttons_go_on_after_the_limit(few):
    for _ in range(4):
        few(photo())

    assert "Last 7 days" in few.says(updates.text("/history"))
    assert few(updates.button("v1:erase"))[1].method == "editMessageText"


def test_limit_of_one_person_is_nobody_elses(few):
    few(updates.button(f"v1:agree:{NOTICE_VERSION}:en", 8))
    for _ in range(4):
        few(photo())

    assert "mostly negative" in few.says(photo(8))


@pytest.fixture
def single(bot):
    """A bot that looks at one photo a day."""
    bot.photos_per_day = 1
    return bot


def at_once(bot, updates_of_photos):
    """The answer to each photo, all of which were in infer, or over, before the first was recorded.

    One that is sent back comes again when the others are done, as Telegram brings it.
    """
    left, answers, again = list(updates_of_photos), [], []

    def deliver_next():
        if left:
            update = left.pop(0)
            try:
                answers.append(bot(update))
            except OvertakenError:
                again.append(update)
            deliver_next()

    bot.infer.before = deliver_next
    deliver_next()
    bot.infer.before = lambda: None
    return answers + [bot(update) for update in again]


def heard(answers):
    """How many photos were looked at, told of the limit, or left without a word."""
    words = [calls[0].params["text"] if calls else "" for calls in answers]
    limited = sum(word.startswith("Thank you, that is enough") for word in words)
    return len(words) - limited - words.count(""), limited, words.count("")


def test_of_twenty_photos_at_once_with_a_limit_of_one_a_day_one_is_looked_at_and_one_hears_the_limit(single):
    answers = at_once(single, [photo() for _ in range(20)])

    assert heard(answers) == (1, 1, 18)
    assert (len(single.infer.asked), len(single.files.downloaded), check_ins(single)) == (1, 1, 1)


def test_photos_at_once_that_were_all_far_from_the_limit_when_they_began_are_no_more_than_it_either(bot):
    bot.photos_per_hour = 10

    answers = at_once(bot, [photo() for _ in range(15)])

    assert heard(answers) == (10, 1, 4)
    assert check_ins(bot) == 10
    assert bot.photos.kept == {}


def test_photo_that_fails_near_the_limit_has_its_place_when_it_comes_back(single):
    first, second, third = photo(), photo(), photo()
    single.infer.failures.append(FunctionUnavailableError("throttled"))
    with pytest.raises(TransientError):
        single(first)

    answers = [single(second), single(third), single(first)]

    assert [heard([calls]) for calls in answers] == [(0, 1, 0), (0, 0, 1), (1, 0, 0)]
    assert check_ins(single) == 1


@pytest.mark.parametrize(("later_s", "said"), [(590, (0, 1, 0)), (601, (1, 0, 0))])
def test_place_of_a_photo_that_never_comes_back_is_free_after_ten_minutes(single, later_s, said):
    single.infer.failures.append(KillError())
    with pytest.raises(KillError):
        single(photo())
    single.later(later_s)

    assert heard([single(photo())]) == said


def test_photo_that_was_given_up_counts_and_is_no_longer_under_way(few):
    few.infer.failures.append(FunctionCrashedError("infer", "ValueError"))

    assert "it is my fault" in few.says(photo())
    assert [heard([few(photo())]) for _ in range(3)] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]


def test_two_photos_of_an_album_at_once_are_one_check_in_and_take_one_place(few):
    answers = at_once(few, [photo(media_group_id="album") for _ in range(2)])

    assert heard(answers) == (1, 0, 1)
    assert check_ins(few) == 1
    assert heard([few(photo()), few(photo())]) == (1, 1, 0)


@pytest.mark.parametrize("photos", [2, 10])
def test_album_at_once_that_takes_the_last_place_is_one_check_in_and_hears_of_no_limit(single, photos):
    answers = at_once(single, [photo(media_group_id="album") for _ in range(photos)])

    assert heard(answers) == (1, 0, photos - 1)
    assert check_ins(single) == 1
    assert heard(at_once(single, [photo(media_group_id="over") for _ in range(3)])) == (0, 1, 2)
    assert heard([single(photo())]) == (0, 0, 1)


def test_photo_without_consent_to_the_newer_notice_takes_no_place(older):
    older.photos_per_day = 2  # one was looked at under the older notice
    older(photo())
    older(updates.button(f"v1:agree:{NOTICE_VERSION}:en"))

    assert heard([older(photo())]) == (1, 0, 0)
