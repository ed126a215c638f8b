"""`python -m local soak`: photos at a steady rate while everything around the bot breaks, and what held at the end.

The whole stack is one process group on two processors. In every second minute troubles come by a seeded schedule
(local.bench.storm), and all the time people agree, press, delete everything and return (local.bench.guests). The
photos that are judged come from others, who only send, so what they must be told is known.
"""

import argparse
import math
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Final

from burnout.clock import now_utc
from burnout.photos import PHOTOS
from burnout.store.privacy import Sweep
from burnout.texts import text
from functions.store.database import transaction_on
from functions.store.erasure import ERASURES
from functions.store.errors import ShardError
from local.aws.functions import Sizes
from local.aws.moto_server import BUCKET
from local.bench import LATENCY_MS, Finding, latency_table
from local.bench.flood import Flooder
from local.bench.guests import Guest, come_and_go
from local.bench.path import Load, Sent, expected_answers, judge, pictures_of, send_evenly
from local.bench.processes import PRODUCT, ProcessWatch
from local.bench.storm import Field, disk_of_its_own, is_stormy, planned, set_clock, storm
from local.photo import registered
from local.stack import Options, Stack
from local.weeks import ask

_PHOTOS_A_PERSON: Final = 20  # below the limit of 30 an hour
_GUESTS: Final = 4  # at a time
_DISK_MB: Final = 512
_DRAINED_S: Final = 240.0  # Telegram's longest wait for this bot is two minutes
_FLAT_MB_AN_HOUR: Final = 60.0
_TELLS_OF_MEMORY_S: Final = 300.0  # a shorter run is all warming up


@dataclass(frozen=True)
class Rows:
    """What all shards hold: whose rows, which photos they name; and the shards that are not sound, with the reason."""

    people: set[int]
    photos: set[str]
    unsound: dict[str, str]


@dataclass(frozen=True)
class Aftermath:
    """What is found when everything has calmed down. Made up in tests, so that each check is seen to fail."""

    wrong: Mapping[str, int] = field(default_factory=dict)  # of the judged photos, and calls against the Bot API
    waiting: int = 0  # updates that Telegram still has
    guests: Sequence[Guest] = ()
    steady: Sequence[int] = ()  # people who agreed and stayed
    keys: Sequence[str] = ()  # in the bucket after a sweep, without the erasure log
    outlived: Sequence[str] = ()  # keys that only the sweep deleted, although their update had ended
    noted: int = 0  # photos whose deletion failed and was noted, for the sweep
    dead_letters: int = 0  # of everybody, guests included
    rows: Rows = field(default_factory=lambda: Rows(set(), set(), {}))
    slopes: Mapping[str, float] = field(default_factory=dict)  # MB per hour

    def problems(self) -> list[str]:
        """What is wrong, a line each; empty when everything held."""
        kept = {guest.user_id for guest in self.guests if guest.known and not guest.mishap} | set(self.steady)
        back = {guest.user_id for guest in self.guests if not guest.known and not guest.mishap} & self.rows.people
        left = [key for key in self.keys if key.startswith(PHOTOS)]
        strays = [key for key in self.keys if not key.startswith(PHOTOS) and key not in self.rows.photos]
        unnoted = len(left) + len(self.outlived) > self.noted  # S3 may fail to delete: noted, and left to the sweep
        counted = {
            **{what: count for what, count in self.wrong.items() if what != "apologised for"},
            "updates never delivered": self.waiting,
            "photos left in S3 without a note": max(0, len(left) + len(self.outlived) - self.noted),
            "donated photos without a check-in": len(strays),
            "erased people who are back": len(back),
            "people without their rows": len(kept - self.rows.people),
        }
        return [
            *(f"{count} {what}" for what, count in counted.items() if count),
            *(f"shard {name}: {why}" for name, why in self.rows.unsound.items()),
            *(f"{part} grows by {mb:.0f} MB an hour" for part, mb in self.slopes.items() if mb > _FLAT_MB_AN_HOUR),
            *(f"a guest: {guest.mishap}" for guest in self.guests if guest.mishap),
            *(f"outlived its update in S3: {key}" for key in (self.outlived if unnoted else [])),
            *(f"still in S3: {key}" for key in (left if unnoted else []) + strays),
        ]


