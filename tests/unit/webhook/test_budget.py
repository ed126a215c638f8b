"""Time: whatever is slow, the function has counted it and answered before it would be killed."""

from dataclasses import dataclass, replace
from itertools import product
from types import SimpleNamespace

import pytest
from botocore.config import Config

from burnout.errors import (
    FunctionUnavailableError,
    OutOfTimeError,
    PhotoStorageError,
    StoreUnavailableError,
    TelegramUnavailableError,
    TransientError,
)
from burnout.store.check_ins import ReadHistory
from burnout.telegram.calls import BotCall
from burnout.values import NOTICE_VERSION
from functions.webhook import budget, gateway
from functions.webhook.deps import RequestTrace
from local.aws import functions
from tests import updates
from tests.fakes import face, inference, prediction
from tests.unit.webhook.conftest import photo

QUICK_S = 0.05
PACES = ("quick", "slow", "slow and fails")
OUTSIDE = {  # a call of Deps: how long it takes at worst, and how it fails
    "store": (budget.STORE_S, StoreUnavailableError("busy")),
    "put_photo": (budget.PUT_S, PhotoStorageError("put")),
    "infer": (budget.INFER_S, FunctionUnavailableError("infer")),
    "download": (budget.DOWNLOAD_S, TelegramUnavailableError("getFile")),
    "order_report": (budget.ORDER_S, FunctionUnavailableError("report")),
}


@dataclass
class Clock:
    now_s: float = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def slowed(stranger):
    """Makes every call around the bot as slow as `paces` say, of the store by operation.

    Gives a trace that begins now, on the same clock, and the calls as they are asked.
    """

    def slow(paces):
        clock, asked = Clock(), []

        def taking_its_time(name, call):
            worst_s, error = OUTSIDE[name]

            def taken(*given):
                asked.append(type(given[0]).__name__ if name == "store" else name)
                pace = paces.get(asked[-1], "quick")
                clock.now_s += QUICK_S if pace == "quick" else worst_s
                if pace == "slow and fails":
                    raise error
                return call(*given)

            return taken

        stranger.around = lambda deps: replace(
            deps, **{name: taking_its_time(name, getattr(deps, name)) for name in OUTSIDE}
        )
        return RequestTrace(clock=clock, ends_at_s=budget.LIFETIME_S), asked

    return slow


class SlowTelegram:
    """In TelegramClient's place; every call takes its worst time."""

    def __init__(self, clock):
        self.clock, self.called = clock, []

    def call(self, call):
        self.called.append(call.method)
        self.clock.now_s += budget.EXTRA_S


def test_worst_case_of_an_aws_client_is_all_its_attempts_and_a_second_between_them():
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=7)
    thrice = Config(retries={"total_max_attempts": 3}, connect_timeout=1, read_timeout=2)

    assert (budget.worst_s(once), budget.worst_s(thrice)) == (8, 11)


def test_every_call_fits_into_the_functions_life_with_the_counting_of_its_failure():
    calls = {name: vars(budget)[name] for name in ("STORE_S", "INFER_S", "PUT_S", "ORDER_S", "DOWNLOAD_S")}

    assert {name: worst for name, worst in calls.items() if worst + budget.RESERVE_S > budget.LIFETIME_S - 2} == {}
    assert budget.EXTRA_S + budget.ANSWER_S < budget.LIFETIME_S


@pytest.mark.parametrize("name", OUTSIDE)
def test_call_that_the_counting_of_its_failure_would_not_outlive_is_not_begun(bot, slowed, name):
    trace, asked = slowed({})
    trace.ends_at_s = OUTSIDE[name][0] + budget.RESERVE_S - 0.01

    with pytest.raises(OutOfTimeError):
        getattr(budget.bounded(bot.deps, trace), name)()

    assert asked == []


def test_function_lives_as_long_as_the_budget_says():
    around = functions.FunctionEnvironment(SimpleNamespace(url="", secret_arn=""), "", "", functions.Path("/tmp"))

    assert functions.webhook(functions.Sizes(), around).timeout_s == budget.LIFETIME_S


