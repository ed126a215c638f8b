"""What is said of a day: two taps for a mood, four for a whole day, and up to seven days back."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from burnout.store.days import FACTORS, Day, Mood, ReadDay
from burnout.store.people import ChangeSettings
from burnout.store.privacy import ReadRows
from burnout.texts import variants
from functions.webhook.flows import day, mood
from tests import updates
from tests.unit.webhook.conftest import START, checked_in, data, labels, lines

TODAY = START.date()
ELSEWHERE = {"support", "home"}


def told(bot, back=0):
    return bot.store(ReadDay(user_id=7, day=str(TODAY - timedelta(days=back))))


def press(bot, button):
    """What the message becomes."""
    _, call = bot(updates.button(button))
    assert call.method == "editMessageText"
    return call


def way_on(call):
    """The last button before those to other conversations."""
    return [each for each in data(call) if each.split(":")[1] not in ELSEWHERE][-1]


def kept(bot):
    """The days that are kept, and what of each was told later."""
    found = bot.store(ReadRows(user_id=7, table="days"))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return {row["day"]: row["late"] for row in rows}


def test_two_taps_for_a_mood_four_for_a_whole_day(bot):
    screens = [press(bot, button) for button in ("v1:mood:3", f"v1:energy:{TODAY}:2", f"v1:sleep:{TODAY}:1")]
    press(bot, f"v1:had:{TODAY}:overtime:1")
    end = press(bot, way_on(screens[2]))

    assert [call.params["text"].split("\n\n")[-1] for call in screens] == [
        "<b>And your energy?</b>\n1 is exhausted, 5 is rested.",
        "<b>How was last night’s sleep?</b>",
        "<b>What was in the day?</b>\nTap all that fit, then Done.",
    ]
    assert screens[2].params["text"].startswith("Mood: 3 of 5\nEnergy: 2 of 5\nSleep: bad\n\n")
    assert end.params["text"].split("\n") == [
        "<b>Today</b>", "Mood: 3 of 5", "Energy: 2 of 5", "Sleep: bad", "The day had: overtime", "",
        "Thank you. That is all for this day.",
    ]  # fmt: skip
    assert data(end)[:2] == [f"v1:about:{TODAY}", "v1:hist:7"]
    assert (told(bot).energy, told(bot).sleep, told(bot).factors) == (2, 1, ("overtime",))


def test_every_question_can_be_skipped(bot):
    call, passed = press(bot, "v1:mood:3"), []
    while not way_on(call).startswith("v1:hist"):
        passed.append(way_on(call))
        call = press(bot, way_on(call))

    assert passed == [f"v1:asks:{TODAY}:sleep", f"v1:asks:{TODAY}:factors", f"v1:done:{TODAY}"]
    assert kept(bot) == {}


def test_nothing_is_asked_twice_a_day(bot):
    """What was said is not asked for again, what was passed over only once; a later mood just offers it."""
    press(bot, f"v1:sleep:{TODAY}:3")
    first = press(bot, "v1:mood:3")
    after_energy = press(bot, f"v1:energy:{TODAY}:4")
    bot.later(3600)
    later = press(bot, "v1:mood:4")
    bot.later(86_400)
    tomorrow = press(bot, "v1:mood:4")

    assert "energy" in first.params["text"]
    assert "What was in the day?" in after_energy.params["text"]
    assert later.params["text"].endswith("good.\nThank you. That is all it takes.")
    assert way_on(later) == f"v1:about:{TODAY}"
    assert "energy" in tomorrow.params["text"]


def test_a_day_that_is_told_is_not_asked_about_by_its_first_mood(bot):
    for button in (f"v1:energy:{TODAY}:4", f"v1:sleep:{TODAY}:3", f"v1:had:{TODAY}:rest:1"):
        press(bot, button)

    assert way_on(press(bot, "v1:mood:3")) == f"v1:about:{TODAY}"


def test_what_is_changed_from_the_card_leads_back_to_it(bot):
    press(bot, f"v1:energy:{TODAY}:4")
    asked = press(bot, f"v1:asks:{TODAY}:energy")

    changed = press(bot, f"v1:energy:{TODAY}:2")
    back = press(bot, way_on(asked))
    removed, again = (press(bot, f"v1:energy:{TODAY}:0") for _ in range(2))

    assert labels(asked)[0] == ["1", "2", "3", "✓ 4", "5"]
    assert data(asked)[3] == f"v1:energy:{TODAY}:0"
    assert changed.params["text"] == back.params["text"] == "<b>Today</b>\nEnergy: 2 of 5"
    assert removed == again
    assert removed.params["text"].startswith("<b>Today</b>\nNothing said yet. One tap is enough:")
    assert kept(bot) == {}


def test_a_repeated_press_asks_the_same_question_again(bot):
    press(bot, "v1:mood:3")
    update = updates.button(f"v1:energy:{TODAY}:2")

    assert bot(update) == bot(update)


def test_an_older_press_that_comes_late_shows_what_stands(bot):
    older, newer = updates.button(f"v1:energy:{TODAY}:2"), updates.button(f"v1:energy:{TODAY}:5")
    bot(newer)

    notice, call = bot(older)

    assert "text" not in notice.params
    assert call.params["text"] == "<b>Today</b>\nEnergy: 5 of 5"


def test_a_ticked_factor_is_taken_back(bot):
    press(bot, f"v1:had:{TODAY}:overload:1")
    both = press(bot, f"v1:had:{TODAY}:people:1")
    one = press(bot, f"v1:had:{TODAY}:overload:0")

    assert [label for row in labels(both) for label in row if "✓" in label] == ["✓ too much to do", "✓ good company"]
    assert f"v1:had:{TODAY}:overload:0" in data(both)
    assert f"v1:had:{TODAY}:overload:1" in data(one)
    assert told(bot).factors == ("people",)


def test_hidden_factors_are_not_offered(bot):
    press(bot, f"v1:had:{TODAY}:rest:1")
    bot.store(ChangeSettings(user_id=7, hidden_factors=(*FACTORS[:2], "rest")))

    offered = {each.split(":")[3] for each in data(press(bot, f"v1:asks:{TODAY}:factors")) if ":had:" in each}

    assert offered == {*FACTORS} - {*FACTORS[:2]}, "what the day has can still be taken back"


def test_the_question_about_the_day_is_left_out_where_every_factor_is_hidden(bot):
    bot.store(ChangeSettings(user_id=7, hidden_factors=FACTORS))
    press(bot, "v1:mood:3")

    end = press(bot, f"v1:sleep:{TODAY}:3")

    assert end.params["text"].endswith("That is all for this day.")
    assert f"v1:asks:{TODAY}:factors" not in data(press(bot, f"v1:about:{TODAY}"))


# ---------------------------------------------------------------- earlier days


def test_the_last_seven_days_are_offered_with_their_ratings(bot):
    for rating in (3, 4):
        bot(updates.button(f"v1:rate:{checked_in(bot)}:{rating}"))

    (listed,) = bot(updates.text("/day"))

    names = [label for row in labels(listed) for label in row]
    assert names[:3] == ["Today · 3.5", "Yesterday · –", "Mon, 16 Nov · –"]
    assert data(listed) == [*(f"v1:about:{TODAY - timedelta(days=back)}" for back in range(8)), "v1:home"]
    assert data(press(bot, "v1:days")) == data(listed)


@pytest.mark.parametrize("local_time", ["11:06", "00:30"])
def test_a_past_day_is_marked_as_told_later(bot, local_time):
    """By the person's own clock: at half past midnight the day that has just ended is yesterday."""
    bot.store(ChangeSettings(user_id=7, time_zone="Etc/UTC" if local_time == "11:06" else "Asia/Tokyo"))
    if local_time == "00:30":
        bot.now_utc = datetime(2026, 11, 17, 15, 30, tzinfo=UTC)  # half past midnight of the 18th in Tokyo
    yesterday = TODAY - timedelta(days=1)

    asked = press(bot, f"v1:asks:{yesterday}:rating")
    press(bot, f"v1:rated:{yesterday}:2")
    press(bot, f"v1:sleep:{TODAY}:3")
    card = press(bot, f"v1:about:{yesterday}")

    assert asked.params["text"].startswith("<b>Yesterday: how was it on the whole?</b>")
    assert card.params["text"] == "<b>Yesterday</b>\nMood, said later: 2 of 5"
    assert kept(bot) == {str(yesterday): "rating", str(TODAY): ""}


