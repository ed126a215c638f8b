"""Reports over HTTP to the fake Telegram: what arrives, and what follows from each kind of failure."""

from datetime import timedelta

import pytest

from burnout.store.people import ChangeSettings
from functions.store.operations import perform
from local.telegram.faults import Fault
from tests.unit.report.office import AGREED, SUNDAY, later, neighbours
from tests.unit.store.samples import new_check_in, record

GONE = Fault(403, "Forbidden: user is deactivated")


def received(person):
    """Pictures and words that arrived: "photo" or "text", in order."""
    return ["photo" if "photo" in message.raw else "text" for message in person.read_all()]


@pytest.mark.parametrize(("language", "word", "theme"), [("en", "Strain index", "light"), ("ru", "Индекс", "dark")])
def test_a_report_arrives_as_a_picture_with_words_and_buttons(telegram, office, language, word, theme):
    anna = office.newcomer(telegram, language=language)
    perform(office.root, ChangeSettings(user_id=anna.id, theme=theme), office.now_utc)

    assert office.tick() == {"sent": 1}

    (message,) = anna.read_all()
    assert word in message.raw["caption"]
    assert message.raw["reply_markup"]["inline_keyboard"]
    assert telegram.content(message.raw["photo"][-1]["file_id"])


@pytest.mark.parametrize("show", ["report", "course", "calendar"])
def test_what_is_asked_for_arrives(telegram, office, show):
    anna = office.newcomer(telegram)

    assert office.request(anna.id, show) == {"sent": 1}
    assert received(anna) == ["photo"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_alert_arrives_with_its_buttons(telegram, office, language):
    anna = office.newcomer(telegram, language=language, days=0)
    choices = ChangeSettings(user_id=anna.id, alerts=True, reports=False, time_zone="Etc/UTC")
    perform(office.root, choices, office.now_utc)
    for day, negative in enumerate([0.1] * 14 + [0.9] * 6):
        seen = new_check_in(negative, observed_at_utc=AGREED + timedelta(days=day))
        perform(office.root, record(day, user_id=anna.id, check_in=seen), AGREED + timedelta(days=day))

    assert office.tick(AGREED + timedelta(days=19, hours=3)) == {"alerts": 1}

    (message,) = anna.read_all()
    assert [row[0]["callback_data"] for row in message.raw["reply_markup"]["inline_keyboard"]] == [
        "v1:report",
        "v1:set",
        "v1:support",
    ]


@pytest.mark.parametrize(
    ("fault", "endings", "arrived"),
    [
        (Fault.server_error(), [{"sent": 1}, {}, {}], ["photo"]),
        (Fault.too_many(17), [{"released": 1}, {"sent": 1}, {}], ["photo"]),
        (Fault.lost_response(), [{"unanswered": 1}, {"noted": 1}, {}], ["photo", "text"]),
        (Fault.hang(0.2), [{"unanswered": 1}, {"noted": 1}, {}], ["text"]),
        (GONE, [{"unreachable": 1}, {}, {}], []),
        (Fault.bad_request("chat not found"), [{"unreachable": 1}, {}, {}], []),
    ],
)
def test_a_report_comes_once_at_most_whatever_telegram_does(telegram, office, fault, endings, arrived):
    anna = office.newcomer(telegram)
    telegram.faults.add(fault, method="sendPhoto")

    assert [office.tick(later(runs)) for runs in range(3)] == endings
    assert received(anna) == arrived


@pytest.mark.parametrize(
    ("fault", "afterwards"),
    [(Fault.too_many(30), ["photo"]), (Fault.server_error(), ["photo"]), (Fault.hang(0.05), ["text"])],
    ids=["429", "500", "hang"],
)
def test_a_chat_that_always_fails_holds_up_none_of_its_neighbours(telegram, office, fault, afterwards):
    first, *others = (office.newcomer(telegram, user_id) for user_id in neighbours(6, first=700))
    telegram.faults.add(fault, chat_id=first.id, times=10**6)

    office.tick()
    assert [received(person) for person in others] == [["photo"]] * 5
    for runs in range(1, 10):
        office.tick(later(runs))
    assert received(first) == []

    telegram.faults.clear()
    for runs in range(10, 30):
        office.tick(later(runs))
    assert [received(person) for person in (first, *others)] == [afterwards, *[[]] * 5]


def test_a_banned_bot_stops_its_run_and_everybody_has_their_report_once_it_may_write_again(telegram, office):
    people = [office.newcomer(telegram, user_id) for user_id in neighbours(6, first=700)]
    telegram.faults.add(Fault.too_many(900), times=10**6)

    assert office.tick()["released"] == 6
    telegram.faults.clear()

    assert office.tick(later()) == {"sent": 6}
    assert [received(person) for person in people] == [["photo"]] * 6


def test_the_note_has_a_button_that_brings_the_report(telegram, office):
    anna = office.newcomer(telegram)
    telegram.faults.add(Fault.hang(0.2), method="sendPhoto")
    office.tick()
    office.tick(later())

    (note,) = anna.read_all()

    assert note.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "v1:report"


def test_reminders_and_notes_are_well_formed_in_both_languages(telegram, office):
    for language in ("en", "ru"):
        anna = office.newcomer(telegram, language=language, days=0)
        wish = ChangeSettings(user_id=anna.id, reports=False, reminder_hour=18, time_zone="Etc/UTC")
        perform(office.root, wish, office.now_utc)
        days = [office.now_utc.replace(hour=18) + timedelta(days=n) for n in range(4)]

        counts = [office.tick(day) for day in days]

        assert counts == [{"reminders": 1}] * 3 + [{}]
        assert received(anna) == ["text"] * 3
        office.now_utc = SUNDAY - timedelta(days=6, hours=6)
