"""A copy of the project with a shell in which docs/operations.md is typed."""

import os
import pty
import re
import shutil
import subprocess

from infra.stack.command import ROOT
from local.aws import environment

_PAGE = ROOT / "docs" / "operations.md"
_COPIED = ("functions", "layers", "infra", "local", "samconfig.toml", ".dockerignore")
_OF_THE_CHECKOUT = (".venv", ".venv-sam", "build")
# What speaks with Telegram finds the one of this machine.
_PYTHON = """#!/usr/bin/env bash
case "${2:-}" in infra.release | infra.webhook) set -- "$@" --telegram-url "$TELEGRAM" ;; esac
exec .venv/bin/python "$@"
"""
# Without Docker infer's image is one that was pushed already.
_SHELL = r"""
python() { "$PYTHON" "$@"; }
sam() {
  if [ "$1" != build ] || [ -z "$PUSHED" ]; then command sam "$@"; return; fi
  command sam "$@" --exclude InferFunction
  sed -i "s|^\( *\)PackageType: Image$|&\n\1ImageUri: $PUSHED|" .aws-sam/build/template.yaml
}
"""


def fences(section):
    """What a section of the page has somebody type before its first subsection.

    Without `make`: the environments are the checkout's, and no function runs here that smoke could ask.
    """
    found = re.search(rf"^## {section}\n.*?^(?=###? )", _PAGE.read_text(encoding="utf-8"), re.M | re.S)
    blocks = re.findall(r"^```sh\n(.*?)^```", found[0], re.M | re.S)
    return [re.sub(r"^make .*\n", "", each, flags=re.M) for each in blocks]


class Workplace:
    """A checkout of one's own; its shell knows no other AWS, registry and Telegram than this machine's."""

    def __init__(self, folder, aws_url, telegram, pushed):
        self.folder, self.aws_url = folder, aws_url
        for name in _COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, folder / name)
        for name in _OF_THE_CHECKOUT:
            (folder / name).symlink_to(ROOT / name)
        self._state, python = folder / ".typed", folder / ".python"
        self._state.write_text(_SHELL, encoding="utf-8")
        python.write_text(_PYTHON, encoding="utf-8")
        python.chmod(0o755)
        account = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_ENDPOINT_URL": aws_url}
        bot = {"TELEGRAM": telegram.url, "TELEGRAM_BOT_TOKEN": telegram.token, "PUSHED": pushed, "PYTHON": str(python)}
        quick = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2"}
        self._variables = environment.isolated({"HOME": str(folder), **account, **bot, **quick})

    def types(self, lines, *answers, status=0):
        """What the lines print, in a shell that goes on where the last one ended; `answers` go to who asks."""
        script = f"source {self._state}\ntrap 'declare -px >{self._state}; declare -f >>{self._state}' EXIT\n{lines}"
        keyboard, seen = pty.openpty()
        os.write(keyboard, "".join(f"{each}\n" for each in answers).encode())
        with os.fdopen(keyboard, "wb"), os.fdopen(seen, "rb"):
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, env=self._variables, stdin=seen,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, timeout=600,
                check=False,
            )  # fmt: skip
        assert done.returncode == status, f"{lines}\n{done.stdout[-6000:]}"
        return done.stdout
