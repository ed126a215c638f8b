"""`make aws-local`: S3, Secrets Manager and a Telegram for `sam local`, until Ctrl-C. It prints what to export."""

import sys
import threading

from infra.stack.command import StackToolError
from infra.stack.events import SELFIE
from infra.stack.surroundings import EXAMPLE_BUCKET, surroundings
from local.aws.moto_server import AwsError

LAMBDA_PORT = 3001  # of `sam local start-lambda`


def main() -> int:
    """Serves until it is stopped; the exit status."""
    try:
        with surroundings() as here:
            here.s3.put_object(Bucket=EXAMPLE_BUCKET, Key="photos/example/2026/11/0001.jpg", Body=SELFIE.read_bytes())
            print(
                f"export AWS_ENDPOINT_URL={here.aws.url} TELEGRAM_API_URL={here.telegram.url} "
                f"AWS_ENDPOINT_URL_LAMBDA=http://{here.host}:{LAMBDA_PORT}",
                flush=True,
            )
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except (StackToolError, AwsError) as error:
        print(f"aws-local: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
