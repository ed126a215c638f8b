"""The seven expressions of FER-2013, in the order in which every model here puts them out."""

from enum import StrEnum
from typing import Final


class Emotion(StrEnum):
    """One expression; the member order is FER-2013's label order (0 = angry … 6 = neutral)."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"


NEGATIVE: Final = frozenset({Emotion.ANGRY, Emotion.DISGUST, Emotion.FEAR, Emotion.SAD})
