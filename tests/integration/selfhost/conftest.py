"""A bot in a folder of its own, with a Telegram that keeps what it is told, or as a process behind an imitation."""

import subprocess
import sys
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from burnout.store.people import ReadSettings
from burnout.values import NOTICE_VERSION
from functions.store.operations import perform
from functions.webhook.person import Terms
from local.telegram.server import FakeTelegram
from selfhost import copies
from selfhost.bot import Bot
from selfhost.folder import Folder
from tests import updates
from tests.fakes import FakeFiles, face, inference
from tests.integration.local.aws.processes import ALL_IT_SAYS, started, variables_with

ROOT = Path(__file__).parents[3]
WAIT_S = 60.0
ANN, BEN = 7, 162  # on the same shard


class Recorder(FakeFiles):
    """What the bot sent; `refusals` come first, one a call."""

    def __init__(self):
        super().__init__()
        self.calls, self.refusals = [], deque()

    def call(self, call, files=None):
        self.calls.append(call)
        if self.refusals and (refusal := self.refusals.popleft()):
            raise refusal

    @property
    def texts(self):
        return [call.params["text"] for call in self.calls if "text" in call.params]


class Reader:
    """Reads every photo as the same face."""

    def __init__(self):
        self.read_bytes = []

    def read(self, photo, models):
        self.read_bytes.append(photo)
        return inference(face())


class Hosted:
    """A bot with its surroundings and its clock."""

    def __init__(self, root):
        self.folder, self.telegram, self.reader = Folder(root), Recorder(), Reader()
        for each in (self.folder.store, self.folder.objects):
            each.mkdir(parents=True, exist_ok=True)
        (root / "lock").touch()
        self.now = datetime.fromtimestamp(updates.DATE, UTC) + timedelta(seconds=5)
        self.begin()

    def begin(self):
        """Another process with the same folder, as far as it matters."""
        terms = Terms(30, 100, "@anna", "self")
        self.bot = Bot(self.folder, self.telegram, self.reader, terms, now_utc=lambda: self.now)

    def take(self, update):
        """The status; what the bot said meanwhile."""
        before = len(self.telegram.calls)
        return self.bot.take(update).status, self.telegram.calls[before:]

    def tick(self):
        """Also what it has begun is done."""
        self.bot.tick(self.now)
        self.bot.reaching.end(WAIT_S)

    def agree(self, user_id=7):
        assert self.take(updates.button(f"v1:agree:{NOTICE_VERSION}:en", user_id))[0] == 200

    def objects(self):
        return sorted(each.name for each in self.folder.objects.iterdir())


@pytest.fixture(autouse=True)
def no_metrics(monkeypatch):
    """As `config.prepare` has it."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")


@pytest.fixture
def hosted(tmp_path):
    return Hosted(tmp_path / "data")


@pytest.fixture
def telegram():
    with FakeTelegram() as running:
        yield running


def ran(*words):
    """`python -m selfhost`, once it has ended."""
    command = [sys.executable, "-m", "selfhost", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=WAIT_S)


@pytest.fixture
def start(tmp_path, telegram):
    """Starts `python -m selfhost` as a process of its own; whatever is left of it is killed."""
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(telegram.token)
    with started() as start:

        def run(*arguments, program=("-m", "selfhost"), **variables):
            where = ["--data", str(tmp_path / "data"), "--telegram-url", telegram.url]
            who = [] if variables else ["--token-file", str(token)]
            command = [sys.executable, *program, "--contact", "@anna", *where, *who, *arguments]
            return start(command, cwd=ROOT, env=variables_with(**variables), text=True, **ALL_IT_SAYS)

        yield run


@pytest.fixture
def copied(hosted, tmp_path):
    """Two people who donate their photos, and a copy of both."""
    for user_id in (ANN, BEN):
        hosted.agree(user_id)
        hosted.take(updates.button("v1:donate:on", user_id))
        hosted.take(updates.photo(user_id))
    assert len(hosted.objects()) == 2
    copies.back_up(hosted.folder, tmp_path / "copy", hosted.now)
    return Folder(tmp_path / "copy")


def people(place, hosted):
    return [each for each in (ANN, BEN) if perform(place.store, ReadSettings(user_id=each), hosted.now)]


def donated(place):
    return [each for each in place.objects.iterdir() if each.name.startswith("donated")]


def erase(hosted, user_id):
    pseudonyms = {each.name.split("%2F")[1] for each in donated(hosted.folder)}
    assert hosted.take(updates.button("v1:erase", user_id))[0] == 200
    (gone,) = pseudonyms - {each.name.split("%2F")[1] for each in donated(hosted.folder)}
    return gone.encode()


def agreed(telegram, language="en"):
    """Somebody who has agreed, once a bot answers."""
    person = telegram.person(language_code=language)
    person.send_text("/start")
    notice = person.wait_for_answer(WAIT_S)
    person.press(notice, notice.labels[0]).wait_for_notice(WAIT_S)
    person.wait_for_answer(WAIT_S)
    return person
