"""Every operation that the store knows, for decoding what it is sent."""

from burnout import privacy, records, reports

AnyOperation = (
    records.Begin
    | records.Record
    | records.Fail
    | records.Consent
    | records.SetLanguage
    | records.SetReachable
    | records.GiveFeedback
    | records.Rate
    | records.Reveal
    | records.ReadLast
    | records.Undo
    | records.ReadHistory
    | reports.ReadSettings
    | reports.ChangeSettings
    | reports.AnswerWeek
    | reports.ReadCourse
    | reports.StartSending
    | reports.ReleaseReport
    | reports.FinishReport
    | reports.HoldRun
    | reports.ReleaseRun
    | reports.ClaimDue
    | reports.StartAlert
    | privacy.Erase
    | privacy.SetDonating
    | privacy.ReadRows
    | privacy.Sweep
)
