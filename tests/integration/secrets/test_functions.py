"""One person's week through the whole stack: every part fails once, and nothing private is written anywhere.

Every logger of every function's process is at its lowest level. Searched are all that the processes write, all that
the functions answer, and the databases; a log line may name an update by its number, and that is all.
"""

import json
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from local.aws import environment
from local.stack import Options, Stack
from tests.integration.secrets.week import (
    ALBUM,
    PERSON_ID,
    STRANGER_ID,
    LoudDispatch,
    Week,
    functions_fail,
    page_fails,
    photos_fail,
    reports_fail,
    someone,
    strangers_post,
    telegram_is_unreachable,
)


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
            stack.bot.token,
            stack.bot.webhook_secret,
            {urlsplit(each.url).path.split(":")[1] for each in (stack.aws, stack.dispatch, stack.telegram)},
        )


def test_it_was_a_bad_week(week):
    """Otherwise the searches below could find nothing because nothing happened."""
    for line in (
        *(f'"message":"{each}"' for each in ("app", "update", "store", "infer", "report")),
        "CloudWatchMetrics",
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
