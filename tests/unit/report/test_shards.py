"""The retention job: every shard in a day, whatever fails; a simulated future deletes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.errors import StoreUnavailableError, TelegramRejectedError
from burnout.store.privacy import Sweep, Swept
from burnout.values import SHARDS
from functions.report.shards import EVERY, shards_from, shards_to_sweep
from functions.store.database import shard_of
from tests.unit.report.office import SUNDAY, TOKEN_REFUSED, later

DAY_RUNS = timedelta(days=1) // EVERY
MOMENTS = st.integers(0, 10**6).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@given(MOMENTS)
def test_any_day_of_runs_sweeps_every_shard(start):
    swept = [shard for n in range(DAY_RUNS) for shard in shards_to_sweep(start + n * EVERY)]

    assert set(swept) == set(range(SHARDS))
    assert max(swept.count(shard) for shard in range(SHARDS)) <= 3  # once more at midnight, where the turn moves


@given(MOMENTS, st.integers(0, DAY_RUNS - 1))
def test_a_run_that_never_comes_delays_its_own_shards_by_a_day_at_most(start, missed):
    runs = [shards_to_sweep(start + n * EVERY) for n in range(2 * DAY_RUNS) if n != missed]

    assert {shard for shards in runs for shard in shards} == set(range(SHARDS))
    early = {shard for shards in runs[: DAY_RUNS - 1] for shard in shards}
    assert set(range(SHARDS)) - early <= set(shards_to_sweep(start + missed * EVERY))


def test_every_run_visits_every_shard_and_starts_elsewhere():
    starts = [shards_from(later(runs))[0] for runs in range(SHARDS)]

    assert sorted(shards_from(SUNDAY)) == list(range(SHARDS))
    assert sorted(starts) == list(range(SHARDS))


def asked(office):
    """Every sweep that the office's store is asked for."""
    seen = []

    def sweep(operation):
        seen.append(operation)
        return Swept(people=1, rows=2, photos=3, files=0)

    office.sweep = sweep
    return seen


def test_a_run_sweeps_its_shards_after_the_reports_and_counts(office):
    office.person(1)
    order = []
    office.after = lambda operation: order.append(type(operation).__name__)
    seen = asked(office)

    counts = office.run_metrics().counts

    assert [sweep.shard for sweep in seen] == shards_to_sweep(SUNDAY)
    assert order[-4:] == ["Sweep"] * 3 + ["ReleaseRun"]
    assert counts == {"sent": 1, "swept_people": 3, "swept_rows": 6, "swept_photos": 9}


@pytest.mark.parametrize(("weeks", "late"), [(4, -timedelta(weeks=4)), (0, timedelta(hours=2))])
def test_a_run_of_a_simulated_future_sweeps_by_the_clock_and_a_late_one_by_its_own_time(office, weeks, late):
    seen = asked(office)

    office.run_metrics(SUNDAY + timedelta(weeks=weeks), late=late)

    assert {sweep.at_utc for sweep in seen} == {SUNDAY}


@pytest.mark.parametrize(("error", "name"), [(StoreUnavailableError("busy"), "sweeps_failed"), (KeyError(), "crashed")])
def test_a_shard_that_fails_is_counted_and_stops_no_other(office, error, name):
    first, *others = shards_to_sweep(SUNDAY)
    seen = []

    def sweep(operation):
        seen.append(operation.shard)
        if operation.shard == first:
            raise error
        return Swept(rows=1)

    office.sweep = sweep

    assert office.run_metrics().counts == {name: 1, "swept_rows": 2}
    assert seen == [first, *others]


def test_without_time_the_shards_wait_for_the_next_day(office):
    seen = asked(office)
    office.before = lambda operation: office.clock.sleep(700) if isinstance(operation, Sweep) else None

    assert office.tick()["sweeps_left"] == 1
    assert [sweep.shard for sweep in seen] == shards_to_sweep(SUNDAY)[:2]


def test_a_refused_token_keeps_nothing_longer(office):
    office.person(1)
    office.telegram.failing[1].append(TOKEN_REFUSED)
    seen = asked(office)

    with pytest.raises(TelegramRejectedError):
        office.tick()

    assert len(seen) == 3


def test_a_real_store_forgets_who_has_been_away_for_180_days(office):
    office.person(1, days=3)
    until = SUNDAY + timedelta(days=181)
    runs = [until + n * EVERY for n in range(DAY_RUNS)]
    (mine,) = [at_utc for at_utc in runs[:86] if shard_of(1) in shards_to_sweep(at_utc)][:1]

    counts = office.tick(mine)

    assert counts["swept_people"] == 1
    assert office.request(1, "export", at_utc=mine) == {"gone": 1}
