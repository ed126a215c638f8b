"""The demo's six weeks: who rises early is told in that week; the README shows what is said and drawn today."""

import re

import numpy as np
import pytest
from PIL import Image, ImageChops

from burnout.texts import text
from local.__main__ import main
from local.pictures import FOLDER, drawn
from local.six_weeks import WEEKS, lived, show_six_weeks

README = FOLDER.parents[1] / "README.md"


@pytest.fixture(scope="module")
def people():
    return lived()


def heads(person):
    """The first line of each report."""
    return [report.words.partition("\n")[0] for report in person.reports()]


def is_notice(message):
    return re.sub("<.*?>", "", text("report_alert", "en", moved="", listens="")).partition(".")[0] in message.words


def test_the_early_riser_is_told_in_the_week_that_rises(people):
    early = people[0]
    notice = next(message for message in early.sent if is_notice(message))

    assert (notice.at_utc.isocalendar().week, early.reports()[0].at_utc.isocalendar().week) == (42, 42)
    assert heads(early)[0].endswith("rising")


def test_who_recovers_and_who_is_steady_get_no_notice_and_hear_of_no_rise(people):
    _, recovering, steady = people

    assert [len(heads(person)) for person in (recovering, steady)] == [WEEKS, WEEKS]
    assert not [head for head in heads(recovering) if "раст" in head]
    assert not [head for head in heads(steady) if "rising" in head]
    assert not any(map(is_notice, steady.sent))
    assert len([message for message in recovering.sent if not message.files]) == WEEKS + 1  # the questions, and why


def test_everybody_gets_why_and_a_page(people):
    told, pages = zip(*(person.sent[-2:] for person in people), strict=True)

    assert ["“overtime”" in why.words or "«переработка»" in why.words for why in told] == [False, False, True]
    assert [page.files["document"][:4] for page in pages] == [b"%PDF"] * 3


def test_the_readme_quotes_what_is_said_today(tmp_path):
    said = " ".join(show_six_weeks(tmp_path).replace(">", "").split())
    quotes = re.findall(r"^> - .+?: (.+) \[…\]$", README.read_text(encoding="utf-8"), re.M)

    assert len(quotes) == 3
    assert [quote for quote in quotes if quote.replace("**", "") not in said] == []


def test_the_readmes_pictures_are_what_is_drawn_today():
    for name, picture in drawn().items():
        kept = Image.open(FOLDER / name).convert("RGB")
        assert kept.size == picture.size, name
        apart = ImageChops.difference(kept, picture.convert("RGB")).convert("L")
        worst = np.asarray(apart.reduce(12)).max()  # a word that changed fills a box of 12 pixels more than its edges
        assert worst < 12, name


def test_the_command_writes_every_picture_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("local.pictures.shutil.which", lambda _: None)
    monkeypatch.setattr("local.pictures._OWN_BOT", FOLDER / "page.png")

    assert main(["pictures", "--out", str(tmp_path)]) == 0
    assert {each.name for each in tmp_path.iterdir()} | {"conversation.png"} == {
        each.name for each in FOLDER.glob("*.png")
    }
