"""The SAM CLI: where it is, `sam build`, and `sam local` as commands and as servers."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.stack.command import ROOT, CompletedRun, StackToolError, UnavailableError, run
from local.aws import environment
from local.aws.moto_server import dummy_account
from local.aws.runtime import REGION

BUILT: Final = ROOT / ".aws-sam" / "build"  # where `make build` leaves everything
FUNCTIONS: Final = {"webhook": "WebhookFunction", "infer": "InferFunction", "store": "StoreFunction"} | {
    "report": "ReportFunction"
}  # as people call them: as the template does
LAYER: Final = "CommonLayer"
_CONFIG: Final = ROOT / "samconfig.toml"  # absolute: relative to the template it would not be found
_BUILD_LIMIT_S: Final = 900
_INVOKE_LIMIT_S: Final = 180
_HERE: Final = Path(__file__).parent / "sam_here.py"
_QUIET: Final = {"SAM_CLI_TELEMETRY": "0"}


def python313() -> Path:
    """An interpreter of the functions' runtime, from `.ci/python313`. Raises: UnavailableError."""
    python = ROOT / "build" / "python3.13" / "python3.13"
    if not python.exists():
        raise UnavailableError("no Python 3.13 here (.ci/python313)")
    return python


def program() -> Path:
    """The SAM CLI of `make setup-sam`, or the one on PATH. Raises: UnavailableError."""
    beside = ROOT / ".venv-sam" / "bin" / "sam"
    found = str(beside) if beside.exists() else shutil.which("sam")
    if not found:
        raise UnavailableError("the SAM CLI is not installed (make setup-sam)")
    return Path(found)


def build(*, image: bool) -> CompletedRun:
    """`.aws-sam/build` has everything, built by the SAM CLI; without `image` all but infer. Raises: StackToolError."""
    scope = [] if image else ["--exclude", FUNCTIONS["infer"]]
    variables = {**_QUIET, "PATH": f"{python313().parent}:{environment.path()}"}
    return run([program(), "build", *scope], limit_s=_BUILD_LIMIT_S, variables=variables)


def stale() -> bool:
    """Whether anything that is built changed after the last `sam build` of everything."""
    template = BUILT / "template.yaml"
    if not template.exists() or "ImageUri" not in template.read_text(encoding="utf-8"):
        return True
    folders = [ROOT / "functions", ROOT / "layers", ROOT / "infra" / "template.yaml"]
    sources = [path for folder in folders for path in (folder.rglob("*") if folder.is_dir() else [folder])]
    newest = max(path.stat().st_mtime for path in sources if "__pycache__" not in path.parts)
    return newest > template.stat().st_mtime


def image_name() -> str:
    """What `sam build` called infer's image. Raises: StackToolError."""
    template = BUILT / "template.yaml"
    named = re.search(r"^ +ImageUri: (\S+)$", template.read_text(encoding="utf-8"), re.M) if template.exists() else None
    if named is None:
        raise StackToolError("infer's image is not built yet (make build)")
    return named.group(1)


@dataclass(frozen=True)
class Local:
    """`sam local` for what was built, with this machine's values for its variables."""

    variables: Path  # JSON, as --env-vars takes it
    mount: Path  # the folder in place of the file system

    def invoke(self, function: str, event: bytes) -> CompletedRun:
        """The function's answer as JSON text: an exception is an answer, too. Raises: StackToolError."""
        command = [*self._command("invoke"), FUNCTIONS[function], "--event", "-", *self._options()]
        return run(command, limit_s=_INVOKE_LIMIT_S, variables=self._environment(), said=event)

    def serve(self, what: str, host: str, port: int, log: Path) -> "subprocess.Popen[bytes]":
        """`sam local start-api` or `start-lambda`, on its way up."""
        # A function that another one calls must have its container before; the API's may start later.
        warm = "EAGER" if what == "start-lambda" else "LAZY"
        address = ["--host", host, "--port", str(port), "--warm-containers", warm]
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603  (our own command line)
                [str(part) for part in (*self._command(what), *address, *self._options())],
                env=environment.isolated({**dummy_account(), **self._environment()}),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # this process handles Ctrl-C
            )

    def _command(self, what: str) -> Sequence[str | Path]:
        # -P: its folder must not be searched for modules, or our docker.py would replace the docker package.
        return [program().with_name("python"), "-P", _HERE, "local", what]

    def _options(self) -> Sequence[str | Path]:
        built: list[str | Path] = ["--template", BUILT / "template.yaml", "--config-file", _CONFIG]
        return [*built, "--env-vars", self.variables, "--skip-pull-image", "--region", REGION]

    def _environment(self) -> Mapping[str, str]:
        return {**_QUIET, "BURNOUT_MOUNT": str(self.mount), "BURNOUT_VARIABLES": str(self.variables)}
