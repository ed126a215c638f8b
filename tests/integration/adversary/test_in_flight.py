"""A photo is in work when everything is erased: nothing of it stays, and its repetition finds no consent."""

import pytest

from burnout.errors import FunctionUnavailableError, TransientError
from burnout.store.privacy import Sweep
from burnout.values import NOTICE_VERSION
from functions.store.database import shard_of
from tests import updates
from tests.fakes import FakeFiles, KillError, inference
from tests.fuzz.properties import fresh_bot
from tests.integration.adversary.inspection import tables_of
from tests.unit.webhook.conftest import data

ERASE = "v1:erase"


class InterruptedFiles(FakeFiles):
    """Telegram's files, during whose download something else happens."""

    def download(self, file_id):
        self.before()
        return super().download(file_id)


@pytest.fixture
def bot():
    with fresh_bot() as made:
        made.files = InterruptedFiles()
        made.files.before = lambda: None
        yield made


def rows(bot):
    return [row for file in bot.store.root.glob("??.sqlite") for _, found in tables_of(file) for row in found]


def pictures(bot):
    return [key for key in bot.photos.kept if not key.startswith("erasures/")]


def once(action):
    """Does it the first time only."""
    left = [action]
    return lambda: left.pop()() if left else None


@pytest.mark.parametrize("donating", [False, True], ids=["photo", "donated-photo"])
@pytest.mark.parametrize("moment", ["download", "infer"])
def test_photo_in_flight_during_an_erasure_leaves_nothing_and_asks_for_consent_again(bot, moment, donating):
    if donating:
        bot(updates.button("v1:donate:on"))
    bot(updates.photo())
    update = updates.photo()
    hook = once(lambda: bot(updates.button(ERASE)))
    if moment == "download":
        bot.files.before = hook
    else:
        bot.infer.before = hook

    with pytest.raises(TransientError):
        bot(update)
    left = rows(bot), pictures(bot)
    (again,) = bot(update)

    assert left == ([], [])
    assert any(each.startswith("v1:agree") for each in data(again))
    assert (rows(bot), pictures(bot)) == ([], [])


@pytest.mark.parametrize("donating", [False, True], ids=["photo", "donated-photo"])
def test_photo_of_a_run_that_was_killed_after_the_erasure_goes_with_the_next_sweep(bot, donating):
    if donating:
        bot(updates.button("v1:donate:on"))

    def erased_and_killed():
        raise KillError

    bot.files.before = once(lambda: bot(updates.button(ERASE)))
    bot.infer.before = erased_and_killed
    with pytest.raises(KillError):
        bot(updates.photo())
    assert len(pictures(bot)) == 1

    bot.store(Sweep(shard=shard_of(7), at_utc=bot.now_utc))

    assert (rows(bot), pictures(bot)) == ([], [])


@pytest.mark.parametrize("ending", ["answered", "refused", "failed", "failed for good"])
@pytest.mark.parametrize("giving", ["v1:donate:on", "v1:donate:off"])
def test_photo_in_flight_during_an_erasure_and_a_new_yes_is_nobodys(bot, giving, ending):
    bot(updates.button("v1:donate:on"))
    bot(updates.photo())

    def erased_and_agreed():
        for pressed in (ERASE, f"v1:agree:{NOTICE_VERSION}:en", giving):
            bot(updates.button(pressed))
        if ending.startswith("failed"):
            raise TransientError(ending) if ending == "failed" else ZeroDivisionError

    bot.infer.before = once(erased_and_agreed)
    bot.infer.answer = inference() if ending == "refused" else bot.infer.answer

    update = updates.photo()

    said = bot(update)

    assert said == []
    assert [row for row in rows(bot) if row.get("update_id") == update["update_id"]] == []
    assert pictures(bot) == []


def test_photo_that_was_put_off_before_an_erasure_and_a_new_yes_is_nobodys_when_it_comes_back(bot):
    update = updates.photo()
    bot.infer.failures.append(FunctionUnavailableError("throttled"))
    with pytest.raises(TransientError):
        bot(update)
    for pressed in (ERASE, f"v1:agree:{NOTICE_VERSION}:en"):
        bot(updates.button(pressed))

    assert bot(update) == []
    assert [row for row in rows(bot) if row.get("update_id") == update["update_id"]] == []
    assert pictures(bot) == []
    assert bot(updates.photo()) != []
