"""S3 and Secrets Manager without an account: moto over HTTP on 127.0.0.1, in a process of its own.

Its own process: in this one moto would share the interpreter lock, and every photo would wait for it.
"""

import json
import logging
import threading
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import boto3
from werkzeug.serving import make_server

from burnout.secret import BotSecret
from local.aws import environment
from local.aws.child import Child, redirect_output
from local.aws.runtime import REGION
from local.http_server import guarded

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "burnout-local-photos"
_START_LIMIT_S = 120.0


class AwsError(Exception):
    """The fake AWS did not start."""


class Aws:
    """A bucket and a secret, from `start` to `stop`."""

    def __init__(self, bot: BotSecret, *, host: str = "127.0.0.1") -> None:
        """`host` is for containers, which reach this machine under another address."""
        self._bot = bot
        self._host = host
        self._child: Child | None = None
        self.url = ""
        self.secret_arn = ""

    def start(self, *, log: Path | None = None) -> Self:
        """The bucket and the secret exist; the process writes to `log`. Raises: AwsError."""
        # moto uses boto3 too, which must not find a real account either.
        self._child = Child(_serve_moto, environment.isolated(dummy_account()), log, self._host)
        try:
            if not self._child.pipe.poll(_START_LIMIT_S):
                raise EOFError
            self.url = self._child.pipe.recv()
        except EOFError:
            raise AwsError("moto did not start; is `moto[s3,server]` installed?") from None
        with environment.replaced(environment.isolated(dummy_account())):
            self._create()
        return self

    @property
    def pid(self) -> int | None:
        """The process's id; None before `start`."""
        return self._child.pid if self._child else None

    @property
    def s3(self) -> "S3Client":
        """A client of it."""
        return _session().client("s3", endpoint_url=self.url)

    def refuse(self, refuses: bool) -> None:
        """From now on every request is answered with 503 Slow Down, or as usual again."""
        if self._child:
            self._child.pipe.send(refuses)

    def stop(self) -> None:
        """The process is gone, and everything in its bucket."""
        if self._child:
            self._child.kill()

    def _create(self) -> None:
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        secrets = _session().client("secretsmanager", endpoint_url=self.url)
        secret = json.dumps(asdict(self._bot))
        self.secret_arn = secrets.create_secret(Name="burnout/local/telegram", SecretString=secret)["ARN"]


def _session() -> boto3.Session:
    return boto3.Session("local", "local", region_name=REGION)


def dummy_account() -> dict[str, str]:
    """AWS_* variables that lead to no account: made-up keys, and every service at a port where nothing answers."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # a service that the stack does not name must fail, not go out
        "AWS_EC2_METADATA_DISABLED": "true",
        # Files that do not exist: a profile of the user's could name a role or another endpoint.
        "AWS_CONFIG_FILE": "nowhere/config",
        "AWS_SHARED_CREDENTIALS_FILE": "nowhere/credentials",
    }


def _serve_moto(pipe: Connection, variables: dict[str, str], log: Path | None, host: str) -> None:
    """The child's half: serves until our end of the pipe is closed."""
    environment.replace({**variables, "MOTO_DISABLE_GLOBAL_CORS": "true"})  # or it allows every page's origin
    if log:
        redirect_output(log)
    # A second of imports that only this process needs.
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # or it logs every request
    refusable = _Refusable(DomainDispatcherApplication(create_backend_app))
    server = make_server(host, 0, refusable, threaded=True, request_handler=MotoRequestHandler)
    pipe.send(guarded(server))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with suppress(EOFError):
        while True:
            refusable.refuses = pipe.recv()


class _Refusable:
    """Stands before moto's application, and answers in its place while it refuses."""

    def __init__(self, app: Any) -> None:
        self.refuses = False
        self._app = app
        # It lists moto's own hundred and more folders for each request, which was a third of this process's time.
        app.get_backend_for_host = cache(app.get_backend_for_host)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/moto-api"):  # which empties everything for who asks
            start_response("404 Not Found", [("Content-Length", "0")])
            return []
        if not self.refuses:
            return self._app(environ, start_response)
        start_response("503 Slow Down", [("Content-Type", "application/xml")])
        return [b"<Error><Code>SlowDown</Code></Error>"]
