"""One person's week through the whole stack, in which every part fails once, and what is left behind of it."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

import requests

from burnout.clock import now_utc
from burnout.store.people import SetReachable
from local.aws.dispatch import Dispatch
from local.aws.gateway import ROUTE
from local.aws.sandbox import ProcessSandbox, ThreadSandboxes
from local.photo import FACE, registered
from local.telegram.faults import DOWNLOAD, Fault
from local.telegram.launches import launch_data
from local.weeks import WeeksError, ask, tick
from tests import updates
from tests.integration.secrets.loud import path_of
from tests.unit.store.samples import record

NOW = now_utc().replace(microsecond=0)
PERSON_ID, NAME, USERNAME = 918273645546372, "Zinaidaplanted", "zinaida_planted"
STRANGER_ID = 918273645546373
WORDS, CAPTION = "planted words of a diary", "planted words of a caption"
ALBUM = "planted-album"
REFUSALS = [
    Fault(401, "Unauthorized"),
    Fault(404, "Not Found"),
    Fault(409, "Conflict: terminated by other getUpdates request"),
    Fault.too_many(1),
    Fault.server_error(),
    Fault.lost_response(),
    Fault.bad_request(f"can't parse {WORDS}"),
]
UNREACHABLE = ["http://127.0.0.1:9", "http://no-such-host.invalid", "https://127.0.0.1:{plain_http_port}"]


class LoudDispatch(Dispatch):
    """Runs every function loud, and remembers how it was declared and what it answered."""

    def __init__(self):
        super().__init__()
        self.declared, self.answers = {}, []

    def add(self, function, start):
        if function.name in self._pools:
            self._pools[function.name].close()
        self.declared[function.name] = function
        variables = {**function.environment, "POWERTOOLS_LOG_LEVEL": "DEBUG"}
        super().add(replace(function, handler=path_of(function.name), environment=variables), start)

    def remember(self, invocation, outcome):
        if outcome:
            self.answers.append((invocation.function, outcome.payload.decode()))


@dataclass(frozen=True)
class Week:
    """What was left behind."""

    logs: str
    answers: list[tuple[str, str]]
    databases: bytes
    file_ids: set[str]
    declared: dict
    token: str
    webhook_secret: str
    doors: set[str]  # the secret paths of this machine's servers

    @property
    def private(self):
        """What no line, no answer and no database may show."""
        names = {NAME, USERNAME, WORDS, CAPTION}
        return {self.token, self.token.partition(":")[2], self.webhook_secret} | names | self.file_ids | self.doors

    def answers_of(self, function):
        return [answer for name, answer in self.answers if name == function]


def someone(stack):
    """Somebody who has agreed, with a name and an id that are like no other word."""
    person = stack.telegram.person(PERSON_ID, first_name=NAME)
    person.user["username"] = USERNAME
    return registered(stack, person)


def settle(stack):
    """Every update has had its answer, or was given up; the fake's clock runs as far as that takes."""
    for _ in range(100):
        if stack.telegram.wait_until_delivered(0.3):
            break
        stack.telegram.advance(125)
    assert stack.telegram.wait_until_delivered(30), stack.telegram.webhook_info()
    stack.telegram.faults.clear()


def photos_fail(stack, person):
    selfie = stack.telegram.picture(FACE.read_bytes())
    for method, faults in (("getFile", REFUSALS), (DOWNLOAD, REFUSALS[3:6])):
        for fault in faults:
            stack.telegram.faults.add(fault, method=method)
            person.send_photo(selfie, caption=CAPTION)
            settle(stack)
    stack.telegram.faults.add(Fault.hang(), method="getFile")
    person.send_photo(selfie, caption=CAPTION)
    settle(stack)
    person.send_document(b"GIF89a-no-picture", f"{CAPTION}.png", "image/png")
    settle(stack)


def functions_fail(stack, person):
    selfie = stack.telegram.picture(FACE.read_bytes())
    for function in ("infer", "store"):
        for kind in ("throttle", "crash", "timeout"):
            stack.dispatch.fail_next(function, 1, kind)
            person.send_photo(selfie, caption=CAPTION)
            settle(stack)
    for fault in REFUSALS:
        stack.telegram.faults.add(fault, method="answerCallbackQuery")
        person.read_all()
        person.send_text("/settings")
        message = person.wait_for_answer(30)
        person.press(message, message.labels[0])
        settle(stack)
    person.send_text(WORDS)
    settle(stack)
    person.edit_text(person.send_text(WORDS), f"{WORDS} again")
    settle(stack)


