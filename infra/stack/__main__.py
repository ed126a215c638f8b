"""`python -m infra.stack FUNCTION EVENT [--file PHOTO]`: one built function in its container, on this machine.

    python -m infra.stack infer photo                   tests/events/infer_photo.json, with our own selfie
    python -m infra.stack webhook photo --file my.jpg   with a photo of yours

What changed is built first. What `store` keeps stays in build/stack/here/store from one call to the next.
Exit status: 0, 1 for an answer that is an error, 3 when it cannot be done here.
"""

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.stack import docker, events, sam
from infra.stack.command import StackToolError
from infra.stack.surroundings import surroundings
from local.arguments import existing_file
from local.aws.moto_server import AwsError

BAD_ANSWER, UNABLE = 1, 3
_CALL_OTHERS: Final = ("webhook", "report")


def main(argv: Sequence[str] | None = None) -> int:
    """Calls the function; its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        docker.check()
        return _invoke(arguments.function, arguments.event, arguments.file)
    except (StackToolError, AwsError) as error:
        print(f"stack: {error}", file=sys.stderr)
        return UNABLE


def _invoke(function: str, event: str, photo: Path) -> int:
    if sam.stale():
        print("building (a minute; seconds when little changed)", file=sys.stderr)
        sam.build(image=True)
    with surroundings() as here, contextlib.ExitStack() as others:
        if function in _CALL_OTHERS:
            others.enter_context(here.lambdas())
            here.warm()
        ran = here.local.invoke(function, events.alive(function, event, here, photo))
    answer = json.loads(ran.output or "null")
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    wrong = events.trouble(function, answer)
    print(f"{function} took {ran.seconds:.1f} s with its container{f': {wrong}' if wrong else ''}", file=sys.stderr)
    return BAD_ANSWER if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.stack", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("function", choices=sorted(sam.FUNCTIONS))
    known = ", ".join("_".join(pair) for pair in events.names())
    parser.add_argument("event", help=f"the second half of a file's name in tests/events: {known}")
    parser.add_argument("--file", type=existing_file, default=events.SELFIE, help="the photo in the event")
    return parser


if __name__ == "__main__":
    sys.exit(main())
