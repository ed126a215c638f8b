"""The golden events of tests/events on this machine: the photos and people that they name exist here."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from infra.stack.command import ROOT, StackToolError
from infra.stack.surroundings import EXAMPLE_BUCKET, LocalServices

EVENTS: Final = ROOT / "tests" / "events"
SELFIE: Final = ROOT / "tests" / "photos" / "selfie.jpg"
_MODELS: Final = ROOT / "functions" / "infer" / "models"


def names() -> list[tuple[str, str]]:
    """Every (function, event) in the order in which a person would cause them: /start, consent, a photo, the rest."""
    pairs = [(path.stem.partition("_")[0], path.stem.partition("_")[2]) for path in EVENTS.glob("*.json")]
    story = {"start": 0, "button": 1, "photo": 2}
    return sorted(pairs, key=lambda pair: (pair[0] != "webhook", pair[0], story.get(pair[1], 3)))


def alive(function: str, event: str, here: LocalServices, photo: Path = SELFIE) -> bytes:
    """The event as JSON; its photo lies in S3, or at Telegram under the ids it names. Raises: StackToolError."""
    source = EVENTS / f"{function}_{event}.json"
    if not source.exists():
        raise StackToolError(f"there is no tests/events/{source.name}")
    golden: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    match function, event:
        case "infer", "photo":
            here.s3.put_object(Bucket=EXAMPLE_BUCKET, Key=golden["key"], Body=photo.read_bytes())
            golden["models"] = [name for name in golden["models"] if (_MODELS / f"{name}.onnx").exists()]
        case "webhook", "photo":
            update = json.loads(golden["body"])
            update["message"]["photo"] = _sent(here, int(update["message"]["from"]["id"]), photo)
            golden["body"] = json.dumps(update)
    return json.dumps(golden).encode()


def _sent(here: LocalServices, person_id: int, photo: Path) -> Any:
    """The sizes of a photo that this person sent just now."""
    person = here.telegram.person(person_id)
    return person.send_photo(here.telegram.picture(photo.read_bytes())).raw["photo"]


def trouble(function: str, answer: Any) -> str:
    """What is wrong with a function's answer, in a few words; empty when nothing is."""
    if not isinstance(answer, dict):
        return f"no JSON object: {answer}"
    if "errorType" in answer:
        return f"{answer['errorType']}: {answer.get('errorMessage')}"
    if "error" in answer:
        return f"{answer['error'].get('code')}: {answer['error'].get('message')}"
    if function == "webhook" and answer.get("statusCode") != HTTPStatus.OK:
        return f"status {answer.get('statusCode')}"
    return ""
