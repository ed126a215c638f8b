"""Who may use what: every command and every button, by a stranger, an older agreement, somebody else."""

import re
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from burnout.store.check_ins import ReadLast
from burnout.store.privacy import SetDonating
from burnout.telegram.buttons import GRAMMAR, SettingName
from burnout.texts import help_commands
from burnout.values import NOTICE_VERSION
from functions.webhook import dispatch
from tests import updates
from tests.unit.webhook.conftest import STALE, all_rows, checked_in, data, photo

ANYBODYS_COMMANDS = {"start", "help", "language", "privacy", "developer_info", "delete", "stop", "support"}
RIGHTS_COMMANDS = {"export", "undo"}  # of a person who agreed to any notice
CONSENTED_COMMANDS = {"app", "day", "history", "mood", "report", "settings", "timezone", "check", "why"}
ANYBODYS_BUTTONS = {
    "start", "read", "agree", "decline", "lang", "show", "keep", "erase", "stay", "help", "commands", "support",
    "lines", "home", "sees",
}  # fmt: skip
RIGHTS_BUTTONS = {"back", "unsure", "bin", "undo", "selfie", "binmood", "unmood"}
PRESSES = {
    "agree": f"v1:agree:{NOTICE_VERSION}:{{language}}", "decline": "v1:decline:{language}",
    "start": "v1:start:{language}", "read": "v1:read:all:{language}", "first": "v1:first:alerts",
    "fzone": "v1:fzone:Europe/Berlin", "fhour": "v1:fhour:19", "falerts": "v1:falerts:on", "home": "v1:home",
    "help": "v1:help", "commands": "v1:commands",
    "lang": "v1:lang:{language}", "up": "v1:up:{number}", "down": "v1:down:{number}", "is": "v1:is:{number}:sad",
    "name": "v1:name:{number}", "rate": "v1:rate:{number}:1", "show": "v1:show:{number}", "back": "v1:back:{number}",
    "unsure": "v1:unsure:{number}", "bin": "v1:bin:{number}:answer", "undo": "v1:undo:{number}", "keep": "v1:keep",
    "selfie": "v1:selfie:{number}", "stay": "v1:stay", "hist": "v1:hist:30", "report": "v1:report",
    "chart": "v1:chart:course:30", "ask": "v1:ask:2026-W47", "week": "v1:week:2026-W47:5", "set": "v1:set",
    "open": "v1:open:zone", "reports": "v1:reports:off", "day": "v1:day:0", "hour": "v1:hour:9",
    "zone": "v1:zone:Europe/Berlin", "remind": "v1:remind:12", "silent": "v1:silent", "quiet": "v1:quiet:23:7",
    "theme": "v1:theme:dark", "alerts": "v1:alerts:on", "donate": "v1:donate:off",
    "erase": "v1:erase", "mood": "v1:mood:2",
    "feel": "v1:feel", "binmood": "v1:binmood:1795000000", "unmood": "v1:unmood:1795000000", "days": "v1:days",
    "about": "v1:about:2026-11-18", "asks": "v1:asks:2026-11-17:sleep", "rated": "v1:rated:2026-11-17:2",
    "energy": "v1:energy:2026-11-18:2", "sleep": "v1:sleep:2026-11-18:3", "had": "v1:had:2026-11-18:overtime:1",
    "done": "v1:done:2026-11-18", "page": "v1:page", "sees": "v1:sees",
    "clock": "v1:clock:hour:Europe/Berlin", "offer": "v1:offer:rest:off", "write": "v1:write",
    "support": "v1:support", "lines": "v1:lines",
    "rerate": "v1:rerate:{number}", "check": "v1:check:012343", "why": "v1:why",
}  # fmt: skip
ABOUT_A_CHECK_IN = {"up", "down", "is", "name", "rate", "rerate", "show"}
NOTHING_KEPT = "I keep nothing about you, so there is nothing here to hand out or delete."
NOTICE_AGAIN = "The notice has changed:"


@pytest.fixture(params=["stranger", "older", "consented"])
def who(request):
    """Who asks, by what they agreed to."""
    return request.param


@pytest.fixture
def asking(who, request):
    """The bot of that person."""
    return request.getfixturevalue("bot" if who == "consented" else who)


def may(who, name, anybodys, of_the_known):
    """Whether the command or button is for them."""
    return name in {"stranger": anybodys, "older": anybodys | of_the_known}.get(who, {name})


def everything(bot):
    """All rows of person 7, and all photos."""
    return all_rows(bot), dict(bot.photos.kept)


def test_every_command_and_every_button_is_tested_here():
    assert set(dispatch.COMMANDS) == ANYBODYS_COMMANDS | RIGHTS_COMMANDS | CONSENTED_COMMANDS
    assert set(dispatch.BUTTONS) == set(GRAMMAR) == set(PRESSES)
    rows_of = (
        (dispatch.COMMANDS, ANYBODYS_COMMANDS, RIGHTS_COMMANDS),
        (dispatch.BUTTONS, ANYBODYS_BUTTONS, RIGHTS_BUTTONS),
    )
    for table, anybodys, rights in rows_of:
        assert {name for name, row in table.items() if row.stranger} == anybodys
        assert {name for name, row in table.items() if row.older} == anybodys | rights


