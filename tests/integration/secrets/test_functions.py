"""One person's week through the whole stack: every part fails once, and nothing private is written anywhere.

Every logger of every function's process is at its lowest level. Searched are all that the processes write, all that
the functions answer, and the databases; a log line may name an update by its number, and that is all.
"""

import json
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests

from burnout.clock import now_utc
from burnout.store.people import SetReachable
from local.aws import environment
from local.aws.dispatch import Dispatch
from local.aws.gateway import ROUTE
from local.aws.sandbox import ProcessSandbox, ThreadSandboxes
from local.photo import FACE, registered
from local.stack import Options, Stack
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


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    stack = Stack(Options(data_dir=tmp_path_factory.mktemp("stack")))
    stack.dispatch.stop()
    stack.dispatch = LoudDispatch()
    with ExitStack() as around:
        around.enter_context(stack)
        around.enter_context(stack.dispatch.observed(stack.dispatch.remember))
        person = someone(stack)
        photos_fail(stack, person)
        functions_fail(stack, person)
        reports_fail(stack, person)
        strangers_post(stack)
        page_fails(stack)
        declared = dict(stack.dispatch.declared)
        telegram_is_unreachable(stack, around)
        logs = "".join(path.read_text(errors="replace") for path in (stack.data_dir / "logs").iterdir())
        databases = b"".join(path.read_bytes() for path in (stack.data_dir / "store").iterdir())
        yield Week(
            logs,
            list(stack.dispatch.answers),
            databases,
            {str(call.params["file_id"]) for call in stack.telegram.calls if call.method == "getFile"},
            declared,
            stack.options.bot.token,
            stack.options.bot.webhook_secret,
            {urlsplit(each.url).path.split(":")[1] for each in (stack.aws, stack.dispatch, stack.telegram)},
        )


def someone(stack):
    """Somebody who has agreed, with a name and an id that are like no other word."""
    person = stack.telegram.person(PERSON_ID, first_name=NAME)
    person.user["username"] = USERNAME
    registered(Known(stack, person), "en")
    return person


@dataclass(frozen=True)
class Known:
    """The stack as `registered` sees it, with one person in it."""

    stack: Stack
    somebody: object

    @property
    def telegram(self):
        return self

    def person(self, **_):
        return self.somebody

    def wait_until_delivered(self, timeout_s):
        return self.stack.telegram.wait_until_delivered(timeout_s)


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
    secret = stack.options.bot.webhook_secret
    stack.gateway.post({"update_id": WORDS, "message": {"text": WORDS}})
    stack.gateway.post(late_photo())
    for header in ({}, {"X-Telegram-Bot-Api-Secret-Token": secret[:-1]}):
        response = requests.post(stack.gateway.url, data=WORDS.encode(), headers=header, timeout=30)
        assert (response.status_code, response.content) == (401, b"")


def page_fails(stack):
    user = {"id": PERSON_ID, "first_name": NAME, "username": USERNAME}
    launch = launch_data(stack.options.bot.token, user, now_utc(), hint=WORDS)
    stack.dispatch.fail_next("store", 1, "crash")
    for header, body, status in ((launch, {}, 503), (launch, {}, 200), (launch, {WORDS: 1}, 400), (WORDS, {}, 401)):
        url = stack.gateway.url.removesuffix(ROUTE) + "/app/api/open"
        response = requests.post(url, json=body, headers={"Authorization": f"tma {header}"}, timeout=30)
        assert response.status_code == status, response.text


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


def test_it_was_a_bad_week(week):
    """Otherwise the searches below could find nothing because nothing happened."""
    for line in (
        *(
            '"message":"app"',
            '"message":"update"',
            '"message":"store"',
            '"message":"infer"',
            '"message":"report"',
            "CloudWatchMetrics",
        ),
        *('"outcome":"dead_letter"', '"outcome":"malformed"', '"outcome":"TelegramRejectedError"'),
        *('"error_type":"TelegramUnavailableError"', '"error_type":"TelegramSilentError"'),
        *('"error_type":"FunctionUnavailableError"', '"error_type":"StoreUnavailableError"'),
        "WARNING urllib3.connectionpool Retrying",
        "DEBUG botocore.parsers withheld",
    ):
        assert line in week.logs, line
    assert '"op":"export","outcome":"done","counts":{"sent":1}' in week.logs
    assert '"op":"export","outcome":"done","counts":{"gone":1}' in week.logs
    assert week.file_ids
    assert {json.loads(answer)["statusCode"] for answer in week.answers_of("webhook")} == {200, 401, 503}


def test_no_line_of_any_process_shows_a_secret_or_a_person(week):
    private = {str(PERSON_ID), str(STRANGER_ID), ALBUM, "burnout-export", *kept_about_them(week)} | week.private

    assert {each for each in private if each in week.logs} == set()


def kept_about_them(week):
    """What the export has handed out, of the kind that is like nothing else: the folder's name, the models' numbers."""
    pages = [json.loads(answer).get("ok") or {} for answer in week.answers_of("store") if '"columns"' in answer]
    rows = [dict(zip(page["columns"], row, strict=True)) for page in pages for row in page["rows"]]
    found = {row[name] for row in rows for name in ("pseudonym", "models_json", "answer_json") if row.get(name)}
    assert ALBUM in {row.get("media_group_id") for row in rows}
    assert len(found) >= 2
    return found


def test_no_answer_of_a_function_shows_a_secret_or_a_name_or_a_file(week):
    assert {(name, each) for name, answer in week.answers for each in week.private if each in answer} == set()


def test_no_response_of_the_webhook_shows_an_exception(week):
    responses = [json.loads(answer) for answer in week.answers_of("webhook")]

    assert {response["statusCode"] for response in responses} == {200, 401, 503}
    for response in responses:
        assert response["statusCode"] == 200 or not response.get("body")
        for mark in ("Traceback", "Error", "Exception", "burnout.", "functions."):
            assert mark not in (response.get("body") or "")


def test_no_database_holds_a_secret_or_a_name_or_what_was_said(week):
    assert str(PERSON_ID).encode() in week.databases or PERSON_ID.to_bytes(8, "big").lstrip(b"\0") in week.databases
    assert {each for each in week.private if each.encode() in week.databases} == set()


def test_no_function_has_a_secret_in_its_environment(week):
    assert set(week.declared) == {"app", "infer", "report", "store", "webhook"}
    for function in week.declared.values():
        values = "\n".join(function.environment.values())
        assert week.token not in values
        assert week.webhook_secret not in values
        assert environment.TOKEN_VARIABLE not in function.environment
        assert week.token not in repr(function)
    assert week.declared["webhook"].environment["TELEGRAM_SECRET_ARN"].startswith("arn:aws:secretsmanager:")
