"""`make aws-local`: what `sam local` talks to instead of AWS and Telegram, until Ctrl-C. It prints what to export.

The photo that tests/events name is our own selfie; `--photo FILE` puts another one there.
"""

import argparse
import http.client
import json
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from burnout.secret import BotSecret
from infra.stack import docker
from infra.stack.command import BUILD, ROOT, StackToolError
from local.arguments import existing_file
from local.aws.moto_server import Aws, AwsError
from local.aws.runtime import REGION
from local.http_server import HttpServer, Request, Response
from local.telegram.server import TOKEN, FakeTelegram

EVENTS: Final = ROOT / "tests" / "events"
SELFIE: Final = ROOT / "tests" / "photos" / "selfie.jpg"
WEBHOOK_SECRET: Final = "example-webhook-secret"  # noqa: S105  (the one of tests/events)
START_LAMBDA: Final = "127.0.0.1:3001"  # where `sam local start-lambda` listens
UNABLE: Final = 3
_RUN_LIMIT_S: Final = 900.0


@dataclass(frozen=True)
class LocalServices:
    """What runs on this machine, and the variables by which `sam local` leads containers to it."""

    aws: Aws
    telegram: FakeTelegram
    exported: Mapping[str, str]


def main(argv: Sequence[str] | None = None) -> int:
    """Serves until it is stopped; the exit status: 0, or 3 where containers cannot be reached."""
    parser = argparse.ArgumentParser(prog="python -m infra.stack.aws_local", description=__doc__)
    parser.add_argument("--photo", type=existing_file, default=SELFIE, help="what tests/events name")
    try:
        with services(parser.parse_args(argv).photo) as here:
            print("export", *(f"{name}={value}" for name, value in here.exported.items()), flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        pass
    except (StackToolError, AwsError) as error:
        print(f"aws-local: {error}", file=sys.stderr)
        return UNABLE
    return 0


@contextmanager
def services(photo: Path = SELFIE) -> Iterator[LocalServices]:
    """Moto, a fake Telegram and a way to `start-lambda`, on Docker's bridge. Raises: StackToolError, AwsError."""
    host = docker.gateway()
    BUILD.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        aws = Aws(BotSecret(TOKEN, WEBHOOK_SECRET), host=host)
        running.callback(aws.stop)
        aws.start(log=BUILD / "moto.log")
        telegram = running.enter_context(FakeTelegram(host=host))
        lambdas = HttpServer(_passed_on, host=host).start()
        running.callback(lambdas.stop)
        exported = {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ENDPOINT_URL_LAMBDA": lambdas.url,
            "TELEGRAM_API_URL": telegram.url,
        }
        here = LocalServices(aws, telegram, exported)
        _put(photo.read_bytes(), here)
        yield here


def _put(photo: bytes, here: LocalServices) -> None:
    """The photo lies where the golden events name one."""
    asked = _golden("infer_photo")
    here.aws.s3.create_bucket(Bucket=asked["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
    here.aws.s3.put_object(Bucket=asked["bucket"], Key=asked["key"], Body=photo)
    for size in json.loads(_golden("webhook_photo")["body"])["message"]["photo"]:
        here.telegram.keep_photo(size["file_id"], photo)


def _golden(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def _passed_on(request: Request) -> Response:
    """The answer of `start-lambda`, which listens on 127.0.0.1 only, where no container reaches it."""
    with closing(http.client.HTTPConnection(START_LAMBDA, timeout=_RUN_LIMIT_S)) as connection:
        try:
            connection.request(request.method, f"{request.path}?{request.query}", request.body, dict(request.headers))
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower().startswith("x-am")}
            return Response(answer.status, answer.read(), kept)
        except OSError:
            return Response(503, b'{"message":"sam local start-lambda does not run"}')


if __name__ == "__main__":
    sys.exit(main())