@pytest.mark.parametrize("begin", PACES)
def test_photo_never_outlives_the_function_and_every_failure_but_the_stores_is_counted(bot, slowed, begin):
    bot.photos_per_hour = bot.photos_per_day = 1000
    for rest in product(PACES, repeat=4):
        paces = dict(zip(("Begin", "download", "put_photo", "infer", "Record"), (begin, *rest), strict=True))
        trace, asked = slowed(paces | {"Fail": "slow"})

        try:
            answered = bool(bot(photo(), trace))
        except StoreUnavailableError:
            answered, counted = False, "slow and fails" in {begin, paces["Record"]}
        except TransientError:
            answered, counted = False, "Fail" in asked

        assert answered or counted, paces
        assert not answered or "slow and fails" not in paces.values(), paces
        assert trace.clock() + budget.ANSWER_S <= budget.LIFETIME_S, paces


@pytest.mark.parametrize(
    "slow", [{"infer"}, {"download"}, {"put_photo"}, {"Consent"}, {"Consent", "infer"}, {"Record"}]
)
def test_yes_to_a_photo_never_outlives_the_function_and_its_spinner_ends_before_the_photo_is_read(
    stranger, slowed, slow
):
    trace, asked = slowed(dict.fromkeys([*slow, "Fail"], "slow"))
    stranger.infer.before = lambda: spinners.extend(stranger.sent)
    spinners, telegram = [], SlowTelegram(trace.clock)
    yes = updates.button(f"v1:agree:{NOTICE_VERSION}:en", reply_to_message=photo()["message"])

    try:
        gateway.accepted(stranger(yes, trace), telegram, trace)
    except TransientError:
        assert "Fail" in asked

    assert trace.clock() + budget.ANSWER_S <= budget.LIFETIME_S
    assert {call.method for call in spinners} == ({"answerCallbackQuery"} if "infer" in asked else set())


def test_stage_that_would_outlive_the_function_is_not_begun_and_is_counted(bot, slowed):
    update = photo()
    trace, asked = slowed({"download": "slow"})

    with pytest.raises(TransientError) as raised:
        bot(update, trace)

    assert isinstance(raised.value.__cause__, OutOfTimeError)
    assert (trace.current_stage, trace.error_type, trace.outcome) == ("put", "OutOfTimeError", "retry")
    assert asked == ["Begin", "download", "Fail"]
    assert "mostly negative" in bot(update, slowed({})[0])[0].params["text"]


def test_update_that_always_lacks_time_is_given_up_after_five_attempts(bot, slowed):
    update = photo()
    for _ in range(4):
        with pytest.raises(TransientError):
            bot(update, slowed({"download": "slow"})[0])
        bot.later(6)

    (call,) = bot(update, slowed({"download": "slow"})[0])

    assert "it is my fault" in call.params["text"]
    assert bot.outcome == "dead_letter"


@pytest.mark.parametrize(
    "data", ["v1:hist:7", "v1:zone:Europe/Berlin", "v1:lang:ru", "v1:report", "v1:up:1", "v1:erase"]
)
@pytest.mark.parametrize("slow", [{}, {"Begin"}, {"order_report"}, {"ReadSettings", "ChangeSettings"}, {"SetLanguage"}])
def test_press_never_outlives_the_function(bot, slowed, data, slow):
    trace, asked = slowed(dict.fromkeys([*slow, "Fail"], "slow"))
    telegram = SlowTelegram(trace.clock)

    try:
        gateway.accepted(bot(updates.button(data), trace), telegram, trace)
    except TransientError:
        assert "Fail" in asked

    assert trace.clock() + budget.ANSWER_S <= budget.LIFETIME_S


def test_extra_for_which_no_time_is_left_is_left_out_and_the_answer_stands():
    trace = RequestTrace(clock=Clock(5.0), ends_at_s=5.0 + budget.EXTRA_S)
    telegram = SlowTelegram(trace.clock)

    response = gateway.accepted([BotCall("answerCallbackQuery", {}), BotCall("sendMessage", {})], telegram, trace)

    assert (response["statusCode"], telegram.called, trace.error_type) == (200, [], "OutOfTimeError")
    assert "sendMessage" in response["body"]


def test_failure_is_counted_even_when_there_is_no_time_for_anything_else(bot, slowed):
    trace, asked = slowed({})
    trace.ends_at_s = budget.RESERVE_S

    with pytest.raises(TransientError):
        bot(photo(), trace)

    assert asked == ["Fail"]


def test_plenty_of_time_changes_nothing(bot, slowed):
    bot.infer.answer = inference(face(mvp=prediction(0.2)))

    assert "mostly positive" in bot(photo(), slowed({})[0])[0].params["text"]
    assert [day.check_ins for day in bot.store(ReadHistory(user_id=7)).days] == [1]