@pytest.mark.parametrize(("rating", "kind"), [(1, True), (2, True), (3, False)])
def test_a_hard_day_told_later_gets_a_warm_word_and_people_who_listen_to_the_end(bot, rating, kind):
    yesterday = TODAY - timedelta(days=1)
    asked = press(bot, f"v1:rated:{yesterday}:{rating}")
    later = [press(bot, f"v1:{fact}:{yesterday}:2") for fact in ("energy", "sleep")] + [press(bot, way_on(asked))]
    changed = [press(bot, f"v1:rated:{yesterday}:{each}") for each in (5, rating)][1]

    for call in (asked, changed):
        assert any(each in call.params["text"] for each in variants("warm_late", "en")) == kind
    assert {"v1:support" in data(call) for call in (asked, *later, changed)} == {kind}


def test_a_week_of_hard_days_told_in_one_evening_reads_another_sentence_for_each(bot):
    days = [TODAY - timedelta(days=back) for back in range(1, 8)]
    told = [press(bot, f"v1:rated:{day}:1").params["text"] for day in days]

    assert len({each for each in variants("warm_late", "en") for said in told if each in said}) == len(days)


def test_people_who_listen_stay_in_reach_while_the_day_of_a_low_mood_is_told(bot):
    buttons = ["v1:mood:1", f"v1:energy:{TODAY}:2", f"v1:sleep:{TODAY}:1", f"v1:done:{TODAY}", f"v1:about:{TODAY}"]

    assert [data(press(bot, button)).count("v1:support") for button in buttons] == [1] * 5


