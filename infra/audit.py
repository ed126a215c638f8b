"""`python -m infra.audit [--require]`: known vulnerabilities in every pin of every lock, by PyPI's advisories.

pip-audit asks about all pins, whatever Python or system they are for. A vulnerability that does not matter here stands
in infra/audit-ignored.toml with its reason. pip-audit calls a pin that it could not ask about no vulnerability; this
says how many those were, and with --require it fails then. Exit status: 0, 1 for a vulnerability, 3 for what could not
be asked with --require.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from infra.locks import ROOT, locks, pins

IGNORED: Final = Path(__file__).with_name("audit-ignored.toml")
VULNERABLE, UNASKED = 1, 3
_PROGRAM: Final = ROOT / ".venv-audit" / "bin" / "pip-audit"
_LIMIT_S: Final = 600

Version = tuple[str, str]


@dataclass
class Found:
    """What the advisories say."""

    vulnerabilities: dict[Version, list[str]] = field(default_factory=dict)  # (name, version) -> ids of advisories
    asked: int = 0
    unasked: int = 0


def batches(versions: Iterable[Version]) -> list[list[Version]]:
    """The versions in lists that have each name once: a requirements file cannot say it twice."""
    made: list[dict[str, Version]] = []
    for version in sorted(versions):
        free = next((batch for batch in made if version[0] not in batch), None)
        if free is None:
            free = {}
            made.append(free)
        free[version[0]] = version
    return [list(batch.values()) for batch in made]


def read(report: Mapping[str, Any], found: Found) -> None:
    """Adds what pip-audit's JSON says."""
    for package in report["dependencies"]:
        if "skip_reason" in package:
            found.unasked += 1
            continue
        found.asked += 1
        if package["vulns"]:
            version = (package["name"], package["version"])
            found.vulnerabilities[version] = [vulnerability["id"] for vulnerability in package["vulns"]]


def ignored(path: Path = IGNORED) -> dict[str, str]:
    """Advisory -> why it does not matter here. Raises: ValueError for one without a reason."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    for advisory, reason in entries.items():
        if not str(reason).strip():
            raise ValueError(f"{advisory} is ignored without a reason")
    return {name: str(reason) for name, reason in entries.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Prints every vulnerability, and a summary; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.audit", description=str(__doc__))
    parser.add_argument("--require", action="store_true", help="fail when the advisories cannot be asked")
    arguments = parser.parse_args(argv)
    where: dict[Version, list[Path]] = defaultdict(list)
    for lock in locks():
        for pin in pins(lock):
            where[pin.name, pin.version].append(lock)
    found = Found()
    for batch in batches(where):
        read(_asked(batch), found)
    return told(found, where, ignored(), require=arguments.require)


def told(found: Found, where: Mapping[Version, Sequence[Path]], reasons: Mapping[str, str], *, require: bool) -> int:
    """What was found, printed; the exit status."""
    status = 0
    for (name, version), advisories in sorted(found.vulnerabilities.items()):
        for advisory in advisories:
            if advisory not in reasons:
                status = VULNERABLE
            places = ", ".join(str(lock) for lock in where.get((name, version), ()))
            _say(f"{advisory}  {name} {version}  in {places}  {reasons.get(advisory, 'NOT IGNORED')}")
    stale = sorted(set(reasons) - {each for advisories in found.vulnerabilities.values() for each in advisories})
    if stale and not found.unasked:
        _say(f"ignored, but nobody has them any more: {', '.join(stale)}")
    vulnerable = len(found.vulnerabilities)
    _say(f"{found.asked} pins asked about, {found.unasked} could not be, {vulnerable} with known vulnerabilities")
    if found.unasked:
        _say("SKIPPED in part: PyPI's advisories cannot be reached from here; where they can, use --require")
    return status or (UNASKED if found.unasked and require else 0)


def _asked(batch: Sequence[Version]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("".join(f"{name}=={version}\n" for name, version in batch), encoding="utf-8")
        command = [str(_PROGRAM), "--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json"]
        done = subprocess.run(  # noqa: S603  (our own command line)
            [*command, "--requirement", str(listed)], capture_output=True, timeout=_LIMIT_S, check=False
        )
    try:  # 1 is also its status for vulnerabilities, so what it says decides
        return json.loads(done.stdout)
    except ValueError:
        raise SystemExit(f"pip-audit failed: {done.stderr.decode(errors='replace')[-1000:]}") from None


def _say(line: str) -> None:
    print(line)


if __name__ == "__main__":
    sys.exit(main())
