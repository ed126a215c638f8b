"""The Mini App as people meet it: its Lambda behind HTTP, on a real store, with the bot's chat beside it."""

import base64
import json
import random
from collections import defaultdict
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from urllib.parse import urlencode

from burnout.secret import BotSecret
from burnout.store.days import KeepMood, TellDay
from burnout.store.people import ChangeSettings
from burnout.values import NOTICE_VERSION
from functions.app import app
from functions.app.api import Deps
from local.aws.events import api_event_of
from local.aws.runtime import Function, context_of
from local.http_server import Request
from local.telegram.launches import launch_data
from local.weeks import noisy, photo_read, rating_of
from tests import updates
from tests.fakes import DirectStore, FakeFiles, FakeInfer, FakePhotos, face, inference
from tests.integration.adversary.inspection import tables_of
from tests.unit.webhook.conftest import Bot

TOKEN = "123456:" + "a" * 35
ANN, BEN = 7, 8


class OwnApp:
    """Answers at `origin`, by the clock and the store of `bot`: each test begins with new ones."""

    def __init__(self, monkeypatch):
        self.bot = None
        now_utc = lambda: self.bot.now_utc  # noqa: E731
        deps = lambda *_: Deps(self.bot.store, self.bot.reports, now_utc, NOTICE_VERSION)  # noqa: E731
        monkeypatch.setattr(app, "wire", deps)
        monkeypatch.setattr(app, "now_utc", now_utc)
        monkeypatch.setattr(app, "read_bot_secret", lambda _arn: BotSecret(TOKEN, "s"))
        monkeypatch.setattr(app.AppConfig, "from_environment", lambda: SimpleNamespace(telegram_secret_arn=""))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def begin(self, root):
        """An empty store on the first day."""
        photos = FakePhotos()
        store = DirectStore(root, lambda: self.bot.now_utc, objects=photos)
        self.bot = Bot(store, photos, FakeInfer(inference(face())), FakeFiles())

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def agrees(self, user_id=ANN, language="en"):
        self.bot(updates.button(f"v1:agree:{NOTICE_VERSION}:{language}", user_id, language=language))

    def erases(self, user_id=ANN):
        self.bot(updates.button("v1:erase", user_id))

    def writes(self, words, user_id=ANN):
        """A message in the chat, of now."""
        self.bot(updates.text(words, user_id, date=int(self.bot.now_utc.timestamp())))

    def lives(self, days, user_id=ANN, *, language="en", sets=None):
        """From the yes to today: on all days but Sundays a number and the night, at times a photo or two numbers."""
        self.agrees(user_id, language)
        store, rng = self.bot.store, random.Random(user_id)
        store(ChangeSettings(user_id=user_id, **{"time_zone": "Europe/Berlin", **(sets or {})}))
        for day in range(1, days + 1):
            self.bot.now_utc += timedelta(days=1)
            now, strain = self.bot.now_utc, 0.2 + 0.5 * day / days
            if now.weekday() == 6:
                continue
            store(KeepMood(user_id=user_id, observed_at_utc=now, rating=rating_of(noisy(strain, rng))))
            store(TellDay(user_id=user_id, day=str(now.date()), fact="sleep", value=1 + day % 3))
            if day % 3 == 0:
                store(photo_read(user_id, day, now - timedelta(hours=3), noisy(strain, rng)))
            if day % 5 == 0:
                store(KeepMood(user_id=user_id, observed_at_utc=now - timedelta(hours=2), rating=2))

    def launch(self, user_id=ANN, *, token=TOKEN, ago=timedelta()):
        """What Telegram signs when the page is opened."""
        return launch_data(token, {"id": user_id, "first_name": "Ann"}, self.bot.now_utc - ago, signature="x" * 86)

    def address(self, launch=None, **theme):
        """Where Telegram opens the page, by default for Ann."""
        launched = {"tgWebAppData": launch or self.launch(), "tgWebAppVersion": "9.1", "tgWebAppPlatform": "android"}
        return f"{self.origin}/app#{urlencode({**launched, 'tgWebAppThemeParams': json.dumps(theme)})}"

    def rows(self):
        """Everything that is kept about anybody, by its table."""
        kept = defaultdict(list)
        for path in sorted(self.bot.store.root.glob("*.sqlite")):
            for table, rows in tables_of(path):
                kept[table] += rows
        return kept


class _Handler(BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", -1  # head and body leave together

    def do_GET(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        event = api_event_of(Request(self.command, *self.path.partition("?")[::2], headers, body), "")
        response = app.lambda_handler(event, context_of(Function("app", "", {}), "request"))
        answer = response.get("body", "")
        content = base64.b64decode(answer) if response.get("isBase64Encoded") else answer.encode()
        self.send_response(response["statusCode"])
        for name, value in {**response["headers"], "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *_):
        pass
