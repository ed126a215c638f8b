"""The history in words, and the report and charts that the report function is asked for."""

import re
from collections import deque
from datetime import date, timedelta

import pytest

from burnout.errors import FunctionUnavailableError, TransientError
from burnout.report_requests import ReportRequest
from burnout.store.check_ins import History, HistoryDay
from burnout.store.days import TellDay
from burnout.texts import LANGUAGES
from functions.webhook.flows.history import history
from tests import updates
from tests.fakes import face, inference, prediction
from tests.unit.webhook.conftest import data, lines, photo


def test_history_of_7_days_30_days_and_all(bot):
    for negative, rating in ((0.9, 1), (0.2, 4)):
        bot.infer.answer = inference(face(mvp=prediction(negative)))
        update = photo()
        bot(update)
        bot(updates.button(f"v1:rate:{update['message']['message_id']}:{rating}"))

    (call,) = bot(updates.text("/history"))

    assert call.params["text"] == (
        "<b>Last 7 days</b>\n"
        "2 check-ins on 1 day.\n"
        "Looked negative: 1 of 2 (50%).\n"
        "Mood: 2.5 of 5 on average, 2 ratings.\n"
        "How negative the expression looked, by day (▁ little, █ much, · no photo):\n"
        "<code>······▅</code>\n12 Nov – 18 Nov"
    )
    spans, charts = ["v1:hist:7", "v1:hist:30", "v1:hist:0"], ["v1:chart:course:7", "v1:chart:calendar:7"]
    assert data(call) == [*spans, *charts, "v1:why", "v1:home"]
    _, month = bot(updates.button("v1:hist:30"))
    assert month.method == "editMessageText"
    assert f"<code>{'·' * 29}▅</code>" in month.params["text"]
    _, everything = bot(updates.button("v1:hist:0"))
    assert everything.params["text"].endswith("<code>▅</code>\n18 Nov")
    assert data(everything)[-4:-2] == ["v1:chart:course:0", "v1:chart:calendar:0"]


def test_history_counts_moods_and_rated_days_and_says_what_was_told_of_energy_and_sleep(bot):
    def tell(day, **facts):
        for fact, value in facts.items():
            bot.store(TellDay(user_id=7, day=f"2026-11-{day}", fact=fact, value=value))

    bot(updates.text("/start"))
    assert "There is no check-in in this time" in bot.says(updates.text("/history"))
    tell(14, sleep=1)
    tell(15, energy=1, sleep=1)
    tell(16, sleep=3, rest=1)
    only_told = "<b>Last 7 days</b>\nEnergy: 1.0 of 5 on average, 1 day.\nBad nights: 2 of 3."
    assert bot.says(updates.text("/history")) == only_told

    bot(updates.button("v1:mood:2"))
    tell(17, rating=4, energy=2)
    bot(photo(asks_first=False))

    assert bot.says(updates.text("/history")).startswith(
        "<b>Last 7 days</b>\n"
        "3 check-ins on 2 days. Photos: 1.\n"
        "Looked negative: 1 of 1 (100%).\n"
        "Mood: 3.0 of 5 on average, 2 ratings.\n"
        "Energy: 1.5 of 5 on average, 2 days.\n"
        "Bad nights: 2 of 3.\n"
    )


def test_history_of_more_than_a_year_says_the_years(bot):
    bot(photo())
    bot.later(400 * 24 * 3600)

    _, everything = bot(updates.button("v1:hist:0"))

    assert re.search(r"\n\d+ Nov 2026 – \d+ Dec 2027$", everything.params["text"])


@pytest.mark.parametrize(
    ("make", "asked", "show", "days", "notice", "coming"),
    [
        (updates.text, "/report", "report", 0, [], "upload_photo"),
        (updates.button, "v1:report", "report", 0, ["Your report is on its way."], "upload_photo"),
        (updates.button, "v1:chart:course:7", "course", 7, ["Drawing…"], "upload_photo"),
        (updates.button, "v1:chart:calendar:0", "calendar", 0, ["Drawing…"], "upload_photo"),
        (updates.button, "v1:page", "page", 0, ["Making the page, one moment."], "upload_document"),
        (updates.text, "/why", "why", 0, [], "typing"),
        (updates.button, "v1:why", "why", 0, ["I am looking."], "typing"),
    ],
)
def test_what_the_report_function_makes_is_ordered_and_said_to_be_coming(bot, make, asked, show, days, notice, coming):
    update = make(asked)

    *spinner, action = bot(update)

    assert [call.params["text"] for call in spinner] == notice
    assert (action.method, action.params) == ("sendChatAction", {"chat_id": 7, "action": coming})
    assert bot.reports.requests == [ReportRequest(user_id=7, update_id=update["update_id"], show=show, days=days)]
    assert bot.outcome == ("why" if show == "why" else "report")


def test_repeated_update_orders_again_under_the_same_number(bot):
    update = updates.text("/report")

    bot(update)
    bot(update)

    assert len(bot.reports.requests) == 2
    assert len(set(bot.reports.requests)) == 1


def test_throttled_report_function_is_asked_again_later(bot):
    bot.reports.failures = deque([FunctionUnavailableError("report: throttled")])
    update = updates.text("/report")

    with pytest.raises(TransientError) as raised:
        bot(update)

    assert raised.value.retry_after_s == 5
    assert (bot(update)[0].method, len(bot.reports.requests)) == ("sendChatAction", 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days", [7, 30])
def test_a_history_with_everything_in_it_fits_12_lines_of_38(language, days):
    told = {"check_ins": 4, "photos": 3, "read": 3, "unsure": 1, "negative": 1, "mean_negative": 0.4}
    said = {"ratings": 3, "rating_sum": 9, "energy": 3, "sleep": 1}
    dates = [str(date(2026, 11, 18) - timedelta(days=back)) for back in range(days)]
    facts = History(days=tuple(HistoryDay(day=day, **told, **said) for day in reversed(dates)), today=dates[0])

    assert lines(history(facts, days, language).html) <= 12
