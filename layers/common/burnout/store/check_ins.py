"""What `store` is asked about updates and check-ins, and what it answers; `burnout.store.operation` has the rules."""

from typing import Annotated, Literal

import msgspec

from burnout.emotions import Emotion
from burnout.inference import Prediction, Quality, View
from burnout.store.days import Mood
from burnout.store.operation import Choice, Operation
from burnout.telegram.calls import BotCall
from burnout.values import Language, PhotoFolder, PhotoKey, Rating, Utc, Whole

Outcome = Literal["answered", "refused", "dead_letter"]
# A photo over a limit: the first is told when to come back, others hear nothing. Nor does one of before the agreement.
Limit = Literal["hour", "day", "silent"]


class PhotoTerms(msgspec.Struct, frozen=True, kw_only=True):
    """On what terms a photo is looked at: who has agreed to this notice, or a newer one, and so many of theirs."""

    notice: int
    per_hour: Whole
    per_day: Whole


class NewCheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """One check-in: what each model that ran said about the largest face, and which model's answer was shown."""

    observed_at_utc: Utc  # message.date, never the time of processing
    shown_model: str
    models: dict[str, Prediction]
    versions: dict[str, str]  # model name -> sha256 of its file
    quality: Quality
    view: View = "whole"  # of the face; where it is not whole, no model's answer is shown or counted
    rating: Rating | None = None  # in the caption: one digit, said before any answer was seen
    rating_first: bool = False  # the person is asked for their own rating before they see the model's answer


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """A stored check-in as the person sees it."""

    message_id: int
    prediction: Prediction  # of the shown model
    agrees: bool | None  # the person's 👍 or 👎
    corrected: Emotion | None  # what a 👎 said it was
    self_rating: Rating | None
    hidden: bool = False  # the answer was not shown yet: the rating is asked for first
    view: View = "whole"
    low_ratings: int = 0  # how many of 1 or 2 the person has given: which sentence comes
    day: str = ""  # of the person's own calendar, YYYY-MM-DD


class HistoryDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the person's own calendar with a check-in, or of which something was told."""

    day: str  # YYYY-MM-DD
    check_ins: int  # photos, moods, and a rating of the whole day
    read: int  # photos whose answer was not called wrong, or was corrected; today only those whose answer was seen
    negative: int  # how many of those were called negative, by the model or by the correction
    mean_negative: float | None  # mean P(negative) of the whole faces of what was read, [0, 1]; None without any
    ratings: int
    rating_sum: int
    unsure: int = 0  # how many of what was read named no side
    photos: int = 0  # how many of the check-ins have one
    energy: Rating | None = None
    sleep: int | None = None  # 1 bad, 2 so-so, 3 good


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What is known before work on an update begins."""

    answer: tuple[BotCall, ...] | None  # set: this update was answered before, say the same again
    album_answered: bool  # another item of the same album was answered
    consent_version: int | None  # None: nobody the bot knows
    language: Language | None  # the person's own choice
    photo_folder: PhotoFolder | None  # where the person's photos go: under donated/ while they donate them
    limit: Limit | None = None  # set: this photo is not looked at
    leftovers: tuple[PhotoKey, ...] = ()  # the update ends here: what may be in S3 of earlier attempts, and is deleted
    low_ratings: int = 0  # as in `CheckIn`: a rating in a photo's caption is answered before it is kept


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """`first` is false when another run of the same update was faster; `answer` is then the other run's.

    It is also false, without an answer, if nothing was kept and the update has to begin anew: meanwhile the person was
    erased, or other photos took the album's place or the last one below a limit. It is true without an answer for a
    photo that began before an erasure and a new agreement: that one is nobody's.
    """

    first: bool
    answer: tuple[BotCall, ...]
    leftovers: tuple[PhotoKey, ...] = ()  # what may be in S3 of this attempt and earlier ones, and is deleted


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """How often and since when this update has been failing, this failure included.

    Nothing is counted for somebody who has not agreed, since nothing may be kept about them, nor for a photo that was
    begun before an erasure: `attempts` is 0 then.
    """

    attempts: int
    failing_for_s: float
    leftovers: tuple[PhotoKey, ...] = ()  # of a photo whose sender was erased meanwhile: as in `Recorded`


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Days with check-ins or anything told, oldest first; others are absent. `today` is the person's own."""

    days: tuple[HistoryDay, ...]
    today: str  # YYYY-MM-DD


class LastCheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """The person's newest check-in, with a photo or a mood, and when it was on their own clock; none without any."""

    check_in: CheckIn | None
    at_local: str  # YYYY-MM-DDTHH:MM, "" when there is none
    mood: Mood | None = None


class Begin(Operation[Begun], tag="begin", frozen=True):
    """Reads what is known. It writes only that a photo near a limit is under way, and that somebody is back.

    If a photo's update ends with this, what earlier attempts left of it in S3 is deleted.
    """

    update_id: int
    message_id: int = 0
    media_group_id: str | None = None
    photo: PhotoTerms | None = None  # set for everything but words and presses


class Record(Operation[Recorded], tag="record", frozen=True):
    """Keeps an update's answer and, for a check-in, what was seen; then deletes the photo from S3, under both prefixes.

    A check-in's photo that lies under donated/ stays, while the person still donates their photos.
    """

    update_id: int
    message_id: int
    outcome: Outcome
    answer: tuple[BotCall, ...]
    check_in: NewCheckIn | None = None
    media_group_id: str | None = None
    photo: PhotoTerms | None = None  # set for a photo that was looked at or refused
    photo_folder: PhotoFolder | None = None  # of a photo: the folder that `Begin` answered, by which the person is told


class Fail(Operation[Failed], tag="fail", frozen=True):
    """Counts a failed attempt at an update. A photo whose sender was erased meanwhile is deleted from S3."""

    update_id: int
    stage: str
    error_type: str
    photo_folder: PhotoFolder | None = None  # as in `Record`


class GiveFeedback(Choice[CheckIn | None], tag="give_feedback", frozen=True):
    """Keeps 👍 or 👎 for a check-in, and answers it; the last press counts. None: there is none of that number."""

    message_id: int
    agrees: bool
    corrected: Emotion | None = None


class Rate(Choice[CheckIn | None], tag="rate", frozen=True):
    """Keeps the self-rating of a check-in, 1 (very bad) to 5 (very good); the last press counts.

    A rating given while the model's answer is hidden shows the answer, and is kept apart as well: seeing a number first
    anchors the second.
    """

    message_id: int
    rating: Rating


class Reveal(Operation[CheckIn | None], tag="reveal", frozen=True):
    """The person sees the model's answer without rating first."""

    message_id: int


class ReadLast(Operation[LastCheckIn], tag="read_last", frozen=True):
    """Reads the newest check-in."""


class Undo(Operation[PhotoKey | None], tag="undo", frozen=True):
    """Deletes a check-in with its feedback, its rating and the photo donated with it, whose key is answered."""

    message_id: int


class ReadHistory(Operation[History], tag="read_history", frozen=True):
    """Reads the last `days` days of the person's own calendar, today included; 0 is all."""

    days: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
