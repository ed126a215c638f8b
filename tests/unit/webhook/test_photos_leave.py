"""A photo leaves S3 with its update's end, whichever attempt put it and under whichever prefix."""

import pytest

from burnout.errors import FileTooLargeError, FunctionCrashedError, FunctionUnavailableError
from burnout.inference import InferFailure
from tests import updates
from tests.fakes import KillError, face, inference
from tests.unit.webhook.conftest import check_ins, checked_in, photo


def killed(bot, update):
    """An attempt that put its photo and was killed in infer."""
    bot.infer.failures.append(KillError())
    with pytest.raises(KillError):
        bot(update)
    assert len(keys_of(bot, update)) == 1


def keys_of(bot, update):
    return [key.split("/")[0] for key in bot.photos.kept if key.endswith(f"/{update['update_id']}")]


def over_the_limit(photos):
    def happens(bot, _):
        for _ in range(photos):
            checked_in(bot)
        bot.photos_per_day = 1

    return happens


def answered_by_infer(answer):
    return lambda bot, _: setattr(bot.infer, "answer", answer)


def recorded_and_killed(bot, update):
    """The store was killed between the row and the deletion."""
    bot.infer.before = lambda: bot.photos.failures.append(KillError())  # after the put, so for the deletion
    with pytest.raises(KillError):
        bot(update)
    bot.infer.before = lambda: None


MEANWHILE = {  # what happens between the two attempts, and how the second one ends
    "answered": (lambda *_: None, "answered"),
    "the limit is told": (over_the_limit(1), "limited"),
    "the limit was told": (over_the_limit(2), "limited"),
    "its album was answered": (lambda bot, _: bot(photo(media_group_id="album")), "album"),
    "too large to download": (lambda bot, _: bot.files.failures.append(FileTooLargeError("getFile")), "too_large"),
    "too large to read": (answered_by_infer(InferFailure(code="too_large", message="")), "too_large"),
    "no face": (answered_by_infer(inference()), "no_face"),
    "too dark": (answered_by_infer(inference(brightness=0.01)), "too_dark"),
    "several faces": (answered_by_infer(inference(face(300), face(300))), "several_faces"),
    "given up": (lambda bot, _: bot.infer.failures.append(FunctionCrashedError("infer", "E")), "dead_letter"),
    "given up at once": (lambda bot, _: bot.store.failures.append(FunctionCrashedError("store", "E")), "dead_letter"),
    "recorded and killed": (recorded_and_killed, "duplicate"),
}


@pytest.mark.parametrize("first", ["v1:donate:off", "v1:donate:on"])
@pytest.mark.parametrize("second", ["v1:donate:off", "v1:donate:on"])
@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_photo_of_a_killed_attempt_is_gone_when_a_later_one_ends(bot, first, second, meanwhile):
    happens, outcome = MEANWHILE[meanwhile]
    update = photo(media_group_id="album" if meanwhile == "its album was answered" else None)
    bot(updates.button(first))
    killed(bot, update)
    bot(updates.button(second))
    happens(bot, update)

    bot(update)

    given = second == "v1:donate:on" and meanwhile in {"answered", "recorded and killed"}
    assert (bot.outcome, keys_of(bot, update)) == (outcome, ["donated"] if given else [])
    assert bot.store.noted == []


def test_photo_of_a_killed_attempt_is_gone_when_the_next_one_asks_for_a_new_agreement(bot):
    update = photo()
    killed(bot, update)
    bot.baseline_shown_percent = 10  # the notice is another one now

    bot(update)

    assert (bot.outcome, keys_of(bot, update), check_ins(bot)) == ("no_consent", [], 0)


@pytest.mark.parametrize("failure", [FunctionCrashedError("infer", "E"), FunctionUnavailableError("infer")])
def test_photo_that_fails_while_its_sender_erases_everything_is_nobodys(bot, failure):
    def erased():
        bot.infer.before = lambda: None
        put = dict(bot.photos.kept)
        bot(updates.button("v1:erase"))
        bot.photos.kept |= put  # as when it was put a moment later
        raise failure

    bot.infer.before = erased
    update = photo()

    assert bot(update) == []
    assert (check_ins(bot), keys_of(bot, update)) == (0, [])
