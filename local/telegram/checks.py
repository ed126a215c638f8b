"""What Telegram accepts: every outgoing call is checked before it has an effect.

Types and names come from aiogram's models of the Bot API, lengths and markup from Telegram's documentation. The fake
is stricter than the real server, which ignores a parameter that it does not know: there a typing error shows no error.
"""

import importlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.telegram.limits import check_limits
from local.telegram.refusals import BadRequestError

_SHOWN_CHARACTERS = 300


@dataclass(frozen=True)
class Violation:
    """A call that the documentation of the Bot API forbids: a mistake of the bot, whatever the person did."""

    method: str
    description: str


class CallChecker:
    """Checks calls and remembers each violation, because most callers cannot see one.

    A method in a webhook's reply fails silently. So tests and the demo end by looking at `violations`.
    """

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self._importing = threading.Thread(target=_models, name="import-aiogram", daemon=True)

    def warm(self) -> None:
        """Begin to import aiogram (3 to 6 s) beside everything else; a call that comes earlier waits for it."""
        self._importing.start()

    def wait_until_warm(self) -> None:
        """Returns when no call waits for the import any more."""
        self._importing.join()

    def check(self, method: str, params: Mapping[str, Any]) -> None:
        """Return when the call is well formed.

        Raises:
            BadRequestError: it is not; recorded as a violation.
        """
        try:
            _check_shape(method, params)
            check_limits(method, params)
        except BadRequestError as error:
            self.violations.append(Violation(method, error.description))
            raise

    def refuse(self, method: str, description: str) -> BadRequestError:
        """Record a violation that only the state behind the call shows, and return the error to raise."""
        self.violations.append(Violation(method, description))
        return BadRequestError(description)


def _models() -> Any:
    # Python's own import lock makes a second importer wait for the first.
    return importlib.import_module("aiogram.methods")


def _check_shape(method: str, params: Mapping[str, Any]) -> None:
    model = getattr(_models(), method[:1].upper() + method[1:], None)
    if model is None:
        raise BadRequestError(f"method {method} is unknown")
    try:
        call = model.model_validate(dict(params))
    except ValueError as error:  # pydantic's ValidationError is one
        raise BadRequestError(f"wrong parameters: {_first_error(error)}") from error
    unknown = next(_unknown_names(call), None)
    if unknown is not None:
        raise BadRequestError(f"unknown parameter {unknown}")


def _unknown_names(model: Any) -> Iterator[str]:
    # aiogram keeps unknown names instead of refusing them, at every depth. They also show a keyboard whose buttons
    # were so wrong that pydantic took it for another kind of reply_markup.
    yield from model.model_extra or ()
    for name in type(model).model_fields:
        value = getattr(model, name)
        for item in _flat(value):
            yield from (f"{name}.{inner}" for inner in _unknown_names(item))


def _flat(value: object) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    elif hasattr(value, "model_extra"):
        yield value


def _first_error(error: ValueError) -> str:
    details = error.errors(include_url=False, include_input=False) if hasattr(error, "errors") else []
    texts = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in details]
    return "; ".join(texts)[:_SHOWN_CHARACTERS] or type(error).__name__