def find(arguments: argparse.Namespace) -> Finding:
    """The campaign on the first two processors of this machine; all is well when nothing was found."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    load = Load(arguments.minutes * arguments.rate, arguments.rate)
    return campaign(load, arguments.seed, arguments.out / "soak")


def campaign(load: Load, seed: int, folder: Path) -> Finding:
    """Photos at this load through all the troubles of the seed, and everything that is found."""
    shutil.rmtree(folder, ignore_errors=True)
    with disk_of_its_own(folder / "store", _DISK_MB) as is_mounted:
        set_clock(folder / "clock", 0)
        with Stack(Options(data_dir=folder, sizes=Sizes(patience_s=10), clock=folder / "clock")) as stack:
            lines, aftermath = _played(stack, load, seed, folder / "store" if is_mounted else None)
        problems = replace(aftermath, rows=rows_of(folder / "store")).problems()
    return Finding([*lines, *(problems or ["everything held"])], not problems)


def _played(stack: Stack, load: Load, seed: int, disk: Path | None) -> tuple[list[str], Aftermath]:
    seconds = load.photos / load.per_minute * 60
    people = [registered(stack) for _ in range(max(8, math.ceil(load.photos / _PHOTOS_A_PERSON)))]
    pictures = pictures_of(stack)
    expected = expected_answers(people[0], pictures)
    where = Field(stack, stack.data_dir / "clock", disk, Flooder(registered(stack)), pictures[0])
    stack.telegram.latency_ms = LATENCY_MS
    with ProcessWatch(stack) as watch, ThreadPoolExecutor(1 + _GUESTS) as threads:
        first_s = time.monotonic()
        storming = threads.submit(storm, where, planned(seed, seconds), first_s)
        visits = [
            threads.submit(come_and_go, stack, pictures[0], seed + n, first_s + seconds * 0.9) for n in range(_GUESTS)
        ]
        sent = send_evenly(stack, people, pictures, load)
        missed, guests = storming.result(), [guest for visit in visits for guest in visit.result()]
        stack.telegram.wait_until_delivered(_DRAINED_S)
    waiting = stack.telegram.webhook_info()["pending_update_count"]
    answered, wrong = judge(stack, sent, expected, text("apology", "en"))
    slopes = watch.slopes() if seconds >= _TELLS_OF_MEMORY_S else {}
    found = _found(stack, Aftermath(wrong, waiting, guests, [person.id for person in people]))
    lines = [*_latencies(answered, sent[0].at_s, seconds), *_counts(found), *watch.cpu_table(len(sent))]
    lines.append("MB an hour: " + (", ".join(f"{part} {mb:+.0f}" for part, mb in slopes.items()) or "too short a run"))
    return [*lines, *missed], replace(found, slopes={part: slopes[part] for part in PRODUCT if part in slopes})


def _found(stack: Stack, so_far: Aftermath) -> Aftermath:
    """With what is in S3 after a day's sweep, which need not wait for the day, and in the logs."""
    before, logs = _keys(stack), stack.data_dir / "logs"
    for shard in {int(key.split("/")[1][:2], 16) for key in before}:
        ask(stack, Sweep(shard=shard, at_utc=now_utc()))
    after = _keys(stack)
    webhook, store = (
        (logs / f"{name}.log").read_text(encoding="utf-8", errors="replace") for name in ("webhook", "store")
    )
    ended = ended_with_photo(webhook)
    return replace(
        so_far,
        keys=after,
        outlived=[key for key in before if key not in after and key.rpartition("/")[2] in ended],
        noted=store.count('"photo_error"'),
        dead_letters=webhook.count('"outcome":"dead_letter"'),
    )


def ended_with_photo(log: str) -> set[str]:
    """The numbers of the updates that the webhook's log says ended in a run that had put their photo into S3."""
    ends = re.findall(r'"update_id":(\d+),"outcome":"(\w+)".*"put":', log)
    return {number for number, outcome in ends if outcome not in {"retry", "overtaken"}}


def _latencies(answered: Iterable[tuple[Sent, float]], first_s: float, seconds: float) -> list[str]:
    ms: dict[bool, list[float]] = {False: [], True: []}
    for one, took_ms in answered:
        ms[is_stormy(one.at_s - first_s, seconds)].append(took_ms)
    return latency_table([("quiet", ms[False]), ("stormy", ms[True])])


def _counts(found: Aftermath) -> Iterable[str]:
    yield ", ".join(f"{count} {what}" for what, count in found.wrong.items())
    known = Counter(guest.known for guest in found.guests)
    yield f"guests: {known[False]} erased everything and left, {known[True]} erased everything and returned"
    yield f"{found.dead_letters} dead letters, guests' included"
    yield f"S3: {len(found.keys)} objects after the sweep, {found.noted} deletions failed and were noted"


def rows_of(root: Path) -> Rows:
    """Reads every shard as the product does, so that what a kill left is rolled back first."""
    rows = Rows(set(), set(), {path.name: "set aside as damaged" for path in root.glob("*.damaged-*")})
    for path in sorted(root.glob("[0-9a-f][0-9a-f].sqlite")):
        try:
            says, dump = transaction_on(path, _read)
        except ShardError as error:
            rows.unsound[path.name] = str(error)
            continue
        if says != "ok":
            rows.unsound[path.name] = says
        rows.people.update(int(number) for number in re.findall(r"(?<![\d.])\d+(?![\d.])", dump))
        rows.photos.update(re.findall(r"donated/[0-9a-f]{32}/\d+", dump))
    return rows


def _read(connection: Connection) -> tuple[str, str]:
    return connection.execute("PRAGMA integrity_check").fetchall()[0][0], "\n".join(connection.iterdump())


def _keys(stack: Stack) -> list[str]:
    """Every object but the erasure log's."""
    pages: Any = stack.aws.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    keys = (each["Key"] for page in pages for each in page.get("Contents", ()))
    return [key for key in keys if not key.startswith(ERASURES)]
