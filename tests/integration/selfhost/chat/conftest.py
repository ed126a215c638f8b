"""A page's server with a bot in a folder, and a tab that is let in."""

import pytest

from burnout.clock import now_utc
from burnout.store.people import ReadSettings
from functions.app.api import Deps
from functions.webhook.person import Terms
from local.telegram.deliverer import Deliverer
from selfhost.bot import Bot
from selfhost.chat.door import Door
from selfhost.chat.page import Page
from selfhost.chat.server import Server
from selfhost.chat.telegram import PERSON_ID, PageTelegram
from tests.integration.selfhost.chat.tab import Tab
from tests.integration.selfhost.conftest import Hosted


class Chat:
    """The server with its surroundings; a test sets the door's clock, and what the bot does."""

    def __init__(self, hosted, static):
        self.reader, self.late_s = hosted.reader, 0.0
        self.deliverer = Deliverer(post=lambda update: self.bot.take(update))  # noqa: PLW0108  (which comes later)
        self.telegram = PageTelegram(self.deliverer.push)
        terms = Terms(30, 100, "you", "self", app_url="page:")
        self.bot = Bot(hosted.folder, self.telegram, hosted.reader, terms)
        self.door = Door(lambda: self.late_s)
        self.app = Deps(self.bot.store, self.bot.report, now_utc, terms.notice)
        self.page = Page(self.telegram, self.app, self.door, static)
        self.server = Server(self.page, 0)
        self.deliverer.start()

    def knows_nobody(self):
        return self.bot.store(ReadSettings(user_id=PERSON_ID)) is None

    def tab(self):
        return Tab(f"{self.server.url}/#key={self.door.new_key()}")

    def entered(self, language="en"):
        tab = self.tab()
        tab.enter(language)
        return tab


@pytest.fixture
def chat(tmp_path, monkeypatch):
    monkeypatch.setattr("socket.getfqdn", None)  # nobody may be asked for this machine's name
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "chat.html").write_text("<!doctype html>the page")
    (static / "assets" / "page-1a.js").write_text("script")
    running = Chat(Hosted(tmp_path / "data"), static)
    with running.server:
        yield running
    running.deliverer.stop()
