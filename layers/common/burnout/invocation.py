"""Lambda invocation: JSON bytes in, JSON bytes out, failures split into "try later", "broken" and "it crashed".

Only a report is asked for without waiting: it takes seconds, and it is sent to the person and not to the caller.
"""

from typing import TYPE_CHECKING, Final

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from burnout.errors import FunctionBrokenError, FunctionCrashedError, FunctionUnavailableError
from burnout.inference import Inference, InferFailure, InferRequest
from burnout.newer import decoded
from burnout.report_requests import ReportRequest

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def _patient_for(read_timeout_s: float) -> Config:
    # Telegram is the queue, so the SDK does not retry.
    return Config(
        retries={"total_max_attempts": 1},
        connect_timeout=1,
        read_timeout=read_timeout_s,
        max_pool_connections=50,
        tcp_keepalive=True,
    )


LAMBDA_CONFIG: Final = _patient_for(12)  # report's, which has minutes
# The webhook's: its 25 s must hold each of these and the counting of its failure, see functions.webhook.budget.
STORE_CONFIG: Final = _patient_for(7)
INFER_CONFIG: Final = _patient_for(10)
# app's: its 15 s must hold three of these, and the page waits no longer. store itself gives up a shard after 1.2 s.
APP_CONFIG: Final = _patient_for(3.5)


# What keeps an environment alive: a function answers it before it opens anything.
PING: Final = {"op": "ping"}
# infer's: a drawn face gets an answer of every model, or it raises. It keeps the environment alive, too.
CHECK: Final = {"op": "check"}

_BUSY: Final = frozenset({"TooManyRequestsException", "ServiceException"})  # Lambda's refusals that pass by themselves
_LOST: Final = frozenset({"Sandbox.Timedout", "Runtime.ExitError"})  # perhaps through this very input
# errorTypes of a function whose code does not start: Lambda's own, and infer's for models that must not be served.
_BROKEN: Final = frozenset(
    {
        "Runtime.ImportModuleError",
        "Runtime.UserCodeSyntaxError",
        "Runtime.HandlerNotFound",
        "Runtime.MalformedHandlerName",
        "Runtime.BuiltInModuleConflict",
        "Runtime.InvalidEntrypoint",
        "Runtime.InvalidWorkingDir",
        "ContractMismatchError",
    }
)


class _Crash(msgspec.Struct):
    errorType: str = "Unknown"  # noqa: N815  (Lambda's own field name)


class _Answer(msgspec.Struct):
    error: InferFailure | None = None


def invoke(client: "LambdaClient", function: str, payload: bytes) -> bytes:
    """The function's answer.

    Raises: FunctionUnavailableError when it was throttled, timed out or could not be reached; FunctionBrokenError
    when it cannot start; FunctionCrashedError when its code raised.
    """
    try:
        response = client.invoke(FunctionName=function, Payload=payload)
        body = response["Payload"].read()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        kind = FunctionUnavailableError if code in _BUSY else FunctionBrokenError  # no code has seen the input
        raise kind(f"{function}: {code}") from error
    except BotoCoreError as error:
        raise FunctionUnavailableError(f"{function}: {type(error).__name__}") from error
    if "FunctionError" not in response:
        return body
    error_type = msgspec.json.decode(body, type=_Crash).errorType
    if error_type in _LOST:
        raise FunctionUnavailableError(f"{function}: {error_type}")
    if error_type in _BROKEN or error_type.startswith("Extension."):
        raise FunctionBrokenError(f"{function}: {error_type}")
    raise FunctionCrashedError(function, error_type)


class InferClient:
    """Asks the infer function about one photo."""

    def __init__(self, client: "LambdaClient", function: str, bucket: str) -> None:
        self._client = client
        self._function = function
        self._bucket = bucket

    def __call__(self, key: str, models: tuple[str, ...]) -> Inference | InferFailure:
        """What these models found in the photo, or why it could not be read. Raises: as `invoke`."""
        request = msgspec.json.encode(InferRequest(bucket=self._bucket, key=key, models=models))
        body = invoke(self._client, self._function, request)
        return decoded(body, _Answer).error or decoded(body, Inference)


class ReportClient:
    """Asks the report function to send something to a person, and does not wait for it."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def __call__(self, request: ReportRequest) -> None:
        """Lambda has taken the request and will run it. Raises: FunctionUnavailableError when it did not take it."""
        payload = msgspec.json.encode(request)
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=payload)
        except (ClientError, BotoCoreError) as error:
            raise FunctionUnavailableError(f"{self._function}: {type(error).__name__}") from error
