"""The documents name only what is there: make targets and files."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "training").glob("*.md")]
COMMANDED = [*PAGES, *(ROOT / ".github" / "workflows").glob("*.yml"), ROOT / ".ci" / "run"]
SEES = (ROOT / "docs" / "what-it-can-see.md").read_text(encoding="utf-8")
INDEX = (ROOT / "docs" / "decisions" / "0005-the-strain-index.md").read_text(encoding="utf-8")
FACTORS = (ROOT / "docs" / "decisions" / "0019-what-goes-with-heavy-days.md").read_text(encoding="utf-8")
TOLD = {  # as decision 0005 names the habit
    "numbers only": "taps, now",
    "numbers and energy": "taps, energy 0.7, now",
    "half photos, half numbers": "half photos, half taps, now",
    "photos, half of them rated": "photos, half rated, now",
    "photos alone": "photos, none rated, now",
    "numbers, every third day": "taps, 30%",
}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def test_there_are_pages_to_check():
    assert {page.name for page in PAGES} >= {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "architecture.md"}


@pytest.mark.parametrize("page", COMMANDED, ids=lambda page: page.name)
def test_every_make_target_that_a_page_a_workflow_or_the_gate_names_exists(page):
    text = page.read_text(encoding="utf-8")
    code = " ".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.S)) if page in PAGES else text

    assert set(re.findall(r"\bmake ([a-z][a-z-]+)", code)) <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"", page.read_text(encoding="utf-8"))
    files = {link for pair in links for link in pair if link and "://" not in link}

    assert [link for link in files if not (page.parent / link).exists()] == []


def test_every_folder_of_the_readmes_tree_exists():
    tree = re.search(r"```\n(functions/webhook/.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)

    folders = re.findall(r"^(\S+/) ", tree.group(1), re.M)
    assert len(folders) >= 8
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_what_it_can_see_says_the_same_in_both_languages():
    english, russian = (
        {
            "sections": len(re.findall(r"^## ", part, re.M)),
            "code": sorted(re.findall(r"`[^`]+`", part)),
            "links": sorted(re.findall(r"\]\((\w[^)]+)\)", part)),
            "numbers": sorted(re.findall(r"\d+", re.sub(r"\d+[-.]\d+[-.]\d+|(?<=\d),(?=\d)", "", part))),
        }
        for part in SEES.split("\n# ")
    )

    assert english == russian


@pytest.mark.parametrize("told", TOLD)
def test_what_it_can_see_has_the_figures_of_decision_0005(told):
    row = next(line for line in INDEX.splitlines() if line.startswith(TOLD[told]))
    calm, typical, strained, quarter, early, *_, slow = re.findall(r"\b[01]\.\d\d\b", row.removeprefix(TOLD[told]))
    shares = max(calm, typical, strained), early, quarter, slow

    assert f"| {told} | " + " | ".join(f"{100 * float(share):.0f}" for share in shares) + " |\n" in SEES


def test_what_it_can_see_has_the_figures_of_decision_0019():
    shares = r"^ 0\.05 +{} +60%  none +\S+ +\S+ +0\.(\d\d) +0\.(\d\d) "
    (whole, half), (later, half_later) = (re.search(shares.format(days), FACTORS, re.M).groups() for days in (90, 180))
    weekly = re.search(r"weekly looks of 180 days\n 0\.05 +0\.(\d\d)", FACTORS).group(1)
    said = " ".join(SEES.split())

    assert f"{weekly} of 100 people without any effect" in said
    assert f"found in {whole} of 100 after 90 days and in {later} after 180" in said
    assert f"half a number in {int(half)} and {int(half_later)}." in said
