"""/check: six taps in one message, a score with its course once in four weeks, and who listens where it is hard."""

from pathlib import Path

import pytest

from burnout.helplines import entries, lines_for
from burnout.store.inventories import ReadInventories
from burnout.texts import LANGUAGES, text
from tests import updates
from tests.unit.webhook.conftest import STALE, data, labels, lines

DAY_S = 24 * 3600
PLAIN = str.maketrans("“”’", '""\'')


def kept(bot):
    return [each.answers for each in bot.store(ReadInventories(user_id=7))]


def press(bot, sofar, **under):
    return bot(updates.button(f"v1:check:{sofar}", **under))


def test_six_taps_edit_one_message(bot):
    (asked,) = bot(updates.text("/check"))
    assert asked.params["text"].endswith("<b>1 of 6. How often do you feel tired?</b>")
    assert labels(asked) == [["Always"], ["Often"], ["Sometimes"], ["Seldom"], ["Never/almost never"]]

    for number in range(2, 7):
        _, asked = press(bot, sofar := data(asked)[3].removeprefix("v1:check:"))
        question = text(f"check_{number}", "en")
        assert (asked.method, asked.params["message_id"]) == ("editMessageText", 555)
        assert asked.params["text"] == f"<b>{number} of 6. {question}</b>"
        assert (sofar, kept(bot)) == ("1" * (number - 1), [])
    _, result = press(bot, "111111")

    assert result.method == "editMessageText"
    assert result.params["text"].startswith("<b>Tiredness: 25 of 100</b>, 18 Nov\n\n0 is never tired")
    assert "16 Dec" in result.params["text"]
    assert (kept(bot), bot.outcome) == (["111111"], "check")


def test_back_takes_one_answer_back(bot):
    for answered, before in (("0", ""), ("012", "01"), ("111111", "11111")):
        _, asked = press(bot, answered)
        assert (labels(asked)[-1][0], f"v1:check:{before}" in data(asked)) == ("← Back", True)

    press(bot, "111112")  # a wrong press is another one, while it is the same day
    assert kept(bot) == ["111112"]
    _, first = press(bot, "")
    assert "1 of 6" in first.params["text"]


def test_answers_of_long_ago_are_no_part_of_todays(bot):
    bot.later(2 * DAY_S)
    assert len(press(bot, "01234")[1].params["text"]) > 0
    bot.later(1)

    notice, _ = press(bot, "012343")

    assert (notice.params["text"], kept(bot)) == (STALE, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_next_time_is_28_days_later_and_the_course_has_the_newest_five(bot, language):
    bot(updates.button(f"v1:lang:{language}"))
    for number, answers in enumerate(("000000", "111111", "222222", "333333", "444444", "001111")):
        (asked,) = bot(updates.text("/check"))
        assert data(asked)[0] == "v1:check:4"
        press(bot, answers, date=updates.DATE + number * 28 * DAY_S)
        (wait,) = bot(updates.text("/check"))
        assert data(wait)[0] == "v1:home"
        bot.later(28 * DAY_S)

    assert "\n25 → 50 → 75 → 100 → 17\n" in wait.params["text"]
    assert lines(wait.params["text"]) <= 12
    assert len(kept(bot)) == 6


@pytest.mark.parametrize(("zone", "hours"), [("Pacific/Kiritimati", 22), ("Pacific/Pago_Pago", 23)])
def test_the_next_time_begins_with_a_day_of_the_persons_own_calendar(bot, zone, hours):
    """At eleven in UTC it is just past midnight in both: of the next day, and of the same."""
    bot(updates.button(f"v1:zone:{zone}"))
    press(bot, "000000")

    bot.later(27 * DAY_S + (hours - 1) * 3600)
    (early,) = bot(updates.text("/check"))
    bot.later(2 * 3600)
    (asked,) = bot(updates.text("/check"))

    assert (data(early)[0], data(asked)[0]) == ("v1:home", "v1:check:4")


def test_a_later_sixth_press_shows_what_stands(bot):
    press(bot, "000000")
    bot.later(DAY_S)

    _, shown = press(bot, "444444")
    assert shown.params["text"].startswith("<b>Tiredness: 0 of 100</b>, 18 Nov\n\nOnce in four weeks")
    _, shown = press(bot, "000000")  # the press that was kept, again
    assert "0 is never tired" in shown.params["text"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("answers", "is_hard"), [("222222", True), ("000300", True), ("222221", False)])
def test_a_hard_score_shows_the_lines(bot, language, answers, is_hard):
    bot(updates.button(f"v1:lang:{language}"))
    bot(updates.button("v1:zone:America/New_York"))

    _, result = press(bot, answers)
    (wait,) = bot(updates.text("/check"))

    assert (f"{text('check_hard', language)}\n{lines_for('US', language)}" in result.params["text"]) == is_hard
    assert [("v1:support" in data(call)) for call in (result, wait)] == [is_hard] * 2
    assert lines(result.params["text"]) <= 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_hard_result_fits_in_every_country(language):
    head = text("check_score", language, score="100", day="18 нояб.")
    course = " → ".join(["100"] * 5)
    countries = {None, *(country for line in entries() for country in line.countries)}
    for country in countries:
        html = f"{head}\n{course}\n\n{text('check_hard', language)}\n{lines_for(country, language)}"
        assert lines(html) <= 12, (country, html)


def test_the_page_has_the_questions_as_they_are_asked():
    page = (Path(__file__).parents[4] / "docs" / "inventory.md").read_text(encoding="utf-8").translate(PLAIN)

    for number in range(1, 7):
        asked = " | ".join(text(f"check_{number}", language).translate(PLAIN) for language in ("en", "ru"))
        assert f"| {number} | {asked} |" in page
