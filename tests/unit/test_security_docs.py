"""docs/security.md and the impact assessment claim nothing that no test shows: whatever they name is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECURITY = ROOT / "docs" / "security.md"
ASSESSMENT = ROOT / "docs" / "privacy" / "dpia.md"
PAGES = [SECURITY, *sorted((ROOT / "docs" / "privacy").glob("*.md")), ROOT / "docs" / "privacy.md"]
NOTHING = "—"  # in the column of tests: nothing of ours can show it


def rows(page, heading, columns):
    """The cells of each row of the one table under a heading."""
    part = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert all(len(row) == columns for row in cells), "a row has another number of cells than the table"
    return cells


def named_tests(text):
    """(file, test) of each `file::test` in a text; `::test` alone is in the file named before it."""
    file = ""
    for name, test in re.findall(r"`(tests/[\w/]+\.py)?(?:::([Tt]est\w+))?`", text):
        file = name or file
        if test:
            yield file, test


@cache
def defined_in(file):
    """The tests of a file; a stateful one of Hypothesis is a name that is given to a machine's TestCase."""
    path = ROOT / file
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8")))) if path.is_file() else []
    given = [target for node in nodes if isinstance(node, ast.Assign) for target in node.targets]
    names = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return names | {target.id for target in given if isinstance(target, ast.Name)}


THREATS = rows(SECURITY, "Threats", columns=5)
RISKS = rows(ASSESSMENT, "3. Risks and measures", columns=5)


def test_the_tables_have_rows():
    assert len(THREATS) >= 15
    assert len(RISKS) >= 8


@pytest.mark.parametrize("row", THREATS, ids=lambda row: row[0][:40])
def test_every_threat_names_a_test_or_says_that_there_is_none(row):
    *_, proof, remains = row

    assert list(named_tests(proof)) or proof == NOTHING
    assert remains, "nothing is ever without a rest; say what it is"


@pytest.mark.parametrize("row", RISKS, ids=lambda row: row[0][:40])
def test_every_risk_has_its_two_judgements_a_tested_measure_and_a_rest(row):
    _, likelihood, severity, measures, remains = row

    assert {likelihood, severity} <= {"low", "medium", "high"}
    assert list(named_tests(measures))
    assert remains


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_exists(page):
    named = list(named_tests(page.read_text(encoding="utf-8")))

    assert [f"{file}::{test}" for file, test in named if test not in defined_in(file)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page):
    code = re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
    paths = [span for span in code if re.fullmatch(r"(docs|functions|layers|local|tests|training)/[\w/.-]+", span)]

    assert [path for path in paths if not (ROOT / path).exists()] == []
