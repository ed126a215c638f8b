"""The store, asked over Lambda: an operation in, its typed answer out. It knows neither SQL nor files."""

from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from burnout.errors import FunctionCrashedError, FunctionUnavailableError, StoreUnavailableError
from burnout.invocation import invoke
from burnout.newer import decoded
from burnout.store.operation import Operation, ShardOperation

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

A = TypeVar("A")


class _Error(msgspec.Struct):
    code: str


class _Envelope(msgspec.Struct):
    ok: msgspec.Raw = msgspec.Raw()
    error: _Error | None = None


class StoreClient:
    """The `burnout.store.operation.Store` of production."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def __call__(self, operation: Operation[A] | ShardOperation[A]) -> A:
        """The operation's answer.

        Raises: StoreUnavailableError for everything else. Nothing is known then: the operation may have happened, or
        not. It may run again.
        """
        try:
            body = invoke(self._client, self._function, msgspec.json.encode(operation))
            envelope = msgspec.json.decode(body, type=_Envelope)
            if bytes(envelope.ok):
                return cast("A", decoded(envelope.ok, answer_type(type(operation))))
        except (FunctionUnavailableError, FunctionCrashedError, msgspec.MsgspecError) as error:
            raise StoreUnavailableError(f"store: {type(error).__name__}") from error
        code = envelope.error.code if envelope.error else "no answer"
        raise StoreUnavailableError(f"store: {code}")


def answer_type(operation: type[Operation[A] | ShardOperation[A]]) -> Any:
    """What an operation is answered with: `Begun` for `Begin(Operation[Begun])`."""
    return operation.__orig_bases__[0].__args__[0]  # type: ignore[union-attr]  # Generic keeps it, typeshed does not
