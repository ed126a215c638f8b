"""What `make audit` makes of pip-audit's answer, and of the project's list of vulnerabilities that do not matter."""

from pathlib import Path

import pytest

from infra import audit
from infra.audit import Found

WELL, VULNERABLE, UNASKED = 0, 1, 3
LOCK = Path("functions/infer/requirements.txt")


@pytest.fixture
def told(tmp_path, capsys):
    """(status, what is printed) for these answers and this list of ignored vulnerabilities."""

    def tell(*packages, ignored="", require=False):
        path = tmp_path / "ignored.toml"
        path.write_text(ignored, encoding="utf-8")
        found = Found()
        audit.read({"dependencies": packages}, found)
        status = audit.told(found, {("pillow", "1.0"): [LOCK]}, audit.ignored(path), require=require)
        return status, capsys.readouterr().out

    return tell


CLEAN = {"name": "numpy", "version": "2.0", "vulns": []}
HOLED = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1"}]}
SKIPPED = {"name": "torch", "skip_reason": "Dependency not found on PyPI"}


def test_pins_without_holes_are_well(told):
    assert told(CLEAN) == (WELL, "1 pins asked about, 0 could not be, 0 with known vulnerabilities\n")


def test_hole_fails_and_names_the_lock(told):
    status, said = told(CLEAN, HOLED)

    assert status == VULNERABLE
    assert f"PYSEC-2026-1  pillow 1.0  in {LOCK}  NOT IGNORED" in said


def test_hole_with_a_reason_passes_and_tells_it(told):
    status, said = told(HOLED, ignored='PYSEC-2026-1 = "we read no PSD"')

    assert status == WELL
    assert "we read no PSD" in said


def test_reason_for_a_hole_that_is_gone_is_named(told):
    assert "ignored, but nobody has them any more: PYSEC-2025-9" in told(CLEAN, ignored='PYSEC-2025-9 = "old"')[1]


def test_hole_without_a_reason_cannot_be_ignored(told):
    with pytest.raises(ValueError, match="PYSEC-2026-1 is ignored without a reason"):
        told(HOLED, ignored='PYSEC-2026-1 = " "')


def test_pin_that_could_not_be_asked_about_is_no_clean_pin(told):
    assert told(CLEAN, SKIPPED, require=True)[0] == UNASKED

    status, said = told(CLEAN, SKIPPED)
    assert status == WELL
    assert "1 could not be" in said
    assert "SKIPPED" in said


def test_batches_have_each_name_once_and_lose_nothing():
    versions = [("numpy", "2.4"), ("numpy", "2.5"), ("pillow", "13"), ("numpy", "2.6")]

    made = audit.batches(versions)

    assert sorted(version for batch in made for version in batch) == sorted(versions)
    assert all(len({name for name, _ in batch}) == len(batch) for batch in made)


def test_the_projects_own_list_has_reasons():
    assert all(audit.ignored().values())
