"""`python -m infra.audit [--require]`: known vulnerabilities of every package in uv.lock, asked of OSV by `uv audit`.

All pins, whatever Python or system they are for. A vulnerability that does not matter here stands in
infra/audit-ignored.toml with its reason. Exit status: 0, or 1 for a vulnerability; where OSV cannot be reached it says
so, and --require makes that a 3.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
IGNORED: Final = Path(__file__).with_name("audit-ignored.toml")
SERVICE: Final = "https://api.osv.dev/"
VULNERABLE, UNASKED = 1, 3
_UV: Final = (Path(sys.executable).with_name("uv"), "audit", "--frozen", "--quiet", "--output-format", "json")
_PREVIEW: Final = ("--preview-features", "audit,json-output")
_UNREACHABLE: Final = "error sending request"
_LIMIT_S: Final = 600


def ignored() -> dict[str, str]:
    """Advisory -> why it does not matter here. Raises: ValueError for one without a reason."""
    entries = tomllib.loads(IGNORED.read_text(encoding="utf-8"))
    for advisory, reason in entries.items():
        if not str(reason).strip():
            raise ValueError(f"{advisory} is ignored without a reason")
    return {name: str(reason) for name, reason in entries.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Prints every vulnerability, and a summary; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.audit", description=str(__doc__))
    parser.add_argument("--require", action="store_true", help="fail when OSV cannot be asked")
    parser.add_argument("--service", default=SERVICE, help="default: %(default)s")
    arguments = parser.parse_args(argv)
    report = _asked(arguments.service)
    if report is None:
        print("SKIPPED: OSV cannot be reached from here; where it can, use --require (make audit REQUIRE=1)")
        return UNASKED if arguments.require else 0
    return told(report, ignored())


def told(report: Mapping[str, Any], reasons: Mapping[str, str]) -> int:
    """What uv's JSON says, printed; the exit status."""
    status, found = 0, set()
    for each in report["vulnerabilities"]:
        names = [each["id"], *each["aliases"]]
        reason = next((reasons[name] for name in names if name in reasons), None)
        found.update(names)
        status = status if reason else VULNERABLE
        fixed = ", ".join(each["fix_versions"]) or "nowhere"
        package = f"{each['dependency']['name']} {each['dependency']['version']}"
        print(f"{' '.join(names)}  {package}  fixed in {fixed}  {reason or 'NOT IGNORED'}")
    for each in report["adverse_statuses"]:
        status = VULNERABLE
        print(f"withdrawn or warned of by the index: {json.dumps(each)}")
    stale = sorted(set(reasons) - found)
    if stale:
        print(f"ignored, but no package has them any more: {', '.join(stale)}")
    said = report["summary"]
    print(f"{said['audited_packages']} packages asked about, {said['vulnerabilities']} known vulnerabilities")
    return status


def _asked(service: str) -> Mapping[str, Any] | None:
    """What uv says; None where the service cannot be reached."""
    command = [*map(str, _UV), *_PREVIEW, "--service-url", service]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_LIMIT_S, check=False)  # noqa: S603
    try:  # 1 is also its status for vulnerabilities, so its output decides
        report: Mapping[str, Any] = json.loads(done.stdout)
    except ValueError:
        if _UNREACHABLE in done.stderr:
            return None
        raise SystemExit(f"uv audit failed: {done.stderr[-1000:]}") from None
    return report


if __name__ == "__main__":
    sys.exit(main())
