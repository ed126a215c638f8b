"""Each round trip to the file system costs 2 to 5 ms on EFS, most of them under a lock: no more of them than today.

docs/decisions/0009 says what each of them is for.
"""

import pytest

from tests.integration.store.round_trips import STRACE, of

pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed (apt-get install strace)")


def test_a_recorded_check_in_waits_for_the_file_system_no_more_often_than_today(tmp_path):
    found = of("record", tmp_path, people=1, check_ins=1, times=1)

    print(f"{found.total()} round trips: {dict(found.most_common())}")  # noqa: T201  (pytest -s shows it)
    assert found.total() <= 31, found
    assert found["commit"] == 4  # the journal, its header, the database, the journal's end: none can be left out
    assert found["lock"] == 4  # database and journal: taken, and given back by closing


def test_beside_8000_check_ins_of_others_it_waits_for_a_few_pages_more(tmp_path):
    """The mean of twenty: among them are a purge, and those that fill a page and begin another."""
    found = of("record", tmp_path, people=40, check_ins=200, times=20)

    print(f"{found.total() / 20} round trips: {dict(found.most_common())} in 20")  # noqa: T201  (pytest -s shows it)
    assert found.total() <= 20 * 38, found


def test_a_begin_beside_8000_check_ins_waits_no_more_often_than_today(tmp_path):
    found = of("begin", tmp_path, people=40, check_ins=200, times=20)

    print(f"{found.total() / 20} round trips: {dict(found.most_common())} in 20")  # noqa: T201  (pytest -s shows it)
    assert found.total() <= 20 * 19, found