@pytest.mark.parametrize(("back", "number"), [(0, "v1:mood:3"), (1, "v1:rated:{}:3")])
def test_a_day_without_a_word_takes_one_tap(bot, back, number):
    empty = TODAY - timedelta(days=back)

    for button in ("about", "done"):  # nothing is thanked for that was not said
        call = press(bot, f"v1:{button}:{empty}")
        assert (data(call)[2], "Thank you" in call.params["text"]) == (number.format(empty), False)
    press(bot, number.format(empty))
    card = press(bot, f"v1:about:{empty}")

    assert "3 of 5" in card.params["text"]
    assert data(card)[0] == ("v1:feel" if back == 0 else f"v1:asks:{empty}:rating")


def test_a_past_day_is_completed_question_by_question(bot):
    day_before = TODAY - timedelta(days=2)

    asked = press(bot, f"v1:rated:{day_before}:4").params["text"]

    assert asked.startswith("Mood, said later: 4 of 5\n\n<b>Mon, 16 November: how much energy?</b>")
    assert data(press(bot, f"v1:done:{day_before}"))[:2] == [f"v1:about:{day_before}", "v1:days"]


@pytest.mark.parametrize("kind", ["about:{}", "asks:{}:sleep", "rated:{}:3", "energy:{}:3", "had:{}:rest:1", "done:{}"])
@pytest.mark.parametrize(
    ("day", "why"),
    [
        (TODAY + timedelta(days=1), "That day has not come yet."),
        (TODAY - timedelta(days=8), "I go back seven days"),
        ("9999-12-31", "That day has not come yet."),
        ("0001-01-01", "I go back seven days"),
    ],
)
def test_a_day_that_has_not_come_or_lies_too_far_back_keeps_nothing_and_says_why(bot, kind, day, why):
    notice, home = bot(updates.button(f"v1:{kind.format(day)}"))

    assert notice.params["text"].startswith(why)
    assert (home.method, "v1:mood:3" in data(home)) == ("sendMessage", True)
    assert kept(bot) == {}


# ---------------------------------------------------------------- how it looks


FACTS = {"rating": 5, "energy": 5, "sleep": 2, "factors": FACTORS}
NOTHING = dict.fromkeys(FACTS) | {"factors": ()}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("back", [0, 1, 6])
def test_every_card_fits_12_lines_of_38(language, back):
    """With nothing said, with everything and forty moods, and with each of the warm sentences."""
    then, screens = TODAY - timedelta(days=back), []
    for facts, ratings in product((NOTHING, FACTS), ((), (5,), (5,) * 40)):
        told = Day(day=str(then), today=str(TODAY), ratings=ratings, hidden_factors=(), **facts)
        for kind in ("", *variants("warm_late", language)):
            screens += [day.card(told, language, lead=kind), day.thanks(told, language, last=kind)]
        screens += [day.question(told, asked, language) for asked in day.QUESTIONS]
        for rating, first, low_ratings in product(range(1, 6), (True, False), range(1, 7)):
            at = {"observed_at_utc": START, "at_local": f"{then}T11:06"}
            told_now = Mood(**at, rating=rating, first=first, low_ratings=low_ratings, day=told)
            screens.append(mood.said(told_now, language))

    for screen in screens:
        assert lines(screen.html) <= 12, screen.html
        for row in screen.keyboard:  # Telegram gives every button of a row the same width
            assert len(row) * max(len(button[0]) for button in row) <= 38, row