def reports_fail(stack, person):
    for n, fault in enumerate(REFUSALS):
        stack.telegram.faults.add(fault, method="sendPhoto", times=3)
        stack.telegram.faults.add(fault, method="sendMessage", times=3)
        event = {"op": "request", "user_id": PERSON_ID, "update_id": 7000 + n, "show": "report"}
        stack.dispatch.invoke("report", json.dumps(event).encode())
        stack.telegram.faults.clear()
    export_fails(stack)
    overdue = NOW + timedelta(days=8)  # whichever weekday the buttons have chosen
    for n, fault in enumerate([Fault(401, "Unauthorized"), Fault.server_error(), Fault.blocked()]):
        stack.telegram.faults.add(fault, method="sendMessage", times=3)
        with suppress(WeeksError):  # a refused token is an error of the function
            tick(stack, overdue + timedelta(minutes=15 * n))
        stack.telegram.faults.clear()


def export_fails(stack):
    """Telegram refuses the file in every way, the store gives it up on the way, and at last it arrives."""
    ask(stack, record(6900, user_id=PERSON_ID, media_group_id=ALBUM, check_in=None, outcome="refused"))
    for n, fault in enumerate([*REFUSALS, Fault.blocked(), Fault.hang(0.2)]):
        stack.telegram.faults.add(fault, method="sendDocument", times=3)
        export(stack, 7200 + n)
        stack.telegram.faults.clear()
        ask(stack, SetReachable(user_id=PERSON_ID, reachable=True))
    for kind in ("throttle", "crash", "timeout"):
        stack.dispatch.fail_next("store", 1, kind)
        export(stack, 7300 + len(kind))
    export(stack, 7400)


def export(stack, update_id, user_id=PERSON_ID):
    event = {"op": "request", "user_id": user_id, "update_id": update_id, "show": "export"}
    stack.dispatch.invoke("report", json.dumps(event).encode())


def late_photo():
    """A photo with a caption, numbered after the person's agreement, which the imitation of Telegram numbered."""
    update = updates.photo(PERSON_ID, caption=CAPTION)
    return update | {"update_id": update["update_id"] + 2**31}


def strangers_post(stack):
    export(stack, 7500, STRANGER_ID)
    secret = stack.bot.webhook_secret
    stack.gateway.post({"update_id": WORDS, "message": {"text": WORDS}})
    stack.gateway.post(late_photo())
    for header in ({}, {"X-Telegram-Bot-Api-Secret-Token": secret[:-1]}):
        response = requests.post(stack.gateway.url, data=WORDS.encode(), headers=header, timeout=30)
        assert (response.status_code, response.content) == (401, b"")


def page_fails(stack):
    user = {"id": PERSON_ID, "first_name": NAME, "username": USERNAME}
    launch = launch_data(stack.bot.token, user, now_utc(), hint=WORDS)
    stack.dispatch.fail_next("store", 1, "crash")
    for header, body, status in ((launch, {}, 503), (launch, {}, 200), (launch, {WORDS: 1}, 400), (WORDS, {}, 401)):
        url = stack.gateway.url.removesuffix(ROUTE) + "/app/api/open"
        response = requests.post(url, json=body, headers={"Authorization": f"tma {header}"}, timeout=30)
        assert response.status_code == status, response.text
        ask(stack, SetReachable(user_id=PERSON_ID, reachable=True))  # on a busy machine a new store takes its time


def telegram_is_unreachable(stack, around):
    telegram = urlsplit(stack.telegram.url)
    for url in UNREACHABLE:
        address = {"TELEGRAM_API_URL": url.format(plain_http_port=telegram.port) + telegram.path}
        threads = ThreadSandboxes()
        around.callback(threads.stop)
        for name, start in (("webhook", threads), ("report", ProcessSandbox)):
            function = stack.dispatch.declared[name]
            stack.dispatch.add(replace(function, environment={**function.environment, **address}), start)
        assert stack.gateway.post(late_photo()).status == 503
        event = {"op": "request", "user_id": PERSON_ID, "update_id": 7100 + len(url), "show": "report"}
        stack.dispatch.invoke("report", json.dumps(event).encode())
        export(stack, 7600 + len(url))
        export(stack, 7700 + len(url), STRANGER_ID)
