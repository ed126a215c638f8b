"""`python -m local --telegram`: the real bot's token comes from the environment and is never printed."""

import signal
import sys
import threading
from pathlib import Path

import pytest

from tests.integration.local.aws.processes import ALL_IT_SAYS, started, variables_with

ROOT = Path(__file__).parents[3]
TOKEN = "7000000001:AAGreatSecretTokenThatNobodyMayEverSee"
# The command in a process whose loggers all speak, as they do when somebody debugs.
LOUD = (
    "import sys\n"
    "from local.__main__ import main\n"
    "from tests.integration.secrets.search import loud\n"
    "import local.telegram.polling\n"
    "loud(sys.stderr)\n"
    "sys.exit(main(sys.argv[1:]))\n"
)


@pytest.fixture
def said_by(tmp_path):
    """Runs the command against that Bot API until it has said `enough`, and gives everything that it wrote."""
    with started() as start:

        def run(url, token, enough):
            variables = variables_with(PYTHONUNBUFFERED="1", TELEGRAM_BOT_TOKEN=token)
            arguments = ["--telegram", "--telegram-url", url, "--data", str(tmp_path)]
            arguments += ["--infer-workers", "1", "--store-workers", "1"]
            command = [sys.executable, "-c", LOUD, *arguments]
            process = start(command, cwd=ROOT, env=variables, text=True, **ALL_IT_SAYS)
            watchdog = threading.Timer(90, process.kill)
            watchdog.start()
            lines = []
            for line in process.stdout:
                lines.append(line)
                if enough in line:
                    process.send_signal(signal.SIGTERM)
            process.wait(60)
            watchdog.cancel()
            logs = [path.read_text(errors="replace") for path in (tmp_path / "logs").glob("*")]
            return "".join(lines), "".join(logs)

        yield run


def test_unreachable_telegram_shows_no_token(said_by):
    said, logs = said_by("http://127.0.0.1:9", TOKEN, "next attempt in")

    assert "Telegram cannot be reached (getMe: ConnectionError)" in said
    assert "WARNING urllib3.connectionpool Retrying" in said
    assert TOKEN.partition(":")[2] not in said + logs
