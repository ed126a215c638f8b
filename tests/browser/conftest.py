"""Chromium, and tabs in it that notice what a person would not: an error in the console, a request elsewhere."""

import shutil
from pathlib import Path

import pytest

from tests.browser.own_app import OwnApp
from tests.browser.stub import KEY, StubBot
from tests.unit.conftest import database_dir  # noqa: F401  (a fixture)

sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright: make browser installs it")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
PICTURES = Path(__file__).parents[2] / "build" / "browser"


@pytest.fixture(scope="session")
def chromium():
    """Launches a browser with these options."""
    if CHROMIUM is None:
        pytest.skip("no browser on this machine: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        yield lambda *options: playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--no-first-run", *QUIET, *options]
        )


@pytest.fixture(scope="session")
def browser(chromium):
    browser = chromium(*CAMERA)
    yield browser
    browser.close()


@pytest.fixture
def bot():
    bot = StubBot()
    yield bot
    bot.stop()


@pytest.fixture(scope="module")
def served():
    with pytest.MonkeyPatch.context() as monkeypatch:
        app = OwnApp(monkeypatch)
        yield app
        app.stop()


@pytest.fixture
def app(served, database_dir):  # noqa: F811
    """The Mini App's server, with nobody in its store."""
    served.begin(database_dir)
    return served


@pytest.fixture
def open_tab(browser, bot):
    """Opens the page as its address in the terminal does. What fails on purpose is named in `tab.expected`."""
    opened = []

    def open_tab(width=360, height=740, *, theme="light", locale="en-GB", address="", within=None, before="", **more):
        context = (within or browser).new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, locale=locale, timezone_id="UTC", **more
        )
        tab = context.new_page()
        tab.said, tab.asked, tab.expected = [], [], ()
        tab.on("console", lambda message: tab.said.append(message.text) if message.type != "log" else None)
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        context.on("request", lambda request: tab.asked.append(request.url))
        tab.add_init_script(before)
        tab.set_default_timeout(10_000)
        opened.append(tab)
        address = address or f"{bot.origin}/#key={KEY}"
        tab.origin = "/".join(address.split("/")[:3])
        tab.goto(address)
        return tab

    yield open_tab
    for tab in opened:
        tab.context.close()
        assert [said for said in tab.said if not any(part in said for part in tab.expected)] == []
        assert [url for url in tab.asked if not url.removeprefix("blob:").startswith(f"{tab.origin}/")] == []
