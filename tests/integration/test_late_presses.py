"""Presses that come late, as the webhook's handler serves them from the real store: what stands, and what is said."""

import json
from types import SimpleNamespace

import pytest

from burnout.clock import now_utc
from burnout.secret import BotSecret
from burnout.store.people import ChangeSettings, ReadSettings
from burnout.store.privacy import ReadRows
from burnout.values import NOTICE_VERSION
from functions.webhook import app
from local.aws import events
from local.aws.runtime import Function, context_of
from tests import updates
from tests.fuzz.properties import fresh_bot
from tests.unit.webhook.conftest import check_ins, checked_in, rows

LANGUAGES = ("en", "ru")
WEEK = "2026-W47"  # of updates.DATE
LATE = {"en": "reached me late", "ru": "дошло поздно"}
AGREED_AGAIN = {"en": "You agreed again", "ru": "вы согласились снова"}
ERASED = {"en": "Everything is deleted", "ru": "Всё удалено"}


class Served:
    """The webhook's Lambda function, asked as API Gateway does. `noticed` is what popped up over the last press."""

    def __init__(self, bot, monkeypatch):
        self.bot, self.noticed = bot, ""
        monkeypatch.setattr(app.WebhookConfig, "from_environment", lambda: SimpleNamespace(telegram_secret_arn=""))
        monkeypatch.setattr(app, "read_bot_secret", lambda arn: BotSecret("1:token", "secret"))
        monkeypatch.setattr(app, "wire", lambda config, secret: (bot.deps, self))

    def call(self, call):
        """Telegram: a spinner ends, with a notice or without."""
        self.noticed = call.params.get("text", "")

    def __call__(self, update):
        """The screen that the message with the button becomes."""
        context = context_of(Function("webhook", "", {}, timeout_s=25), "request")
        response = app.lambda_handler(events.api_event(json.dumps(update), "secret"), context)
        assert response["statusCode"] == 200
        return json.loads(response["body"])


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "late")
    with fresh_bot() as bot:
        yield Served(bot, monkeypatch)


def agrees(language):
    return updates.button(f"v1:agree:{NOTICE_VERSION}:{language}", language=language)


def erases(language):
    return updates.button("v1:erase", language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agreement_that_comes_after_the_erasure_brings_nobody_back(served, language):
    served(updates.button(f"v1:lang:{language}"))
    late, erasure = agrees(language), erases(language)
    assert ERASED[language] in served(erasure)["text"]

    notice = served(late)

    assert LATE[language] in notice["text"]
    assert not any(rows(served.bot).values())
    assert notice["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == f"v1:agree:{NOTICE_VERSION}:{language}"
    served(agrees(language))
    assert rows(served.bot)["people"] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_erasure_that_comes_again_after_a_new_agreement_deletes_nothing_of_it(served, language):
    erasure = erases(language)
    served(erasure)
    served(agrees(language))
    checked_in(served.bot)

    said = [served(erasure)["text"] for _ in range(2)]

    assert all(AGREED_AGAIN[language] in each for each in said)
    assert check_ins(served.bot) == 1
    assert ERASED[language] in served(erases(language))["text"]
    assert not any(rows(served.bot).values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("up:{}", "is:{}:sad"),
        ("down:{}", "up:{}"),
        ("is:{}:sad", "is:{}:fear"),
        ("rate:{}:1", "rate:{}:5"),
        (f"week:{WEEK}:5", f"week:{WEEK}:1"),
        ("lang:ru", "lang:en"),
        ("lang:en", "lang:ru"),
        ("donate:on", "donate:off"),
        ("reports:off", "reports:on"),
        ("day:1", "day:2"),
        ("hour:8", "hour:9"),
        ("zone:Europe/Berlin", "zone:Asia/Tbilisi"),
        ("remind:12", "silent"),
        ("quiet:22:8", "quiet:23:7"),
        ("theme:dark", "theme:light"),
        ("alerts:on", "alerts:off"),
        ("clock:hour:Europe/Berlin", "clock:hour:Asia/Tbilisi"),
        ("offer:rest:off", "offer:rest:on"),
    ],
)
def test_a_press_that_comes_late_shows_what_stands_and_claims_nothing(served, language, older, newer):
    number = checked_in(served.bot)
    served(updates.button(f"v1:lang:{language}"))
    served(updates.button("v1:zone:Etc/UTC"))  # or what is scheduled asks for the clock first
    late, last = (updates.button(f"v1:{each.format(number)}") for each in (older, newer))
    shown = served(last)
    assert served.noticed

    again = served(late)

    assert (served.noticed, again["text"]) == ("", shown["text"])
    assert ticked(again) == ticked(shown)


def test_a_press_that_comes_again_after_the_mini_app_chose_shows_that_and_the_next_one_is_taken(served):
    press = updates.button("v1:theme:dark")
    served(press)
    served.bot.store(ChangeSettings(user_id=7, theme="light", page_at_utc=now_utc()))

    again = served(press)

    assert served.noticed == ""
    assert "Charts: light" in again["text"]
    assert "Charts: dark" in served(updates.button("v1:theme:dark"))["text"]


def ticked(screen):
    """The buttons that say what stands."""
    keyboard = screen["reply_markup"]["inline_keyboard"]
    return {button["text"] for row in keyboard for button in row if button["text"].startswith("✓")}


def test_a_time_zone_in_words_that_come_late_shows_the_one_that_was_chosen_since(served):
    words = updates.text("/timezone Tokyo")
    served(updates.button("v1:zone:Europe/Berlin"))

    assert served(words)["text"].startswith("Your time zone: Berlin, ")
    assert served.bot.store(ReadSettings(user_id=7)).time_zone == "Europe/Berlin"


@pytest.mark.parametrize(("first", "last"), [("kicked", "member"), ("member", "kicked")])
def test_a_block_and_a_return_that_come_in_the_wrong_order_end_as_they_happened(served, first, last):
    late, newest = updates.membership(first), updates.membership(last)
    served.bot(newest)

    served.bot(late)

    assert reachable(served.bot) == (last == "member")


def reachable(bot):
    found = bot.store(ReadRows(user_id=7, table="people"))
    return bool(found.rows[0][found.columns.index("reachable")])
