"""Of each subject two choices that contradict each other, and how to read which of them stands."""

from itertools import permutations

import pytest

from burnout.emotions import Emotion
from burnout.store.check_ins import GiveFeedback, Rate
from burnout.store.days import ForgetMood, KeepMood, TellDay
from burnout.store.inventories import KeepInventory
from burnout.store.people import ChangeSettings, SetLanguage, SetReachable
from burnout.store.privacy import Erase, SetDonating
from burnout.store.reports import AnswerWeek
from tests.unit.store.samples import NOON, agree

CHECK_IN = 1101


def said(kind, **fields):
    """A choice of person 7, for an update's number."""
    return lambda update_id=None: kind(user_id=7, update_id=update_id, **fields)


SETTINGS = {
    "time_zone": ("Asia/Tokyo", "Europe/Berlin"), "reports": (False, True), "report_weekday": (1, 2),
    "report_hour": (8, 9), "reminder_hour": (12, None), "quiet_from": (22, 23), "quiet_to": (7, 8),
    "theme": ("dark", "light"), "alerts": (True, False), "hidden_factors": (("overtime",), ()),
}  # fmt: skip
# Of each subject two choices that contradict each other.
SUBJECTS = {name: [said(ChangeSettings, **{name: value}) for value in pair] for name, pair in SETTINGS.items()} | {
    "language": [said(SetLanguage, language="ru"), said(SetLanguage, language="en")],
    "reachable": [said(SetReachable, reachable=False), said(SetReachable, reachable=True)],
    "donating": [said(SetDonating, donating=True), said(SetDonating, donating=False)],
    "feedback": [
        said(GiveFeedback, message_id=CHECK_IN, agrees=True),
        said(GiveFeedback, message_id=CHECK_IN, agrees=False, corrected=Emotion.SAD),
    ],
    "rating": [said(Rate, message_id=CHECK_IN, rating=rating) for rating in (2, 4)],
    "mood": [said(KeepMood, observed_at_utc=NOON, rating=2), said(ForgetMood, observed_at_utc=NOON)],
    "energy": [said(TellDay, day="2026-03-02", fact="energy", value=energy) for energy in (2, 4)],
    "overtime": [said(TellDay, day="2026-03-02", fact="overtime", value=value) for value in (1, 0)],
    "week": [said(AnswerWeek, week="2026-W10", answer=answer) for answer in (1, 5)],
    "inventory": [said(KeepInventory, answers=answers) for answers in ("012343", "444444")],
}
CONSENT = [lambda update_id: agree(update_id=update_id), said(Erase)]
READ = {name: f"SELECT {name} FROM people" for name in [*SETTINGS, "language", "reachable"]} | {
    "reports": "SELECT reports_on FROM people",
    "alerts": "SELECT alerts_on FROM people",
    "donating": "SELECT donating_since_utc IS NOT NULL FROM people",
    "feedback": "SELECT agrees, corrected FROM feedback",
    "rating": "SELECT rating FROM self_ratings",
    "mood": "SELECT rating FROM moods",
    "energy": "SELECT energy FROM days WHERE energy NOT NULL",
    "overtime": "SELECT factors FROM days WHERE factors <> ''",
    "week": "SELECT answer FROM weekly_answers",
    "inventory": "SELECT answers FROM inventories",
}
BOTH_WAYS = [pytest.param(name, *pair, id=name) for name, made in SUBJECTS.items() for pair in permutations(made)]


def stands(shard):
    """What stands of each subject."""
    return {name: shard.rows(query) for name, query in READ.items()}
