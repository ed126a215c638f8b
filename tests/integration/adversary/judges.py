"""What the store may answer, judged by a person's model: reads show what is theirs, all of it and nothing else."""

from collections.abc import Callable
from typing import Any

from burnout.emotions import NEGATIVE
from burnout.inference import Prediction
from burnout.store import privacy
from burnout.store.check_ins import (
    Begin,
    Begun,
    CheckIn,
    GiveFeedback,
    History,
    LastCheckIn,
    Rate,
    ReadHistory,
    ReadLast,
    Reveal,
)
from burnout.store.days import Day, ForgetMood, KeepMood, Mood, ReadDay, TellDay
from burnout.store.inventories import Inventory, ReadInventories
from burnout.store.people import ChangeSettings, EnterApp, ReadSettings, Settings
from burnout.store.reports import Course, ReadCourse
from tests.integration.adversary.model import NUMBERS_OF_A_DAY, TODAY, Model

Judge = Callable[[Model, Prediction, Any, Any], bool]


def fits(model: Model, own: Prediction, operation: Any, answer: Any) -> bool:
    """Whether the store's answer is what this model of the person says."""
    judge: Judge | None = _JUDGES.get(type(operation))
    return judge is None or judge(model, own, operation, answer)


def _begun(model: Model, own: Prediction, operation: Begin, answer: Begun) -> bool:
    known = model.known
    if known is None:
        return answer.consent_version is None and answer.answer is None and answer.photo_folder is None
    settled = operation.update_id in known.seen
    return answer.consent_version is not None and settled == (answer.answer is not None)


def _found(model: Model, own: Prediction, operation: Any, answer: CheckIn | None) -> bool:
    entries = model.known.entries if model.known else {}
    if answer is None:
        return operation.message_id not in entries
    return operation.message_id in entries and answer.prediction == own


def _last(model: Model, own: Prediction, operation: ReadLast, answer: LastCheckIn) -> bool:
    if answer.check_in is None:
        moods = model.known.moods if model.known else {}  # all of them before every photo
        newest = moods[max(moods)] if moods else None
        return model.newest is None and (answer.mood and answer.mood.rating) == newest
    return answer.check_in.message_id == model.newest and answer.check_in.prediction == own


def _history(model: Model, own: Prediction, operation: ReadHistory, answer: History) -> bool:
    entries = list(model.known.entries.values()) if model.known else []
    read = [entry for entry in entries if not entry.hidden and (entry.agrees is not False or entry.corrected)]
    counted = {own.negative} | {0.9 if entry.corrected in NEGATIVE else 0.1 for entry in read if entry.corrected}
    ratings = model.known.ratings if model.known else []
    without_photo = len(model.known.moods) + len(model.known.late_ratings) if model.known else 0
    days = answer.days
    return (
        sum(day.check_ins for day in days) == len(entries) + without_photo
        and sum(day.photos for day in days) == len(entries)
        and sum(day.read for day in days) == sum(day.negative + day.unsure for day in days) == len(read)
        and (sum(day.ratings for day in days), sum(day.rating_sum for day in days)) == (len(ratings), sum(ratings))
        and all(
            day.mean_negative is None or min(counted) - 1e-5 < day.mean_negative < max(counted) + 1e-5 for day in days
        )
    )


def _mood(model: Model, own: Prediction, operation: KeepMood | ForgetMood, answer: Mood | None) -> bool:
    moods = model.known.moods if model.known else {}
    return moods.get(int(operation.observed_at_utc.timestamp())) == (answer and answer.rating)


def _day(model: Model, own: Prediction, operation: TellDay | ReadDay, answer: Day | None) -> bool:
    if answer is None or model.known is None:
        return answer is None and model.known is None
    told = {fact: getattr(answer, fact) for fact in NUMBERS_OF_A_DAY if getattr(answer, fact)}
    return told | dict.fromkeys(answer.factors, 1) == model.known.days.get(answer.day, {})


def _inventories(model: Model, own: Prediction, operation: ReadInventories, answer: tuple[Inventory, ...]) -> bool:
    return {each.day: each.answers for each in answer} == (model.known.inventories if model.known else {})


def _settings(model: Model, own: Prediction, operation: Any, answer: Settings | None) -> bool:
    return (answer is None) == (model.known is None)


def _entered(model: Model, own: Prediction, operation: EnterApp, answer: Settings | None) -> bool:
    """Nobody agreed before today, so a page of another day is closed."""
    is_open = model.known is not None and str(operation.signed_at_utc.date()) == TODAY
    return (answer is not None) == is_open


def _course(model: Model, own: Prediction, operation: ReadCourse, answer: Course | None) -> bool:
    if answer is None or model.known is None:
        return answer is None and model.known is None
    unrated = [0 for entry in model.known.entries.values() if entry.rating is None]
    return sorted(seen.rating or 0 for seen in answer.check_ins) == sorted(unrated + model.known.ratings)


def _rows(model: Model, own: Prediction, operation: privacy.ReadRows, answer: privacy.Rows) -> bool:
    at = answer.columns.index("user_id") if answer.columns else 0
    return all(row[at] == model.user_id for row in answer.rows)


_JUDGES: dict[type, Judge] = {
    Begin: _begun,
    Rate: _found,
    GiveFeedback: _found,
    Reveal: _found,
    ReadLast: _last,
    ReadHistory: _history,
    KeepMood: _mood,
    ForgetMood: _mood,
    TellDay: _day,
    ReadDay: _day,
    ReadInventories: _inventories,
    ReadSettings: _settings,
    ChangeSettings: _settings,
    EnterApp: _entered,
    ReadCourse: _course,
    privacy.ReadRows: _rows,
}
