"""Every name in docs/glossary.md is one that the code still defines, and every term has both languages and a line."""

import ast
import re
from pathlib import Path

import pytest

from burnout.store.days import FACTORS

ROOT = Path(__file__).parents[2]
ROOMS = ("layers", "functions", "local", "infra", "training", "research", "selfhost")
LINES = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
TERMS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES if re.match(r"\| (?!term )\w", line)]


@pytest.fixture(scope="module")
def defined():
    """Modules, folders, classes, functions and whatever is assigned, and the words of the store's schema."""
    names = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        names |= {path.stem, path.parent.name}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    for path in (ROOT / "functions" / "store").rglob("*.sql"):
        names |= set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return names


def test_the_number_of_factors_is_told_as_it_is():
    (factor,) = (row for row in TERMS if row[0] == "factor")

    assert (
        f"one of {dict(enumerate(('ten', 'eleven', 'twelve', 'thirteen', 'fourteen'), 10))[len(FACTORS)]} " in factor[3]
    )


def test_glossary_has_each_term_once_in_both_languages():
    assert len(TERMS) >= 45
    assert len({term for term, *_ in TERMS}) == len(TERMS)
    assert all(len(row) == 4 and all(row) and re.search("[а-я]", row[1]) for row in TERMS)


@pytest.mark.parametrize("row", TERMS, ids=lambda row: row[0])
def test_name_in_the_glossary_is_in_the_code(row, defined):
    names = re.findall(r"`(\w+)`", " ".join(row[2:]))

    assert names
    assert [name for name in names if name not in defined] == []
