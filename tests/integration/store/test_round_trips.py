"""Each round trip to the file system costs 2 to 5 ms on EFS, most of them under a lock: no more of them than today."""

import pytest

from tests.integration.store.round_trips import STRACE, of_one_record

TODAY = 40  # docs/decisions/0009 says what would save some, and what it would cost
WANTED = 30


@pytest.mark.skipif(STRACE is None, reason="strace is not installed (apt-get install strace)")
def test_a_recorded_check_in_waits_for_the_file_system_no_more_often_than_today(tmp_path):
    found = of_one_record(tmp_path)

    print(f"{found.total()} round trips, {WANTED} wanted: {dict(found.most_common())}")  # noqa: T201  (pytest -s shows it)
    assert found.total() <= TODAY, found
    assert found["commit"] == 4  # the journal, its header, the database, the journal's end: none can be left out
