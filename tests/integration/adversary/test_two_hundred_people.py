"""Two hundred people use the bot at once, at random and with bad intent: nobody sees or loses what is not theirs.

Every update goes through the real handler and the real store on disk; a plain model says for each person what must be
there afterwards. The same programs are first tried on a few people, one after another, where a failure shrinks.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from burnout.errors import StoreUnavailableError
from burnout.report_requests import Tick
from burnout.store import privacy
from functions.report.metrics import RunMetrics
from functions.report.run import send_due
from functions.store.files import RESERVE
from tests.integration.adversary.crowd import START, Crowd, people
from tests.integration.adversary.inspection import as_kept, tables_of, traces
from tests.integration.adversary.playing import check_kept, play
from tests.integration.adversary.steps import DAYS, MOMENTS, PROGRAMS

MEMORY = Path("/dev/shm")
THREADS = 8
SUNDAY = START.replace(hour=18, minute=0, second=0) + timedelta(days=4)  # the first reports are due
AGREES = (("agree", "en"), ())


@contextmanager
def crowd_of(number, *, shards):
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Crowd(Path(folder), people(number, shards))


def live(crowd, person, program):
    """All of one person's steps; everything is still theirs after all steps of the others."""
    for step, faults in [AGREES, *program]:
        play(crowd, person, step, faults)


def leave(crowd, person):
    """Everything is deleted, whatever still comes; once more, because what came may have been a new yes."""
    for step in (("erase", "delete"), ("again", 0), ("again", 1), ("again", 2)):
        play(crowd, person, step)
    if person.model.known:
        play(crowd, person, ("erase", "stop"))


def check_nothing_is_left(crowd):
    """No row, no photo, and none of the planted values in the raw files."""
    assert not any(rows for file in crowd.root.glob("??.sqlite") for _, rows in tables_of(file))
    assert crowd.objects() == {}
    ids = [person.user_id for person in crowd.everybody]
    names = [name for person in crowd.everybody for name in person.pseudonyms]
    planted = [*map(as_kept, ids), *(str(each).encode() for each in (*ids, *names)), b"sendMessage", b"0.5"]
    files = [file for file in crowd.root.iterdir() if file.name != RESERVE]  # random bytes, which hold every short word
    assert traces(files, planted) == []


@settings(max_examples=settings.default.max_examples // 4)  # each erases, and an erasure starts a process
@given(st.lists(PROGRAMS, min_size=2, max_size=4))
def test_a_few_people_see_and_lose_nothing_but_their_own(programs):
    """In turns, so that a failure can be repeated and shrinks."""
    with crowd_of(len(programs), shards=2) as crowd:
        for person in crowd.everybody:
            play(crowd, person, *AGREES)
        for turn in zip_longest(*programs):
            for person, step in zip(crowd.everybody, turn, strict=True):
                play(crowd, person, *(step or AGREES))
        for person in crowd.everybody:
            check_kept(crowd, person)
        for person in crowd.everybody:
            leave(crowd, person)
        check_nothing_is_left(crowd)


@contextmanager
def report_runs_and_sweeps(crowd):
    """Within it, one run after another sends reports and reminders, and sweeps go over every database."""
    done, failed = threading.Event(), []

    def work():
        try:
            for run in count():
                at_utc = SUNDAY + run * timedelta(days=7)
                store = lambda operation: crowd.ask(operation, START)  # noqa: E731
                send_due(Tick(at_utc=at_utc), f"run-{run}", 840.0, crowd.report_deps(store, START), RunMetrics())
                for file in crowd.root.glob("??.sqlite"):
                    if done.is_set():
                        return
                    try:
                        crowd.ask(privacy.Sweep(shard=int(file.stem, 16), at_utc=START + timedelta(hours=2)), START)
                    except StoreUnavailableError:
                        continue
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    assert failed == []


@settings(max_examples=1)  # half a minute of two cores
@given(st.lists(PROGRAMS, min_size=25, max_size=25))
def test_two_hundred_people_at_once_see_and_lose_nothing_but_their_own(programs):
    assume(len(set(programs)) > 20)  # Hypothesis tries the simplest first: everybody does the same
    with crowd_of(200, shards=40) as crowd, ThreadPoolExecutor(THREADS) as threads:
        with report_runs_and_sweeps(crowd):
            list(threads.map(lambda one: live(crowd, one, programs[one.index % len(programs)]), crowd.everybody))
        for person in crowd.everybody:
            check_kept(crowd, person)
        list(threads.map(lambda one: leave(crowd, one), crowd.everybody))
        check_nothing_is_left(crowd)


LIFE = [
    ("mood", MOMENTS[1], 4),
    *[("read", "undo")] * 2,
    ("mood", MOMENTS[0], 2),  # while the neighbour reads what theirs is
    *[("photo", "face", None)] * 4,
    *[("about", what, number, 2) for what, number in (("rate", 1), ("down", 2), ("up", 3), ("show", 4))],
    *[("read", what) for what in ("history", "history 0", "undo", "settings")],
    ("donate", True),
    ("photo", "face", None),
    ("setting", "theme", 0),
    ("page", 0, ("setting", "theme", 1)),
    ("again", -1),
    ("week", 4),
    ("check", "012343"),
    ("read", "check"),
    *[("tell", DAYS[0], what, 1) for what in ("overtime", "energy", "sleep")],
    ("tell", DAYS[1], "rated", 3),
    ("page", 0, ("tell", DAYS[1], "rated", 2)),
    ("page", 1, ("tell", DAYS[1], "rated", 1)),
    ("reach", False),
    ("reach", True),  # who asks for something has unblocked the bot
    ("report", "report"),
    ("report", "export"),
    ("undo", 4),
    ("unmood", MOMENTS[0]),
    ("donate", False),
    ("photo", "nobody", None),
]


def live_as_neighbours(crowd):
    """Two people take every kind of step, the second always after the first; the first is erased before."""
    for person in crowd.everybody:
        play(crowd, person, *AGREES)
    first, second = crowd.everybody
    for n in range(len(LIFE) + 3):
        for person, step in ((first, LIFE[n : n + 1]), (second, LIFE[max(0, n - 3) : n - 2] if n >= 3 else [])):
            for each in step:
                play(crowd, person, each)
                check_kept(crowd, first)
                check_kept(crowd, second)
    leave(crowd, first)
    check_kept(crowd, second)
    leave(crowd, second)
    check_nothing_is_left(crowd)


def test_neighbours_live_with_the_store_as_it_is():
    with crowd_of(2, shards=1) as crowd:
        live_as_neighbours(crowd)
