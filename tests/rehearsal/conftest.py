"""A copy of the project, and an AWS on this machine that takes its template."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("functions", "layers", "infra", ".aws-sam")
LIMIT_S = 300
REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/burnout/prod/infer"


class Workplace:
    """A checkout of one's own, with a shell that knows no other AWS than this machine's."""

    def __init__(self, folder, url):
        self.folder = folder
        self.variables = {
            "PATH": f"{ROOT}/build/python3.13:{ROOT}/.venv/bin:{ROOT}/.venv-sam/bin:{os.environ['PATH']}",
            "HOME": str(folder),
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": url,
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.2",
            "STAGE": "prod",
            "STACK": "burnout-prod",
        }

    def types(self, line, *, status=0):
        """What a line of the page prints, in a shell of its own."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=self.folder, env=self.variables, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=LIMIT_S, check=False,
        )
        assert done.returncode == status, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    from moto.server import ThreadedMotoServer

    from tests.rehearsal import cloudformation

    folder = tmp_path_factory.mktemp("workplace")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    config = (ROOT / "samconfig.toml").read_text(encoding="utf-8")
    (folder / "samconfig.toml").write_text(config.replace("confirm_changeset = true", f"confirm_changeset = false\nimage_repositories = [\"InferFunction={REPOSITORY}\"]"))
    cloudformation.install()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield Workplace(folder, f"http://{host}:{port}")
    server.stop()
