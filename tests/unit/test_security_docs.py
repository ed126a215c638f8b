"""docs/security.md and the impact assessment claim nothing that no test shows: each test that they name is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECURITY = ROOT / "docs" / "security.md"
ASSESSMENT = ROOT / "docs" / "privacy" / "dpia.md"
PAGES = [SECURITY, *sorted((ROOT / "docs" / "privacy").glob("*.md")), ROOT / "docs" / "privacy.md"]
UNTESTED = "none; nothing of ours can show it."


def entries(page, heading):
    """(title, {label: text}) of each `###` entry under a heading; a label begins a line as `- Label: text`."""
    part = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    for entry in part.split("\n### ")[1:]:
        title, _, body = entry.partition("\n")
        labelled = re.findall(r"^- (\w[\w ]*):(.*?)(?=^- |\Z)", body, re.M | re.S)
        yield title, {label: text.strip() for label, text in labelled}


def named_tests(text):
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)


@cache
def defined_in(file):
    """The tests of a file; a stateful one of Hypothesis is a name that is assigned a machine's TestCase."""
    path = ROOT / file
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8")))) if path.is_file() else []
    assigned = [target for node in nodes if isinstance(node, ast.Assign) for target in node.targets]
    names = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return names | {target.id for target in assigned if isinstance(target, ast.Name)}


THREATS = dict(entries(SECURITY, "Threats"))
RISKS = dict(entries(ASSESSMENT, "3. Risks and measures"))


def test_the_pages_have_entries():
    assert len(THREATS) >= 15
    assert len(RISKS) >= 8


@pytest.mark.parametrize("title", THREATS)
def test_every_threat_names_a_test_or_says_that_there_is_none(title):
    threat = THREATS[title]

    assert set(threat) == {"Wants", "Stopped by", "Tests", "Remains"}
    assert all(threat.values())
    assert named_tests(threat["Tests"]) or threat["Tests"] == UNTESTED


@pytest.mark.parametrize("title", RISKS)
def test_every_risk_has_its_two_judgements_a_tested_measure_and_a_rest(title):
    risk = RISKS[title]

    assert set(risk) == {"Likelihood", "Severity", "Measures", "Tests", "Remains"}
    assert {risk["Likelihood"], risk["Severity"]} <= {"low.", "medium.", "high."}
    assert risk["Measures"]
    assert named_tests(risk["Tests"])
    assert risk["Remains"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page):
    named = named_tests(page.read_text(encoding="utf-8"))

    assert [f"{file}::{test}" for file, test in named if test not in defined_in(file)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page):
    code = re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
    paths = [span for span in code if re.fullmatch(r"(docs|functions|layers|local|tests|training)/[\w/.-]+", span)]

    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_no_page_names_a_test_without_its_file():
    assert [page.name for page in PAGES if "`::" in page.read_text(encoding="utf-8")] == []
