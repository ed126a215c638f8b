"""Two runs that overlap, die anywhere and come back late, and a person who changes their mind: one report a week."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from burnout.store.people import ChangeSettings, SetReachable
from burnout.store.reports import ClaimDue
from tests.unit.store.conftest import Shard
from tests.unit.store.samples import HOUR, NOON, agree, choose_clock
from tests.unit.store.steps import finish, release, start

pytestmark = pytest.mark.long

RUNS = st.sampled_from(["a", "b"])
CLAIM = timedelta(minutes=20)
MOSTLY, SELDOM = st.sampled_from([True, True, True, False]), st.sampled_from([False, False, True])
LATER = st.sampled_from([timedelta(0), CLAIM, timedelta(minutes=5), 6 * HOUR, timedelta(days=7)])
ENDS = st.sampled_from(["sent, then killed", "sent", "refused", "killed", "unreachable"])
CHANGES = {
    "report_weekday": st.integers(0, 6),
    "report_hour": st.integers(0, 23),
    "time_zone": st.sampled_from(["Pacific/Auckland", "Europe/Berlin", "America/Los_Angeles"]),
    "reports": MOSTLY,
}


class OneReportAWeek(RuleBasedStateMachine):
    """What each run believes to hold (`claimed`, `started`) may be long out of date: it acts on it all the same."""

    def __init__(self):
        super().__init__()
        self.shard = Shard()
        self.now_utc = NOON + timedelta(days=6, hours=6)  # Sunday evening: the first report is due
        self.claimed: dict[str, dict[str, bool]] = {"a": {}, "b": {}}
        self.started: dict[str, list[str]] = {"a": [], "b": []}
        self.delivered: Counter[str] = Counter()
        self.said(agree(), at_utc=NOON)
        self.said(choose_clock(), at_utc=NOON)

    def said(self, operation, at_utc=None):
        return self.shard(operation, at_utc or self.now_utc)

    @rule(changes=st.fixed_dictionaries({}, optional=CHANGES))
    def the_person_chooses(self, changes):
        self.said(ChangeSettings(user_id=7, **changes))

    @rule(reachable=MOSTLY)
    def the_person_blocks_or_comes_back(self, reachable):
        self.said(SetReachable(user_id=7, reachable=reachable))

    @rule(run=RUNS, later=LATER, steps=st.integers(1, 3), gives_back=SELDOM, end=ENDS)
    def a_run_goes_on(self, run, later, steps, gives_back, end):
        self.now_utc += later
        for _ in range(steps):
            if self.started[run]:
                self.send(run, end)
            elif self.claimed[run] and gives_back:
                self.give_back(run)
            elif self.claimed[run]:
                self.start(run)
            else:
                self.claim(run)

    def claim(self, run):
        asked = ClaimDue(shard=0, run_id=run, at_utc=self.now_utc, until_utc=self.now_utc + CLAIM)
        self.claimed[run] = {report.key: report.unfinished for report in self.said(asked).reports}

    def start(self, run):
        for key, unfinished in self.claimed[run].items():
            if self.ask_to_send(run, key) and not unfinished:
                self.started[run].append(key)
            assert not self.ask_to_send(run, key)
        self.claimed[run].clear()

    def send(self, run, end):
        for key in self.started[run]:
            self.delivered[key] += end.startswith("sent")
            if end == "refused":
                self.said(release(run, key, self.now_utc))
            elif end in {"sent", "unreachable"}:
                self.finish(run, key, end)
        self.started[run].clear()

    def give_back(self, run):
        for key in self.claimed[run]:
            self.said(release(run, key, self.now_utc))
        self.claimed[run].clear()

    def ask_to_send(self, run, key):
        return self.said(start(run, key, at_utc=self.now_utc))

    def finish(self, run, key, state):
        self.said(finish(run, key, state, self.now_utc))

    @rule(run=RUNS)
    def a_run_is_killed(self, run):
        self.claimed[run].clear()
        self.started[run].clear()

    @invariant()
    def nobody_gets_two_in_a_week(self):
        assert [key for key, times in self.delivered.items() if times > 1] == []

    def teardown(self):
        """Everybody gets one: after the other runs died anywhere, the next one settles what was left."""
        self.said(ChangeSettings(user_id=7, reports=True))
        self.said(SetReachable(user_id=7, reachable=True))
        self.now_utc += 2 * CLAIM
        asked = ClaimDue(shard=0, run_id="last", at_utc=self.now_utc, until_utc=self.now_utc + CLAIM)
        for report in self.said(asked).reports:
            assert self.ask_to_send("last", report.key)
            assert report.unfinished or not self.delivered[report.key]
            self.finish("last", report.key, "sent")

        ((following,),) = self.shard.rows("SELECT next_report_at_utc FROM people")
        assert following > self.now_utc.isoformat()
        assert self.said(asked).reports == ()
        self.shard.connection.close()


TestOneReportAWeek = OneReportAWeek.TestCase
TestOneReportAWeek.settings = settings(database=None, deadline=None, max_examples=150, stateful_step_count=30)
