"""`python -m infra.webhook set|check|delete` against the fake Telegram."""

import time

import pytest
from aws_lambda_powertools.utilities.parameters.base import DEFAULT_PROVIDERS

from burnout.secret import BotSecret
from burnout.telegram.client import TelegramClient
from burnout.texts import LANGUAGES
from functions.webhook.dispatch import COMMANDS
from infra import webhook
from infra.profile import commands
from local.aws.environment import isolated, replaced
from local.aws.moto_server import Aws, dummy_account
from local.telegram.faults import Fault
from local.telegram.server import TOKEN, FakeTelegram

URL = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/telegram/webhook"
SECRET = "a-secret-that-only-the-stack-knows"
WELL, WRONG, WRONG_USE, FAILED = 0, 1, 2, 3
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
EXPECTED = {"url": URL, "allowed_updates": ALLOWED, "max_connections": 40}


@pytest.fixture
def telegram():
    with FakeTelegram() as running:
        yield running


@pytest.fixture
def command(telegram, monkeypatch):
    """Runs `python -m infra.webhook ...` as the fake's bot."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", SECRET)
    return lambda *arguments: webhook.main([*arguments, "--telegram-url", telegram.url])


def called(telegram, method):
    return [call.params for call in telegram.calls if call.method == method]


def test_set_tells_address_secret_kinds_and_connections_and_drops_nothing(telegram, command, capsys):
    assert command("set", "--url", URL) == WELL

    (sent,) = called(telegram, "setWebhook")
    assert sent == {**EXPECTED, "secret_token": SECRET}
    assert {name: telegram.webhook_info()[name] for name in EXPECTED} == EXPECTED
    assert telegram.violations == []
    assert "nothing is wrong" in capsys.readouterr().out


def test_set_shows_the_commands_of_help_and_the_descriptions_in_every_language(telegram, command):
    command("set", "--url", URL)

    for language in LANGUAGES:
        scope = "" if language == "en" else language
        shown = telegram.profile["setMyCommands", scope]["commands"]
        assert shown == commands(language, has_page=True)
        assert telegram.profile["setMyDescription", scope]["description"]
        assert telegram.profile["setMyShortDescription", scope]["short_description"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_has_every_command_in_every_language_and_plain_words(language):
    menu, english = (commands(each, has_page=True) for each in (language, "en"))
    assert [each["command"] for each in menu] == [each["command"] for each in english]
    assert {each["command"] for each in menu} == COMMANDS.keys()
    assert all("<" not in each["description"] for each in menu)


def test_set_with_a_wrong_token_says_so_and_changes_nothing(telegram, command, monkeypatch, capsys):
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:another-bots-token-that-is-not-known-here")

    assert command("set", "--url", URL) == FAILED

    said = capsys.readouterr()
    assert said.err == "webhook: Telegram does not accept this token\n"
    assert "another-bots-token" not in said.out + said.err
    assert telegram.webhook_info()["url"] == ""


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.org/telegram/webhook", "https addresses only"),
        ("https://example.org:8080/telegram/webhook", "ports 443, 80, 88 and 8443 only"),
        ("example.org", "https addresses only"),
        ("https://example.org:port/", "not an address"),
    ],
)
def test_set_refuses_an_address_that_telegram_would_not_use(command, url, reason, capsys):
    with pytest.raises(SystemExit) as ended:
        command("set", "--url", url)

    assert ended.value.code == WRONG_USE
    assert reason in capsys.readouterr().err


def test_set_without_an_address_or_a_token_says_what_is_missing(telegram, command, monkeypatch, capsys):
    assert command("set") == FAILED
    assert "set needs --url" in capsys.readouterr().err

    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    monkeypatch.delenv("TELEGRAM_WEBHOOK_SECRET")
    assert command("set", "--url", URL) == FAILED
    assert "give --secret-arn, or set TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET" in capsys.readouterr().err
    assert not telegram.calls


def test_set_waits_as_long_as_a_busy_telegram_asks(telegram):
    telegram.faults.add(Fault.too_many(3), method="setWebhook", times=2)
    waited = []

    wrong = webhook.set_webhook(bot(telegram, waited), URL, SECRET)

    assert wrong == ""
    assert waited == [3, 3]
    assert telegram.webhook_info()["url"] == URL


def test_set_gives_up_on_a_telegram_that_stays_busy(telegram, command, capsys, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    telegram.faults.add(Fault.too_many(1), method="getMe", times=4)

    assert command("set", "--url", URL) == FAILED
    assert "Telegram cannot be asked now: getMe: 429" in capsys.readouterr().err


@pytest.fixture
def no_earlier_secret():
    """Powertools keeps one client a process, and another test's knows another server."""
    yield DEFAULT_PROVIDERS.pop("secrets", None)
    DEFAULT_PROVIDERS.pop("secrets", None)


@pytest.mark.usefixtures("no_earlier_secret")
def test_set_reads_token_and_secret_from_secrets_manager(telegram, capsys):
    aws = Aws(BotSecret(TOKEN, SECRET)).start()
    try:
        with replaced(isolated({**dummy_account(), "AWS_ENDPOINT_URL_SECRETS_MANAGER": aws.url})):
            arguments = ["set", "--url", URL, "--secret-arn", aws.secret_arn]
            status = webhook.main([*arguments, "--telegram-url", telegram.url])
    finally:
        aws.stop()

    assert status == WELL
    assert called(telegram, "setWebhook")[0]["secret_token"] == SECRET
    assert TOKEN not in capsys.readouterr().out


def test_check_without_a_webhook_says_so(command, capsys):
    assert command("check") == WRONG
    assert "No webhook is set" in capsys.readouterr().out


def test_check_compares_the_address(command, capsys):
    command("set", "--url", URL)

    assert command("check", "--url", URL) == WELL
    assert command("check", "--url", "https://example.org/telegram/webhook") == WRONG
    assert f"Telegram delivers to {URL}, not to https://example.org" in capsys.readouterr().out


def test_check_says_that_the_stack_refuses_the_secret():
    info = {
        **EXPECTED,
        "last_error_date": 1000,
        "last_error_message": "Wrong response from the webhook: 401 Unauthorized",
    }

    said = webhook.trouble({**info, "pending_update_count": 3}, URL, 1060)

    assert "failed 60 s ago" in said
    assert "the secret at Telegram is not the stack's, run set again; 3 updates wait" in said


def test_check_says_what_telegram_met_lately_and_forgets_what_is_old():
    info = {**EXPECTED, "last_error_date": 1000, "last_error_message": "Read timeout expired"}

    assert "Read timeout expired" in webhook.trouble(info, URL, 1000 + 899)
    assert webhook.trouble(info, URL, 1000 + 901) == ""


@pytest.mark.parametrize(
    ("other", "reason"),
    [({"allowed_updates": ["message"]}, "other kinds of updates"), ({"max_connections": 100}, "up to 100 connections")],
)
def test_check_finds_settings_that_are_not_ours(other, reason):
    assert reason in webhook.trouble({**EXPECTED, **other}, URL, 0)


def test_delete_ends_delivery_and_keeps_what_waits(telegram, command):
    command("set", "--url", URL)
    telegram.person().send_text("/start")

    assert command("delete") == WELL

    assert telegram.webhook_info()["url"] == ""
    assert telegram.webhook_info()["pending_update_count"] == 1
    assert called(telegram, "deleteWebhook") == [{}]


def bot(telegram, waited):
    return webhook.Bot(TelegramClient(TOKEN, telegram.url), waited.append)
