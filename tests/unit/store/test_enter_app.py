"""The Mini App's page is open to whoever has agreed to this notice, and only since that agreement."""

from datetime import timedelta, timezone

import pytest

from burnout.store.people import ChangeSettings, EnterApp, Settings
from burnout.store.privacy import Erase
from tests.unit.store.samples import DAY, HOUR, NOON, SECOND, agree


def enter(signed_at_utc=NOON, notice=1):
    return EnterApp(user_id=7, signed_at_utc=signed_at_utc, notice=notice)


def test_the_page_gets_the_settings_as_they_stand(shard):
    shard(agree(language="ru"))
    shard(ChangeSettings(user_id=7, theme="dark", page_at_utc=NOON))

    assert shard(enter()) == Settings(language="ru", theme="dark")


@pytest.mark.parametrize(
    ("agreed_to", "asked", "opens"), [(1, 1, True), (2, 1, True), (1, 2, False)], ids=["this", "newer", "older"]
)
def test_who_has_agreed_to_an_older_notice_finds_it_closed(shard, agreed_to, asked, opens):
    shard(agree(version=agreed_to))

    assert (shard(enter(notice=asked)) is not None) == opens


@pytest.mark.parametrize(
    ("since", "opens"), [(-SECOND, False), (timedelta(0), True), (SECOND, True), (-HOUR, False), (DAY, True)], ids=str
)
@pytest.mark.parametrize("zone", [0, 5], ids=["UTC", "UTC+5"])
def test_a_page_from_before_the_agreement_is_closed(shard, since, opens, zone):
    shard(agree())

    signed = (NOON + since).astimezone(timezone(timedelta(hours=zone)))
    assert (shard(enter(signed)) is not None) == opens


def test_a_page_that_stayed_open_over_an_erasure_never_opens_again(shard):
    shard(agree(update_id=1))
    assert shard(enter(NOON + SECOND)) is not None

    shard(Erase(user_id=7, update_id=2), NOON + HOUR)
    assert shard(enter(NOON + SECOND)) is None
    shard(agree(update_id=3), NOON + 2 * HOUR)

    assert shard(enter(NOON + SECOND), NOON + 3 * HOUR) is None
    assert shard(enter(NOON + 2 * HOUR), NOON + 3 * HOUR) is not None


def test_the_same_agreement_said_again_closes_nothing_and_one_to_a_newer_notice_does(shard):
    shard(agree())

    shard(agree(), NOON + HOUR)
    assert shard(enter()) is not None
    shard(agree(version=2), NOON + HOUR)
    assert shard(enter(notice=2)) is None
    assert shard(enter(NOON + HOUR, notice=2)) is not None
