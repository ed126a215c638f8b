"""The real bot behind the page: what a curious person does first, from the terminal's address to the end."""

import re
import sys

import pytest

from burnout.texts import text
from tests.browser.conftest import PICTURES
from tests.browser.test_chat import SELFIE, button, write
from tests.integration.local.aws.processes import ALL_IT_SAYS, started, variables_with


@pytest.fixture
def own_bot(tmp_path):
    """The process and the address that it prints."""
    with started() as start:
        command = [sys.executable, "-m", "selfhost", "chat", "--data", str(tmp_path / "data"), "--no-browser"]
        process = start(command, env=variables_with(), text=True, **ALL_IT_SAYS)
        yield process, next(found[1] for line in process.stdout if (found := re.match(r"open  (\S+)", line)))


def test_a_selfie_is_read_and_everything_is_forgotten(own_bot, open_tab, tmp_path):
    process, address = own_bot
    tab = open_tab(400, 860, address=address, device_scale_factor=2)
    button(tab, "page_begin").click()
    button(tab, "terms_agree").click()
    tab.get_by_text("1 of 3").wait_for()
    write(tab, "4")
    tab.get_by_text("4 of 5, good").wait_for()
    with tab.expect_file_chooser() as chooser:
        button(tab, "page_attach").click()
    chooser.value.set_files(SELFIE)
    looked = tab.get_by_text(re.compile("mostly positive"))
    hidden = button(tab, "button_show_answer")
    looked.or_(hidden).wait_for()
    if hidden.count():  # half of the answers ask for the person's own word first
        hidden.click()
    looked.wait_for()
    tab.screenshot(path=PICTURES / "own-bot.png")

    write(tab, "/export")
    with tab.expect_download() as download:
        tab.get_by_role("button", name=re.compile(text("page_save", "en", name="burnout-export"))).click()
    download.value.save_as(tmp_path / "export.zip")
    assert (tmp_path / "export.zip").read_bytes().startswith(b"PK")
    button(tab, "page_forget").click()
    tab.get_by_role("dialog").get_by_role("button", name=text("page_forget", "en")).click()
    tab.get_by_role("heading", name=text("page_forgotten", "en")).wait_for()
    assert process.wait(30) == 0
    assert not (tmp_path / "data").exists()


def test_what_is_said_in_the_chat_is_seen_in_its_second_tab(own_bot, open_tab):
    _, address = own_bot
    tab = open_tab(address=address)
    button(tab, "page_begin").click()
    button(tab, "terms_agree").click()
    tab.get_by_text("1 of 3").wait_for()
    write(tab, "4")
    tab.get_by_text("4 of 5, good").wait_for()
    write(tab, "/app")
    tab.get_by_role("link", name=text("button_app", "en"), exact=True).click()
    tab.locator("canvas").wait_for()
    tab.get_by_role("button", name=text("page_app_calendar", "en")).click()
    tab.locator("[aria-current=date]").click()
    tab.get_by_text("4 of 5, good").wait_for()
    tab.get_by_role("button", name=text("sleep_3", "en"), exact=True).click()
    tab.get_by_text(text("page_app_kept", "en"), exact=True).wait_for()

    tab.get_by_role("button", name=text("page_app_settings", "en")).click()
    tab.get_by_role("button", name=text("page_app_export_ask", "en")).click()
    tab.get_by_text(text("page_app_export_asked", "en")).wait_for()
    tab.get_by_role("link", name=text("page_tab_chat", "en"), exact=True).click()
    tab.get_by_role("button", name=re.compile(text("page_save", "en", name="burnout-export"))).wait_for()
