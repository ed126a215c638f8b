"""What the page may ask for, and what it is answered: JSON in, JSON out, only ever about the person of the launch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from burnout.errors import TransientError
from burnout.report_requests import ReportRequest
from burnout.schedule import at_hour, local_day, zone_names
from burnout.store.check_ins import ReadHistory
from burnout.store.days import BACK_DAYS, FACTORS, Fact, ReadDay, TellDay, Value
from burnout.store.operation import Choice, Store
from burnout.store.people import ChangeSettings, EnterApp, SetLanguage, Settings, outside_quiet_hours, scheduled_by
from burnout.store.privacy import CHECK_INS_FOR
from burnout.store.reports import Course, ReadCourse
from burnout.strain.findings import REPORT_DAYS
from burnout.values import DayKey, Language
from functions.app.course import Points, goes_with, moments_of, points_from, points_of
from functions.app.door import Launch

T = TypeVar("T")
BODY_LIMIT_BYTES: Final = 4096
# closed: open the page again. bad: the page never asks this. no_zone: what is to be scheduled needs a clock.
# quiet: a reminder in the quiet hours could never come.
Code = Literal["closed", "bad", "no_zone", "quiet", "future_day", "too_late", "later"]
_MOST: Final[dict[str, int]] = {"rating": 5, "energy": 5, "sleep": 3}  # of a factor 1
_Days = Annotated[int, msgspec.Meta(ge=1, le=CHECK_INS_FOR.days)]


@dataclass(frozen=True)
class Deps:
    """What lies outside."""

    store: Store
    order_report: Callable[[ReportRequest], None]
    now_utc: Callable[[], datetime]
    notice: int  # that people must have agreed to


@dataclass(frozen=True)
class Answer:
    """What goes out: JSON."""

    status: HTTPStatus
    body: bytes


@dataclass(frozen=True)
class _Caller:
    user_id: int
    settings: Settings
    now_utc: datetime
    deps: Deps

    @property
    def today(self) -> date:
        return local_day(self.now_utc, self.settings.zone)


class _RefusedError(Exception):
    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Final = code


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Span(_Asked, frozen=True):
    days: _Days


class _OneDay(_Asked, frozen=True):
    day: DayKey


class _Told(_Asked, frozen=True):
    day: DayKey
    fact: Fact
    value: Value


def answer(op: str, body: bytes, launch: Launch, deps: Deps) -> Answer:
    """The answer to one request. Nothing is told to somebody who is not known, not even what was wrong."""
    try:
        now_utc = deps.now_utc()  # of two choices the one that came here later stands, however long store takes
        enters = EnterApp(user_id=launch.user_id, signed_at_utc=launch.signed_at_utc, notice=deps.notice)
        settings = deps.store(enters)
        if settings is None:
            return CLOSED
        if op not in OPERATIONS or len(body) > BODY_LIMIT_BYTES:
            return BAD
        asked, does = OPERATIONS[op]
        told = does(_Caller(launch.user_id, settings, now_utc, deps), msgspec.json.decode(body, type=asked))
    except _RefusedError as error:
        return CLOSED if error.code == "closed" else _refused(error.code, HTTPStatus.BAD_REQUEST)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return BAD
    except TransientError:
        return LATER
    return Answer(HTTPStatus.OK, msgspec.json.encode(told))


def _refused(code: Code, status: HTTPStatus) -> Answer:
    return Answer(status, msgspec.json.encode({"error": code}))


CLOSED: Final = _refused("closed", HTTPStatus.UNAUTHORIZED)
BAD: Final = _refused("bad", HTTPStatus.BAD_REQUEST)
LATER: Final = _refused("later", HTTPStatus.SERVICE_UNAVAILABLE)


def _open(caller: _Caller, _asked: _Asked) -> dict[str, Any]:
    days = caller.deps.store(ReadHistory(user_id=caller.user_id)).days
    first_day = days[0].day if days else None
    return {"today": caller.today.isoformat(), "settings": caller.settings, "first_day": first_day}


def _course(caller: _Caller, asked: _Span) -> Points:
    first = caller.today - timedelta(days=asked.days - 1)
    return points_of(_read(caller, points_from(first, caller.today)), first, caller.today)


def _month(caller: _Caller, asked: _Span) -> Any:
    return caller.deps.store(ReadHistory(user_id=caller.user_id, days=asked.days))


def _day(caller: _Caller, asked: _OneDay) -> dict[str, Any]:
    on = _date(caller, asked.day, CHECK_INS_FOR.days)
    day = _known(caller.deps.store(ReadDay(user_id=caller.user_id, day=asked.day)))
    course = _read(caller, min(on, caller.today - timedelta(days=REPORT_DAYS)) - timedelta(days=1))
    return {"day": day, "check_ins": moments_of(course, day), "goes_with": goes_with(course, on, caller.now_utc)}


def _read(caller: _Caller, first: date) -> Course:
    """The course from this day until the end of today."""
    zone = caller.settings.zone
    begins, ends = at_hour(first, 0, zone), at_hour(caller.today + timedelta(days=1), 0, zone)
    return _known(caller.deps.store(ReadCourse(user_id=caller.user_id, since_utc=begins, before_utc=ends)))


def _tell(caller: _Caller, asked: _Told) -> Any:
    on = _date(caller, asked.day, BACK_DAYS)
    if asked.value > _MOST.get(asked.fact, 1) or (asked.fact == "rating" and asked.value and on == caller.today):
        raise _RefusedError("bad")  # today is rated by a check-in in the chat
    told = TellDay(
        user_id=caller.user_id, day=asked.day, fact=asked.fact, value=asked.value, page_at_utc=caller.now_utc
    )
    return _known(caller.deps.store(told))


def _settings(caller: _Caller, asked: dict[str, Any]) -> Settings:
    if asked.keys() & {*Choice.__struct_fields__, "op"}:
        raise _RefusedError("bad")
    language = msgspec.convert(asked.pop("language", None), Language | None)
    changed = msgspec.convert(asked | {"user_id": caller.user_id, "page_at_utc": caller.now_utc}, ChangeSettings)
    changed = _checked(changed, caller.settings)
    if language is not None:
        _known(caller.deps.store(SetLanguage(user_id=caller.user_id, language=language, page_at_utc=caller.now_utc)))
    return _known(caller.deps.store(changed))


def _checked(changed: ChangeSettings, stands: Settings) -> ChangeSettings:
    """With the factors in their order, each once; quiet hours that cover the reminder switch it off, as in the chat."""
    given = changed.given()
    if given.get("time_zone") is not None and changed.time_zone not in zone_names():
        raise _RefusedError("bad")
    if scheduled_by(given) and stands.time_zone is None and "time_zone" not in given:
        raise _RefusedError("no_zone")
    kept = outside_quiet_hours(given, stands)
    if kept is None:
        raise _RefusedError("quiet")
    if "hidden_factors" in given:
        kept["hidden_factors"] = tuple(each for each in FACTORS if each in given["hidden_factors"])
    return msgspec.structs.replace(changed, **kept)


def _export(caller: _Caller, _asked: _Asked) -> dict[str, Any]:
    """Orders one a minute at most, however often the page asks: report answers a number once.

    The number is the minute in ms since 1970, above 2^31, so it is no update's.
    """
    number = int(caller.now_utc.timestamp()) // 60 * 60_000
    caller.deps.order_report(ReportRequest(user_id=caller.user_id, update_id=number, show="export"))
    return {}


def _date(caller: _Caller, day: str, back_days: int) -> date:
    """The day, unless it has not come, lies further back, or is in no calendar."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise _RefusedError("bad") from None
    if on > caller.today:
        raise _RefusedError("future_day")
    if caller.today - on > timedelta(days=back_days):
        raise _RefusedError("too_late")
    return on


def _known(told: T | None) -> T:
    """What the store told, unless the person was erased since they came in."""
    if told is None:
        raise _RefusedError("closed")
    return told


# What each operation's JSON is, and what answers it.
OPERATIONS: Final[dict[str, tuple[Any, Callable[[_Caller, Any], Any]]]] = {
    "open": (_Asked, _open),
    "course": (_Span, _course),
    "month": (_Span, _month),
    "day": (_OneDay, _day),
    "tell": (_Told, _tell),
    "settings": (dict[str, Any], _settings),
    "export": (_Asked, _export),
}
