"""The page's API on a real store with two people: `page(op, **body)` is one request of the first."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import msgspec
import pytest

from burnout.report_requests import ReportRequest
from burnout.store.check_ins import Begin, NewCheckIn, PhotoTerms, Record
from burnout.store.days import KeepMood
from burnout.store.people import ChangeSettings, Consent
from burnout.store.privacy import Erase
from burnout.values import NOTICE_VERSION
from functions.app.api import Deps, answer
from functions.app.door import Launch
from tests.fakes import DirectStore, face, prediction

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)  # a Wednesday
ONE, OTHER, STRANGER = 1, 2, 3


@dataclass
class Page:
    store: DirectStore
    now_utc: datetime = NOON
    ordered: list[ReportRequest] = field(default_factory=list)
    failures: deque[Exception] = field(default_factory=deque)  # of ordering a report

    def __call__(self, op, *, user_id=ONE, signed_at_utc=None, raw=None, **body):
        """The status and the JSON of an answer."""
        launch = Launch(user_id, signed_at_utc or self.now_utc)
        deps = Deps(self.store, self._order, lambda: self.now_utc, NOTICE_VERSION)
        answered = answer(op, msgspec.json.encode(body) if raw is None else raw, launch, deps)
        return HTTPStatus(answered.status), msgspec.json.decode(answered.body)

    def agree(self, user_id, version=NOTICE_VERSION):
        self.store(Consent(user_id=user_id, chat_id=user_id, version=version, language="en"))

    def erase(self, user_id=ONE):
        self.store(Erase(user_id=user_id))

    def rate(self, rating, ago, user_id=ONE):
        self.store(KeepMood(user_id=user_id, observed_at_utc=self.now_utc - ago, rating=rating))

    def check_in(self, number, *, negative=0.7, hidden=False):
        """A photo of this moment, whose answer waits for the rating or is seen."""
        terms = PhotoTerms(notice=NOTICE_VERSION, per_hour=9, per_day=9)
        message = {"user_id": ONE, "update_id": number, "message_id": number}
        folder = self.store(Begin(**message, photo=terms)).photo_folder
        seen = NewCheckIn(
            observed_at_utc=self.now_utc,
            shown_model="mvp",
            models={"mvp": prediction(negative)},
            versions={"mvp": "0" * 64},
            quality=face().quality,
            rating_first=hidden,
        )
        self.store(Record(**message, outcome="answered", answer=(), check_in=seen, photo=terms, photo_folder=folder))

    def _order(self, request):
        if self.failures:
            raise self.failures.popleft()
        self.ordered.append(request)


@pytest.fixture
def page(database_dir):
    page = Page(DirectStore(database_dir, lambda: page.now_utc))
    page.now_utc = NOON - timedelta(days=30)
    for person, zone in ((ONE, "Europe/Madrid"), (OTHER, "Asia/Tokyo")):
        page.agree(person)
        page.store(ChangeSettings(user_id=person, time_zone=zone))
    page.now_utc = NOON
    return page
