"""What is installed anywhere is pinned with its hash, and says what uv.lock says. `make lock` writes all of it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
EXPORTS = [ROOT / path for path in re.findall(r"export .*--output-file (\S+\.txt)", MAKEFILE)]

needs_uv = pytest.mark.skipif(not UV.exists(), reason="no uv here (make setup)")


def uv(*arguments):
    command = [UV, *arguments, "--offline", "--quiet"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def body(text):
    """Without the comments, of which the first names the command."""
    return [line for line in text.splitlines() if not line.lstrip().startswith("#")]


@needs_uv
def test_lock_has_what_the_project_asks_for():
    said = uv("lock", "--check")

    assert said.returncode == 0, f"{said.stderr}\nmake lock brings uv.lock up to date"


@needs_uv
@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_pip_installs_is_what_the_lock_says(export):
    written = export.read_text(encoding="utf-8")
    group = re.search(r"uv export --frozen --only-group (\w+) --output-file (\S+)", written)
    assert group[2] == export.relative_to(ROOT).as_posix()

    locked = uv("export", "--frozen", "--only-group", group[1]).stdout

    assert body(written) == body(locked), "stale: make lock"


def test_make_lock_writes_every_list_of_requirements():
    folders = (".", ".ci/*", "functions/*", "infra", "layers/*", "selfhost", "training")
    found = {path for folder in folders for path in ROOT.glob(f"{folder}/requirements*.txt")}

    assert found | {ROOT / "uv.txt"} == set(EXPORTS)
    assert {path.parent.name for path in found} >= {"common", "infer", "report"}


@pytest.mark.parametrize("lock", EXPORTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_locked_requirement_has_one_version_and_hashes(lock):
    text = re.sub(r"\\\n", " ", lock.read_text(encoding="utf-8"))

    loose = [line.split()[0] for line in body(text) if "==" not in line or "--hash=sha256:" not in line]

    assert loose == []


def test_every_package_of_the_lock_comes_from_the_public_index_with_hashes():
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    others = [each for each in packages if each["name"] != "burnout"]

    assert {each["source"]["registry"] for each in others} == {"https://pypi.org/simple"}
    files = [file for each in others for file in (*each.get("wheels", ()), *filter(None, [each.get("sdist")]))]
    assert [file["url"] for file in files if not file["hash"].startswith("sha256:")] == []


def test_make_installs_nothing_without_its_hash():
    by_pip = [line for line in MAKEFILE.splitlines() if "pip install" in line]
    by_uv = [line for line in MAKEFILE.splitlines() if "sync" in line and "$(UV)" in line]

    assert by_pip
    assert by_uv
    assert [line for line in by_pip if "--require-hashes" not in line] == []
    assert [line for line in by_uv if "--locked" not in line] == []
