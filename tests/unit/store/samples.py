"""Operations as the webhook sends them, one argument away from whatever a test is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from burnout.emotions import Emotion
from burnout.inference import Prediction, Quality
from burnout.store.check_ins import NewCheckIn, PhotoTerms, Record
from burnout.store.people import ChangeSettings, Consent
from burnout.telegram.calls import BotCall

NOON = datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def says(text: str) -> tuple[BotCall, ...]:
    return (BotCall("sendMessage", {"chat_id": 1, "text": text}),)


def prediction(negative: float = 0.68) -> Prediction:
    rest = dict.fromkeys((Emotion.HAPPY, Emotion.SURPRISE, Emotion.NEUTRAL), (1 - negative) / 3)
    bad = dict.fromkeys((Emotion.ANGRY, Emotion.DISGUST, Emotion.FEAR, Emotion.SAD), negative / 4)
    return Prediction(negative=negative, label="negative" if negative >= 0.5 else "positive", emotions=rest | bad)


def new_check_in(negative: float = 0.68, **changes: Any) -> NewCheckIn:
    fields: dict[str, Any] = {
        "observed_at_utc": NOON,
        "shown_model": "mvp",
        "models": {"mvp": prediction(negative), "baseline": prediction(0.4)},
        "versions": {"mvp": "a1", "baseline": "b2"},
        "quality": Quality(sharpness=120.5, brightness=0.45),
    }
    return NewCheckIn(**fields | changes)


def record(update_id: int = 101, **changes: Any) -> Record:
    fields: dict[str, Any] = {
        "user_id": 7,
        "message_id": update_id + 1000,
        "outcome": "answered",
        "answer": says(f"answer to {update_id}"),
        "check_in": new_check_in(),
        "photo": None if changes.get("outcome") == "dead_letter" else photo_terms(per_hour=10_000, per_day=10_000),
    }
    return Record(update_id=update_id, **fields | changes)


def photo_terms(**changes: Any) -> PhotoTerms:
    fields: dict[str, Any] = {"notice": 1, "per_hour": 30, "per_day": 100}
    return PhotoTerms(**fields | changes)


def agree(**changes: Any) -> Consent:
    fields: dict[str, Any] = {"user_id": 7, "chat_id": 7, "version": 1, "language": "en"}
    return Consent(**fields | changes)


def choose_clock(**changes: Any) -> ChangeSettings:
    """Until then nothing is scheduled for somebody who agreed."""
    fields: dict[str, Any] = {"user_id": 7, "time_zone": "Etc/UTC"}
    return ChangeSettings(**fields | changes)
