"""The photo's path as a person meets it: what is answered, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import msgspec
import pytest

from burnout.errors import (
    FileTooLargeError,
    FunctionUnavailableError,
    OvertakenError,
    TransientError,
)
from burnout.inference import InferFailure
from burnout.store.check_ins import ReadHistory
from burnout.store.privacy import ReadRows
from burnout.values import NOTICE_VERSION
from tests import updates
from tests.fakes import face, inference, prediction
from tests.unit.webhook.conftest import THUMBNAIL, check_ins, data, labels, photo

BOT = {"id": 1, "is_bot": True, "first_name": "Pictures"}
FORWARDED = [  # Bot API 7.0 joined all but the last two into the first; older servers send the others
    {"forward_origin": {"type": "hidden_user", "sender_user_name": "Ann", "date": updates.DATE}},
    {"forward_date": updates.DATE},
    {"forward_from": updates.user(8)},
    {"forward_from_chat": {"id": -100500, "type": "channel"}},
    {"forward_sender_name": "Ann"},
    {"is_automatic_forward": True},
    {"via_bot": BOT},
]


def test_photo_is_answered_with_class_confidence_caution_and_buttons(bot):
    update = photo()
    number = update["message"]["message_id"]

    (call,) = bot(update)

    assert call.method == "sendMessage"
    assert "<b>mostly negative</b>: I am fairly sure (68%)" in call.params["text"]
    assert "sad (68%), happy (32%)" in call.params["text"]
    assert "a face is not a feeling. How do you feel?" in call.params["text"]
    assert labels(call) == [["👍", "👎", "🗑"], ["1", "2", "3", "4", "5"]]
    bin_ = f"v1:bin:{number}:answer"
    assert data(call) == [f"v1:up:{number}", f"v1:down:{number}", bin_, *(f"v1:rate:{number}:{n}" for n in range(1, 6))]
    assert check_ins(bot) == 1


@pytest.mark.parametrize(
    ("negative", "certainty", "details"),
    [
        (0.9999, "<b>mostly negative</b>: I am quite sure (99%)", "What I saw most: sad (99%).\n"),
        (0.0001, "<b>mostly positive</b>: I am quite sure (99%)", "What I saw most: happy (99%).\n"),
        (0.99, "<b>mostly negative</b>: I am quite sure (99%)", "What I saw most: sad (99%), happy (1%).\n"),
    ],
)
def test_no_answer_is_sure_to_a_hundred_per_cent_or_tells_what_was_not_seen(bot, negative, certainty, details):
    bot.infer.answer = inference(face(mvp=prediction(negative)))

    said = bot.says(photo())

    assert certainty in said
    assert details in said


def test_photo_key_tells_neither_the_person_nor_changes_between_attempts(bot):
    bot(updates.button(f"v1:agree:{NOTICE_VERSION}:en", 123456789))
    update = photo(123456789)
    bot.infer.failures.append(FunctionUnavailableError("throttled"))

    with pytest.raises(TransientError):
        bot(update)
    bot(update)

    first, second = bot.infer.asked
    assert first == second
    assert first.startswith("photos/")
    assert first.endswith(f"/{update['update_id']}")
    assert "123456789" not in first


def test_repeated_update_gets_the_stored_answer_and_does_nothing_again(bot):
    update = photo()
    first = bot(update)
    bot.infer.answer = inference(face(mvp=prediction(0.1)))

    assert bot(update) == first
    assert bot.outcome == "duplicate"
    assert (len(bot.infer.asked), check_ins(bot)) == (1, 1)


def test_same_update_ten_times_in_parallel_is_one_prediction_and_one_answer(bot):
    update = photo()
    together = Barrier(10, timeout=30)
    bot.infer.before = together.wait  # nobody records before all ten have begun

    def deliver(_):
        try:
            return bot(update)
        except OvertakenError as error:
            return error.retry_after_s

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(deliver, range(10)))

    answers = [result for result in results if isinstance(result, list)]
    assert len(answers) == 1
    assert results.count(2) == 9
    assert check_ins(bot) == 1
    assert bot(update) == answers[0]


def test_album_is_one_check_in_with_one_answer_of_each_person(bot):
    first, second = (photo(media_group_id="album") for _ in range(2))

    assert "From an album I read the first photo" in bot.says(first)
    assert bot(second) == []
    assert (bot.outcome, check_ins(bot)) == ("album", 1)
    bot(updates.button(f"v1:agree:{NOTICE_VERSION}:en", 8))
    assert len(bot(photo(8, media_group_id="album"))) == 1


def test_album_whose_first_photo_is_refused_gets_one_sentence(bot):
    bot.infer.answer = inference()
    assert "no face" in bot.says(photo(media_group_id="album"))

    assert bot(photo(media_group_id="album")) == []


@pytest.mark.parametrize(
    ("update", "sentence"),
    [
        *((photo(**forwarded), "forwarded") for forwarded in FORWARDED),
        (updates.message(video={"file_id": "v"}), "cannot watch videos"),
        (updates.message(animation={"file_id": "a"}, document={"file_id": "a"}), "cannot watch GIFs"),
        (
            updates.message(video={"file_id": "v"}, forward_origin={"type": "hidden_user"}),
            "cannot watch videos",
        ),
        (updates.document("image/gif"), "cannot watch GIFs"),
        (updates.document("video/mp4"), "cannot watch videos"),
        (updates.document("application/pdf", file_name="a.pdf"), "does not look like a picture"),
        (updates.document("audio/mpeg"), "does not look like a picture"),
        (updates.document("image/jpeg", file_size=25 << 20), "up to 20 MB"),
    ],
)
def test_what_is_no_photo_gets_its_own_sentence_without_a_download(bot, update, sentence):
    assert sentence in bot.says(update)
    assert bot.files.downloaded == []
    assert check_ins(bot) == 0


@pytest.mark.parametrize(
    ("update", "downloaded"),
    [
        (photo(long_side_px=2560), "size800"),  # the smallest that has enough
        (photo(long_side_px=800), "size800"),
        (photo(long_side_px=320), "size320"),
        (
            photo(reply_to_message=FORWARDED[0], external_reply={"origin": {}, "photo": []}, quote={"text": "?"}),
            "size800",
        ),
        (photo(is_automatic_forward=False), "size800"),
        *(
            (photo(make=updates.document, mime_type=kind, thumbnail=THUMBNAIL, **more), "file")
            for kind, more in [
                *((kind, {}) for kind in ("image/png", "image/webp", "image/heic", "image/avif", "image/pjpeg")),
                *((kind, {}) for kind in ("IMAGE/JPEG", "application/octet-stream", None)),
                ("image/jpeg", {"file_size": 1000}),
                ("application/zip", {"file_name": "me.JPG"}),
                ("video/mp4", {"file_name": "me.heic"}),
            ]
        ),
    ],
)
def test_photo_or_image_file_is_answered_by_the_file_that_suffices(bot, update, downloaded):
    assert "mostly negative" in bot.says(update)
    assert bot.files.downloaded == [downloaded]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (inference(), "no face"),
        (inference(brightness=0.03), "too dark"),
        (inference(face(brightness=0.04)), "too dark"),
        (inference(face(sharpness=2.0)), "too blurred"),
        (inference(face(300), face(200)), "several faces"),
        (inference(*[face(100)] * 12), "several faces"),
        (InferFailure(code="not_an_image", message=""), "no picture that I can read in this file"),
        (InferFailure(code="damaged", message=""), "missing or damaged"),
        (InferFailure(code="heic", message=""), "I cannot open this HEIC"),
        (InferFailure(code="too_large", message=""), "too large"),
        (InferFailure(code="too_costly", message=""), "more time or memory"),
    ],
)
def test_photo_that_cannot_be_read_gets_a_sentence_and_is_not_a_check_in(bot, answer, sentence):
    bot.infer.answer = answer

    assert sentence in bot.says(photo())
    assert check_ins(bot) == 0


def test_small_face_beside_a_large_one_does_not_refuse_a_selfie(bot):
    bot.infer.answer = inference(face(300), face(100))

    assert "mostly negative" in bot.says(photo())


def test_file_that_turns_out_too_large_gets_a_sentence(bot):
    bot.files.failures.append(FileTooLargeError("getFile"))

    assert "too large" in bot.says(photo())


def test_observation_time_is_the_messages_date_and_not_the_processing_time(bot):
    bot.later(20 * 3600)
    bot(photo())

    (day,) = bot.store(ReadHistory(user_id=7)).days
    assert day.day == "2026-11-18"


def kept(bot):
    """The rows of person 7's check-ins, by their columns."""
    found = bot.store(ReadRows(user_id=7, table="check_ins"))
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.mark.parametrize(
    ("shadow", "percent", "shown", "seen", "ran"),
    [
        (0, 0, "mvp", "sad (68%)", {"mvp"}),
        (100, 0, "mvp", "sad (68%)", {"mvp", "baseline"}),
        (0, 100, "baseline", "sad (91%)", {"mvp", "baseline"}),
    ],
)
def test_one_is_shown_and_those_that_ran_are_kept_with_their_files(bot, shadow, percent, shown, seen, ran):
    bot.baseline_shadow_percent, bot.baseline_shown_percent = shadow, percent
    bot(updates.button(f"v1:agree:{NOTICE_VERSION + 1}:en"))

    assert seen in bot.says(photo())

    (row,) = kept(bot)
    models, files = (msgspec.json.decode(row[column]) for column in ("models_json", "versions_json"))
    assert (row["shown_model"], files.keys()) == (shown, ran)
    kept_of = {name: (prediction["negative"], files[name]) for name, prediction in models.items()}
    assert kept_of == {name: {"baseline": (0.91, "0" * 64), "mvp": (0.68, "1" * 64)}[name] for name in ran}


def test_check_in_keeps_the_model_that_was_shown_when_the_share_changes(bot):
    update = photo()
    bot(update)
    bot.baseline_shown_percent = 100
    bot(updates.button(f"v1:agree:{NOTICE_VERSION + 1}:en"))

    _, call = bot(updates.button(f"v1:rate:{update['message']['message_id']}:3"))

    assert "mostly negative to me (68%)" in call.params["text"]
    assert [row["shown_model"] for row in kept(bot)] == ["mvp"]
