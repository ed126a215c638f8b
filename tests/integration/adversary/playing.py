"""Plays one step of one person: the update goes out, is answered, and everything must then be as their model says."""

import copy
import io
import json
import zipfile
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from burnout.errors import StoreUnavailableError
from burnout.store.people import EnterApp
from burnout.telegram.buttons import parse_button
from burnout.telegram.calls import BotCall
from burnout.values import NOTICE_VERSION
from functions.report import requests as report_requests
from functions.report.metrics import RunMetrics
from tests.integration.adversary.crowd import MOST_ATTEMPTS, Crowd, Person, buttons_of, shows_face
from tests.integration.adversary.inspection import rows_of
from tests.integration.adversary.model import Model
from tests.integration.adversary.steps import MAKERS, Sent, on_page


def play(crowd: Crowd, person: Person, step: tuple[Any, ...], faults: tuple[str, ...] = ()) -> None:
    """The person does it, and everything about them is as their model says afterwards."""
    kind, *what = step
    if kind == "page":
        _use_page(crowd, person, *what, faults)
        return check_kept(crowd, person)
    if kind == "again":
        if not person.sent:
            return
        sent = person.sent[what[0] % len(person.sent)]
    else:
        sent = MAKERS[kind](person, *what)
        person.sent.append(sent)
    before, after = person.model, copy.deepcopy(person.model)
    ends = sent.happens(after)
    answers = _delivered(crowd, person, sent, (before, after), faults)
    for calls in answers:
        _check_answer(person, sent, ends, calls)
    # A neighbour who was erased in the same moment: then one agrees once more.
    is_late = ends == "agreed" and before.known is None and any(_asks_for_consent(calls) for calls in answers)
    person.model = before if is_late else after
    _send_reports(crowd, person)
    check_kept(crowd, person)


def _use_page(crowd: Crowd, person: Person, days_ago: int, choice: tuple[Any, ...], faults: tuple[str, ...]) -> None:
    """The person chooses on a page that they opened so long ago; it asks again until it is answered."""
    operation, subject, applies = on_page(person.user_id, person.now_utc, *choice)
    before, after = person.model, copy.deepcopy(person.model)
    applies(after)
    after.chooses_on_page(subject)
    signed = person.now_utc - timedelta(days=days_ago)
    crowd.turn.person, crowd.turn.models, crowd.turn.faults = person, (before, after), deque(faults)
    for _ in range(MOST_ATTEMPTS):
        try:
            if crowd.store(EnterApp(user_id=person.user_id, signed_at_utc=signed, notice=NOTICE_VERSION)) is None:
                return
            crowd.store(operation)
        except StoreUnavailableError:
            continue
        person.model = after
        return
    raise AssertionError("never answered")


def _delivered(
    crowd: Crowd, person: Person, sent: Sent, models: tuple[Model, ...], faults: tuple[str, ...]
) -> list[list[BotCall]]:
    """What the bot said; twice where the update comes twice at the same time."""
    usual = tuple(fault for fault in faults if fault != "twice")
    if "twice" not in faults:
        return [crowd.deliver(person, sent.update, models, usual)]
    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(crowd.deliver, person, sent.update, models, usual[n:]) for n in range(2)]
        return [run.result() for run in runs]


def check_kept(crowd: Crowd, person: Person) -> None:
    """Rows and photos are the model's, no more and no less."""
    database = crowd.database_of(person)
    kept = rows_of(database, person.user_id)
    wanted = person.model.rows()
    assert bool(kept) == bool(wanted)
    differ = {name: (kept.get(name), value) for name, value in wanted.items() if kept.get(name) != value}
    assert not differ, f"kept, and what the model says: {differ}"
    pseudonym = kept.get("pseudonym")
    assert (pseudonym is None) == (person.model.known is None)
    if pseudonym is not None:
        person.pseudonyms.add(pseudonym)
    given = {f"donated/{pseudonym}/{each.update_id}" for each in person.model.donated}
    theirs = {key for key in crowd.objects() if key.split("/")[1] in person.pseudonyms}
    assert theirs == given


def _check_answer(person: Person, sent: Sent, ends: str, calls: list[BotCall]) -> None:
    update_id = sent.update["update_id"]
    match ends:
        case "silent":
            assert calls == []
        case "again" if update_id in person.answers:
            assert calls == person.answers[update_id]
        case "answered" | "hidden" | "refused":
            assert shows_face(calls) == (ends == "answered")
            person.answers[update_id] = calls
        case "asked_first":
            assert _asks_for_consent(calls)
            person.answers.pop(update_id, None)
        case "left":
            assert [call.method for call in calls] == ["sendMessage", "leaveChat"]
        case "stale":
            spinner, *way_on = [call.method for call in calls]  # to the home screen, or to the notice
            assert (spinner, way_on) in [("answerCallbackQuery", each) for each in ([], ["sendMessage"])]


def _asks_for_consent(calls: list[BotCall]) -> bool:
    pressable = [parse_button(each) for each in buttons_of(calls)]
    return any(button is not None and button.action == "agree" for button in pressable)


def _send_reports(crowd: Crowd, person: Person) -> None:
    """What the person asked to see is sent, as the report function does, and is theirs."""
    requests = [request for request in crowd.requests if request.user_id == person.user_id]
    crowd.turn.person, crowd.turn.models = person, (person.model,)
    for request in requests:
        crowd.requests.remove(request)
        deps = crowd.report_deps(crowd.store, person.now_utc)
        report_requests.answer(request, f"run-{request.update_id}", 600.0, deps, RunMetrics())
    received = [files for call, files in list(crowd.sent) if call.params["chat_id"] == person.user_id]
    for files in received[person.received :]:
        if "document" in files:
            check_export(person, files["document"][1])
    person.received = len(received)


def check_export(person: Person, content: bytes) -> None:
    """The ZIP holds every check-in, answer and choice of the person's, and no other person's."""
    known = person.model.known
    assert known is not None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        data = json.loads(archive.read("data.json"))
    assert {row["user_id"] for rows in data.values() for row in rows if "user_id" in row} <= {person.user_id}
    exported = {row["message_id"]: row["models_json"]["mvp"]["emotions"] for row in data["check_ins"]}
    own = json.loads(json.dumps(person.prediction().emotions))
    assert exported == dict.fromkeys(known.entries, own)
    ratings = {number: entry.rating for number, entry in known.entries.items() if entry.rating is not None}
    assert {row["message_id"]: row["rating"] for row in data["self_ratings"]} == ratings
    assert sorted(row["rating"] for row in data["moods"]) == sorted(known.moods.values())
    assert {row["day"] for row in data["days"]} == {day for day, facts in known.days.items() if facts}
    assert {row["week"]: row["answer"] for row in data["weekly_answers"]} == known.weekly
    assert {row["day"]: row["answers"] for row in data["inventories"]} == known.inventories