@pytest.mark.parametrize("name", sorted(ANYBODYS_COMMANDS | RIGHTS_COMMANDS | CONSENTED_COMMANDS))
def test_command_is_answered_or_refused_by_who_asks(who, asking, name):
    before = everything(asking)

    told = asking(updates.text(f"/{name} Berlin"))[0].params.get("text", "")

    if may(who, name, ANYBODYS_COMMANDS, RIGHTS_COMMANDS):
        nothing_there = who == "stranger" and name in {"delete", "stop"}
        assert (asking.outcome, told == NOTHING_KEPT) == (name, nothing_there)
        return
    if name in RIGHTS_COMMANDS:
        assert (told, asking.outcome) == (NOTHING_KEPT, "nothing_kept")
    else:
        assert ("before you agree" in told, asking.outcome) == (True, "no_consent")
        assert told.startswith(NOTICE_AGAIN) == (who == "older")
    assert (asking.reports.requests, everything(asking)) == ([], before)


@pytest.mark.parametrize("action", PRESSES)
def test_button_is_answered_or_refused_by_who_presses(who, asking, action):
    if who == "consented":
        checked_in(asking)
    newest = asking.store(ReadLast(user_id=7)).check_in
    pressed = PRESSES[action].format(number=newest.message_id if newest else 1, language="en")
    before = everything(asking)

    notice, *rest = asking(updates.button(pressed))

    if may(who, action, ANYBODYS_BUTTONS, RIGHTS_BUTTONS):
        nothing_there = who == "stranger" and action in ABOUT_A_CHECK_IN
        assert (notice.params.get("text") == STALE) == nothing_there
        assert asking.outcome != "no_consent"
        return
    if who == "stranger":
        (way_on,) = rest
        assert (notice.params["text"], "before you agree" in way_on.params["text"]) == (STALE, True)
    else:
        (asked,) = rest
        assert (asked.method, asking.outcome) == ("sendMessage", "no_consent")
        assert asked.params["text"].startswith(NOTICE_AGAIN)
    assert (asking.reports.requests, everything(asking)) == ([], before)


@pytest.mark.parametrize("action", PRESSES)
def test_no_button_touches_what_is_somebody_elses(bot, action):
    bot.store(SetDonating(user_id=7, donating=True))
    number = checked_in(bot)
    bot(updates.button(f"v1:agree:{NOTICE_VERSION}:en", 8))
    pressed = PRESSES[action].format(number=number, language="en")
    before = everything(bot)

    notice, *rest = bot(updates.button(pressed, 8))
    (forged,) = bot(updates.button(pressed, 8, chat_id=7))

    assert {call.params["chat_id"] for call in rest} <= {8}
    assert (notice.params.get("text") == STALE) == (action in ABOUT_A_CHECK_IN)
    assert (forged.params["text"], bot.outcome) == (STALE, "forged_button")
    read, photos = everything(bot)
    assert (read, {key: photos.get(key) for key in before[1]}) == before


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("place", ["self", "ap-southeast-7"])
def test_every_screen_fits_telegram_and_is_in_the_persons_language(stranger, language, place):
    stranger.data_place, stranger.operator_contact = place, "N" * 200  # the fixture checks every call
    opened = [f"v1:open:{name}" for name in get_args(SettingName)]
    told = []
    for known in (False, True):
        if known:
            stranger(updates.button(f"v1:agree:{NOTICE_VERSION}:{language}"))
            told += stranger(update := photo())
            told += stranger(photo(asks_first=True))
        number = update["message"]["message_id"] if known else 1
        for words in (*(f"/{name}" for name in dispatch.COMMANDS), "/", "words"):
            told += stranger(updates.text(words, language=language))
        for press in (*(each.format(number=number, language=language) for each in PRESSES.values()), *opened):
            told += stranger(updates.button(press, language=language))

    texts = [call.params["text"] for call in told if call.params.get("text")]
    assert len(texts) > 100
    assert max(map(len, texts)) > 1000
    assert [words for words in texts if bool(re.search("[а-яё]", words)) != (language == "ru")] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/help", "send a selfie"),
        ("/help@our_bot", "send a selfie"),
        ("/HELP please", "send a selfie"),
        ("/language", "Which language"),
        ("/nonsense", "do not know this command"),
        ("/", "do not know this command"),
        ("hello", "cannot understand words"),
        ("<b>&</b> \u202e \x00 '; DROP TABLE people; --", "cannot understand words"),
        ("😀" * 4096, "cannot understand words"),
    ],
)
def test_words_get_their_sentence(bot, words, sentence):
    assert sentence in bot.says(updates.text(words))


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("has_page", "left_out"), [(True, set()), (False, {"app"})])
def test_the_help_names_every_command_that_leads_somewhere(language, has_page, left_out):
    named = re.findall(r"^/([a-z_]+)", help_commands(language, has_page=has_page), re.MULTILINE)
    assert sorted(named) == sorted(set(dispatch.COMMANDS) - left_out)


def test_button_under_a_message_of_another_chat_is_ignored(bot, number):
    (call,) = bot(updates.button(f"v1:rate:{number}:1", chat_id=-5))

    assert call.method == "answerCallbackQuery"
    assert bot.outcome == "forged_button"


def test_button_under_a_picture_answers_with_a_new_message(bot):
    update = updates.button("v1:hist:7")
    del update["callback_query"]["message"]["text"]

    _, call = bot(update)

    assert call.method == "sendMessage"


@pytest.mark.parametrize(
    "forged", [None, "", "v1:hist:9 OR 1=1--", "v1:hist:8", "v1:rate:1:6", "v1:is:1:joy", "v1:agree:9:en", "x" * 64]
)
def test_forged_data_is_answered_safely_and_changes_nothing(bot, number, forged):
    before = everything(bot)

    spinner, way_on = bot(updates.button(forged))

    assert (spinner.params["text"], data(way_on)[0]) == (STALE, "v1:mood:1")
    assert everything(bot) == before


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=64))
def test_any_data_at_all_is_answered(bot, forged):
    assert bot(updates.button(forged))[0].method == "answerCallbackQuery"
