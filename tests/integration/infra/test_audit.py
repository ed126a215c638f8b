"""`make audit` against an OSV of our own: what it says of vulnerabilities, of their reasons, and of no answer."""

import json
import re
import socket
import sys
import threading
from importlib.metadata import version
from pathlib import Path

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from infra import audit

WELL, VULNERABLE, UNASKED = 0, 1, 3
PILLOW = version("pillow")
ADVISORY = {
    "id": "PYSEC-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "aliases": ["CVE-2026-1"],
    "summary": "opens anything",
    "affected": [
        {
            "package": {"name": "pillow", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}],
        }
    ],
}

pytestmark = pytest.mark.skipif(not Path(sys.executable).with_name("uv").exists(), reason="no uv here (make setup)")


@pytest.fixture
def osv():
    """An OSV's address, and the set of the packages with a vulnerability that it knows."""
    vulnerable = set()

    @Request.application
    def answer(request):
        if request.path.startswith("/v1/vulns/"):
            return Response(json.dumps(ADVISORY), mimetype="application/json")
        names = [query["package"]["name"] for query in request.get_json()["queries"]]
        known = {"vulns": [{"id": ADVISORY["id"], "modified": ADVISORY["modified"]}]}
        results = [known if name in vulnerable else {} for name in names]
        return Response(json.dumps({"results": results}), mimetype="application/json")

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", vulnerable
    server.shutdown()
    server.server_close()


@pytest.fixture
def audited(osv, tmp_path, monkeypatch, capsys):
    """(status, what is printed) when these packages have a vulnerability, with this list of ignored ones."""
    url, vulnerable = osv

    def run(*packages, ignored=""):
        vulnerable.update(packages)
        path = tmp_path / "ignored.toml"
        path.write_text(ignored, encoding="utf-8")
        monkeypatch.setattr(audit, "IGNORED", path)
        return audit.main(["--require", "--service", url]), capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("packages", "ignored", "status", "told"),
    [
        ((), "", WELL, "0 known vulnerabilities"),
        (("pillow",), "", VULNERABLE, f"PYSEC-2026-1 CVE-2026-1  pillow {PILLOW}  fixed in 99  NOT IGNORED"),
        (("pillow",), 'PYSEC-2026-1 = "we read no PSD"', WELL, "fixed in 99  we read no PSD"),
        (("pillow",), 'CVE-2026-1 = "we read no PSD"', WELL, "fixed in 99  we read no PSD"),
        ((), 'PYSEC-2025-9 = "old"', WELL, "ignored, but no package has them any more: PYSEC-2025-9"),
    ],
    ids=["none", "one", "one ignored", "one ignored by another name", "ignored in vain"],
)
def test_vulnerability_fails_unless_there_is_a_reason(audited, packages, ignored, status, told):
    result, said = audited(*packages, ignored=ignored)

    assert result == status
    assert told in said
    assert int(re.search(r"(\d+) packages asked about", said)[1]) > 200


def test_vulnerability_without_a_reason_cannot_be_ignored(audited):
    with pytest.raises(ValueError, match="PYSEC-2026-1 is ignored without a reason"):
        audited("pillow", ignored='PYSEC-2026-1 = " "')


def test_no_answer_is_not_taken_for_a_clean_one(capsys, monkeypatch):
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = ["--service", f"http://127.0.0.1:{closed.getsockname()[1]}/"]

    assert audit.main([*nobody, "--require"]) == UNASKED
    assert audit.main(nobody) == WELL
    assert "SKIPPED" in capsys.readouterr().out


def test_package_that_the_index_warns_of_fails(capsys):
    report = {
        "summary": {"audited_packages": 1, "vulnerabilities": 0},
        "vulnerabilities": [],
        "adverse_statuses": [{"dependency": {"name": "pillow"}, "status": "quarantined"}],
    }

    assert audit.told(report, {}) == VULNERABLE
    assert "quarantined" in capsys.readouterr().out


def test_the_projects_own_list_has_reasons():
    assert all(audit.ignored().values())
