"""What the containers talk to on this machine: moto's S3 and Secrets Manager, a fake Telegram, each other."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from burnout.invocation import PING
from infra.stack import docker
from infra.stack.command import BUILD, StackToolError
from infra.stack.sam import FUNCTIONS, Local
from local.aws import events, functions
from local.aws.functions import FunctionEnvironment, Sizes
from local.aws.moto_server import BUCKET, Aws, BotIdentity, dummy_account
from local.aws.runtime import REGION
from local.telegram.server import TOKEN, FakeTelegram

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WEBHOOK_SECRET: Final = "example-webhook-secret"  # noqa: S105  (the one of tests/events)
EXAMPLE_BUCKET: Final = "burnout-example-photos"  # the one of tests/events
_CONTAINER: Final = re.compile(r"SAM_CONTAINER_ID: ([0-9a-f]{64})")  # its log names each that it starts
_UP_LIMIT_S: Final = 180.0
_DOWN_LIMIT_S: Final = 60.0


@dataclass(frozen=True)
class LocalServices:
    """Everything that the functions need, on an address that containers reach."""

    host: str
    folder: Path
    aws: Aws
    telegram: FakeTelegram
    lambda_port: int

    @property
    def s3(self) -> "S3Client":
        """A client of moto's S3."""
        return boto3.Session("local", "local", region_name=REGION).client("s3", endpoint_url=self.aws.url)

    @property
    def local(self) -> Local:
        """`sam local` with these surroundings; its file of variables is written."""
        variables, mount = self.folder / "env.json", self.folder / "store"
        mount.mkdir(exist_ok=True)
        variables.write_text(json.dumps(self._variables(), indent=2), encoding="utf-8")
        return Local(variables, mount)

    @contextmanager
    def serving(self, what: str, port: int) -> Iterator[str]:
        """The address of `sam local start-api` or `start-lambda`, once it answers. Raises: StackToolError."""
        log = self.folder / f"{what}.log"
        log.unlink(missing_ok=True)
        server = self.local.serve(what, self.host, port, log)
        try:
            _wait_for(self.host, port, server, log)
            yield f"http://{self.host}:{port}"
        finally:
            _stop(server)
            docker.remove(_CONTAINER.findall(log.read_text(encoding="utf-8", errors="replace")))

    def lambdas(self) -> AbstractContextManager[str]:
        """`sam local start-lambda`: how one function calls another. Raises: StackToolError."""
        return self.serving("start-lambda", self.lambda_port)

    def of(self, function: str) -> Mapping[str, str]:
        """What a container outside of `sam local` needs in its environment to be this function."""
        account = {name: value for name, value in dummy_account().items() if not name.endswith("_FILE")}
        return {**account, **self._variables()[function]}

    def warm(self) -> None:
        """Each function behind `start-lambda` has imported everything: its callers wait for 12 s only."""
        config = Config(retries={"total_max_attempts": 1}, read_timeout=_UP_LIMIT_S)
        url = f"http://{self.host}:{self.lambda_port}"
        client = boto3.Session("local", "local", region_name=REGION).client("lambda", endpoint_url=url, config=config)
        for function, event in _WARMING.items():
            client.invoke(FunctionName=FUNCTIONS[function], Payload=json.dumps(event))["Payload"].read()

    def _variables(self) -> dict[str, dict[str, str]]:
        invoke_url = f"http://{self.host}:{self.lambda_port}"
        around = FunctionEnvironment(self.aws, invoke_url, self.telegram.url, Path("/tmp"))  # noqa: S108
        sizes = Sizes()
        made = {
            "webhook": functions.webhook(sizes, around),
            "infer": functions.infer(sizes, around),
            "store": functions.store(sizes, around),
            "report": functions.report(sizes, around),
        }
        return {FUNCTIONS[name]: {**_only_ours(made[name].environment), **_PLACES.get(name, {})} for name in made}


# Not infer's ping: it is answered before the models are loaded.
_WARMING: Final = {
    "infer": events.infer_event(BUCKET, "photos/none"),
    "store": PING,
    "report": PING,
}
_CALLED: Final = {f"{name.upper()}_FUNCTION": FUNCTIONS[name] for name in ("infer", "store", "report")}
_PLACES: Final = {"webhook": _CALLED, "report": _CALLED, "store": {"DATABASE_DIR": "/mnt/db"}}
_OURS: Final = ("AWS_ENDPOINT_", "DATA_", "MPL", "OPERATOR_", "PHOTOS_", "POWERTOOLS_", "TELEGRAM_", "WEBHOOK_")


def _only_ours(variables: Mapping[str, str]) -> dict[str, str]:
    """Of a process's whole environment what a template would declare, and the addresses."""
    return {name: value for name, value in variables.items() if name.startswith(_OURS)}


@contextmanager
def surroundings(folder: Path | None = None) -> Iterator[LocalServices]:
    """Moto and a fake Telegram run on the docker bridge's address. Raises: StackToolError."""
    folder = folder or BUILD / "here"
    folder.mkdir(parents=True, exist_ok=True)
    host = docker.gateway()
    aws = Aws(BotIdentity(TOKEN, WEBHOOK_SECRET), host=host)
    try:
        aws.start(log=folder / "moto.log")
        with FakeTelegram(host=host) as telegram:
            here = LocalServices(host, folder, aws, telegram, free_port(host))
            here.s3.create_bucket(Bucket=EXAMPLE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
            yield here
    finally:
        aws.stop()


def free_port(host: str) -> int:
    """A free port of this address."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _wait_for(host: str, port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _UP_LIMIT_S
    while time.monotonic() < deadline and server.poll() is None:
        # An open port is no answer: ask for something that is not there.
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(host, port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        time.sleep(0.3)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    raise StackToolError("sam local did not come up\n" + "\n".join(lines[-15:]))


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """As Ctrl-C does: then it removes its containers, most of the time."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(_DOWN_LIMIT_S)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
