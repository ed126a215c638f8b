"""Every operation that the store knows, for decoding what it is sent."""

from burnout.store import privacy
from burnout.store.check_ins import Begin, Fail, GiveFeedback, Rate, ReadHistory, ReadLast, Record, Reveal, Undo
from burnout.store.people import ChangeSettings, Consent, ReadSettings, SetLanguage, SetReachable
from burnout.store.reports import (
    AnswerWeek,
    ClaimDue,
    FinishReport,
    HoldRun,
    ReadCourse,
    ReleaseReport,
    ReleaseRun,
    StartAlert,
    StartSending,
)

AnyOperation = (
    Begin
    | Record
    | Fail
    | Consent
    | SetLanguage
    | SetReachable
    | GiveFeedback
    | Rate
    | Reveal
    | ReadLast
    | Undo
    | ReadHistory
    | ReadSettings
    | ChangeSettings
    | AnswerWeek
    | ReadCourse
    | StartSending
    | ReleaseReport
    | FinishReport
    | HoldRun
    | ReleaseRun
    | ClaimDue
    | StartAlert
    | privacy.Erase
    | privacy.SetDonating
    | privacy.ReadRows
    | privacy.Sweep
)
