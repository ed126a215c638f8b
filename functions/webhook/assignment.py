"""Who is in which half: decided by the numbers alone, so every attempt and every later analysis finds the same."""

import hashlib

from burnout.inference import BASELINE, MVP


def asks_rating_first(user_id: int, message_id: int) -> bool:
    """Whether this check-in asks for the person's own rating first, whatever is on the photo: about half do.

    The first number anchors the second (Tversky & Kahneman 1974), so the halves are analysed apart.
    """
    return bool(hashlib.sha256(f"{user_id}:{message_id}".encode()).digest()[0] & 1)


def shown_model(user_id: int, shown_percent: int) -> str:
    """Which model's answers this person reads: baseline's for about so many people of a hundred, 0 to 100.

    A higher percentage only adds people to baseline's.
    """
    return BASELINE if _is_drawn("shown model", user_id, shown_percent) else MVP


def models_run(user_id: int, shown: str, shadow_percent: int) -> tuple[str, ...]:
    """The models that read this person's photos: mvp, and baseline where it is `shown` or runs silently beside it."""
    compared = shown == BASELINE or _is_drawn("shadow model", user_id, shadow_percent)
    return (MVP, BASELINE) if compared else (MVP,)


def _is_drawn(lot: str, user_id: int, percent: int) -> bool:
    digest = hashlib.sha256(f"{lot}:{user_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100 < percent
