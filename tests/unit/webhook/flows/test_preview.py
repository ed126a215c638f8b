"""What Telegram's preview of a file may say in its place."""

import pytest

from burnout.errors import OutOfTimeError, TelegramRejectedError
from burnout.inference import InferFailure
from tests import updates
from tests.fakes import face, inference
from tests.unit.webhook.conftest import THUMBNAIL, photo


@pytest.mark.parametrize(
    ("code", "said", "downloaded"),
    [
        ("heic", "mostly negative", ["file", "thumb"]),
        ("damaged", "mostly negative", ["file", "thumb"]),
        ("not_an_image", "no picture", ["file"]),  # its preview would not be one either
        ("too_large", "too large", ["file"]),
    ],
)
def test_preview_is_read_where_the_file_is_a_picture_that_cannot_be_read(bot, code, said, downloaded):
    answers = [InferFailure(code=code, message=""), bot.infer.answer]
    bot.infer.before = lambda: setattr(bot.infer, "answer", answers.pop(0))

    assert said in bot.says(photo(make=updates.document, mime_type="image/heic", thumbnail=THUMBNAIL))
    assert bot.files.downloaded == downloaded


@pytest.mark.parametrize(
    ("preview", "said"),
    [
        (inference(), "cannot open this HEIC"),  # of 320 px: a face in the file may be too small in it
        (inference(face(sharpness=2.0)), "cannot open this HEIC"),
        (InferFailure(code="damaged", message=""), "cannot open this HEIC"),
        (inference(face(300), face(300)), "several faces"),
    ],
)
def test_preview_that_tells_too_little_is_not_taken_for_the_picture(bot, preview, said):
    answers = [InferFailure(code="heic", message=""), preview]
    bot.infer.before = lambda: setattr(bot.infer, "answer", answers.pop(0))

    assert said in bot.says(photo(make=updates.document, mime_type="image/heic", thumbnail=THUMBNAIL))


@pytest.mark.parametrize("failure", [OutOfTimeError("download"), TelegramRejectedError("getFile", 400, "")])
def test_file_that_left_no_time_for_its_preview_or_has_lost_it_is_told_at_once(bot, failure):
    bot.infer.answer = InferFailure(code="heic", message="")
    bot.infer.before = lambda: bot.files.failures.append(failure)

    assert "cannot open this HEIC" in bot.says(photo(make=updates.document, mime_type=None, thumbnail=THUMBNAIL))
