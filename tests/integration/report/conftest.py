"""The real report function's parts against the fake Telegram over HTTP: real charts, the real store on disk."""

from dataclasses import dataclass, replace

import pytest

from burnout.telegram.client import TelegramClient
from functions.report.deps import Deps
from functions.report.pictures.calendar import draw_calendar
from functions.report.pictures.course import draw_course
from local.telegram.people import Person
from local.telegram.server import FakeTelegram
from tests.unit.report.office import ReportFixture


@dataclass
class HttpOffice(ReportFixture):
    """An office whose messages go over HTTP; its clock is still simulated, so that pauses take no time."""

    client: TelegramClient | None = None

    @property
    def deps(self) -> Deps:
        return replace(super().deps, telegram=self.client, draw_course=draw_course, draw_calendar=draw_calendar)

    def newcomer(self, fake: FakeTelegram, person_id: int | None = None, **kept) -> Person:
        """Somebody who has started the bot and has checked in."""
        someone = fake.person(person_id, language_code=kept.get("language", "en"))
        someone.send_text("/start")
        self.person(someone.id, **kept)
        return someone


@pytest.fixture
def telegram():
    with FakeTelegram(seed=5) as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
def office(telegram, tmp_path):
    client = TelegramClient(telegram.token, telegram.url)
    yield HttpOffice(tmp_path / "store", client=client)
    client.close()
