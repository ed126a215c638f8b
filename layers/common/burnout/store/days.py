"""What `store` is asked about moods without a photo and about days, and what it answers.

`burnout.store.operation` has the rules. A mood is a moment's; energy, sleep and factors are a day's, told at most once.
"""

from datetime import timedelta
from typing import Annotated, Final, Literal, get_args

import msgspec

from burnout.store.operation import Choice, Operation
from burnout.values import DayKey, Rating, Utc

# What weighs on people and what carries them: the job demands and resources of Demerouti et al. 2001 (J Appl Psychol
# 86:499-512), with illness, care and recovery outside of work. Stored words: to rename one is a migration.
Factor = Literal[
    "overload", "overtime", "conflict", "no_say", "no_thanks", "illness", "care",
    "exercise", "rest", "people", "outdoors", "finished",
]  # fmt: skip
FACTORS: Final[tuple[Factor, ...]] = get_args(Factor)
Fact = Literal["rating", "energy", "sleep"] | Factor
Value = Annotated[int, msgspec.Meta(ge=0, le=5)]  # 0 takes back; a factor has 1; sleep goes to 3, the others to 5
BAD_NIGHT: Final = 1  # of sleep: bad, so-so, good
BACK_DAYS: Final = 7  # how far back a day can be told
NOON: Final = 12  # o'clock: when a rating of a whole day counts in a course
ONE_MOOD: Final = timedelta(minutes=10)  # presses within it correct each other


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the person's own calendar, as far as they told it."""

    day: DayKey
    today: DayKey
    ratings: tuple[Rating, ...]  # of the day's check-ins, oldest first
    rating: Rating | None  # of the day as a whole, said on a later one
    energy: Rating | None
    sleep: int | None
    factors: tuple[Factor, ...]
    hidden_factors: tuple[Factor, ...]  # a setting


class Mood(msgspec.Struct, frozen=True, kw_only=True):
    """A check-in without a photo, and its day."""

    observed_at_utc: Utc
    at_local: str  # YYYY-MM-DDTHH:MM
    rating: Rating
    first: bool  # of its day, so energy and sleep are asked for; later ones only offer it
    low_ratings: int  # how many of 1 or 2 the person has given: which sentence comes
    day: Day


class KeepMood(Choice[Mood | None], tag="keep_mood", frozen=True):
    """Keeps how the person was at a moment. One that lies within ten minutes is changed, the newer update counts.

    A press tells no time, so a repetition may bring a later moment: the first one counts.

    The answer is the mood that stands; None for somebody who has not agreed, and after it was deleted.
    """

    observed_at_utc: Utc  # message.date, or the time of the press
    rating: Rating


class ForgetMood(Choice[Mood | None], tag="forget_mood", frozen=True):
    """Deletes the mood of that moment; answers what stands there, so None unless it was rated again."""

    observed_at_utc: Utc


class TellDay(Choice[Day | None], tag="tell_day", frozen=True):
    """Keeps one fact about a day, today or one of the seven before, or takes it back with 0; the last press counts.

    Nothing is kept of a day that lies further back, or has not come, and no rating of today: that is a mood. None for
    somebody who has not agreed.
    """

    day: DayKey
    fact: Fact
    value: Value


class ReadDay(Operation[Day | None], tag="read_day", frozen=True):
    """Reads a day, the person's own today without one; None of somebody who has not agreed."""

    day: DayKey | None = None
