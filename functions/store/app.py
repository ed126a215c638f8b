"""The store Lambda: event → operation → one transaction on its shard → answer. It only translates.

An unexpected failure (a bug) is raised: Lambda counts it, and the caller takes it as "try later"."""

import time
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import msgspec
from aws_lambda_powertools import Logger

from burnout.clock import now_utc
from burnout.config import StoreConfig
from burnout.errors import PhotoStorageError
from burnout.invocation import PING
from burnout.photos import S3_CONFIG
from burnout.redaction import redacted_logger
from functions.store.bucket import Bucket
from functions.store.errors import ShardError
from functions.store.operations import AnyOperation, fulfil


@cache
def wire() -> tuple[Path, Bucket, Logger]:
    """The composition root: the databases' folder, the bucket, the log."""
    config, s3 = StoreConfig.from_environment(), boto3.client("s3", config=S3_CONFIG)
    return Path(config.database_dir), Bucket(s3, config.photos_bucket), redacted_logger()


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`{"ok": ...}`, or `{"error": {"code": ..., "message": ...}}`: bad_request, photos or a ShardError's code."""
    root, bucket, logger = wire()
    started = time.monotonic()
    facts: dict[str, Any] = {"op": "ping", "outcome": "crashed"}
    try:
        answer = {} if event == PING else _fulfil(event, root, bucket, facts)
        facts["outcome"] = "ok"
        return {"ok": answer}
    except (msgspec.ValidationError, ShardError) as error:
        quotable = not isinstance(error, msgspec.ValidationError)  # its text may repeat what was sent
        facts |= {"outcome": getattr(error, "code", "bad_request"), "detail": str(error) if quotable else ""}
        return {"error": {"code": facts["outcome"], "message": str(error)}}
    except PhotoStorageError as error:  # the photos may still be there: nothing is acknowledged
        facts |= {"outcome": "photos", "detail": str(error)}
        return {"error": {"code": "photos", "message": str(error)}}
    finally:
        facts["elapsed_ms"] = round((time.monotonic() - started) * 1000, 1)
        {"ok": logger.info, "busy": logger.warning}.get(facts["outcome"], logger.error)("store", extra=facts)


def _fulfil(event: dict[str, Any], root: Path, bucket: Bucket, facts: dict[str, Any]) -> Any:
    facts["op"] = "unknown"  # until the operation is known: a log line repeats nothing that was sent
    operation: Any = msgspec.convert(event, AnyOperation)
    facts["op"] = operation.__struct_config__.tag
    answer = fulfil(root, bucket, operation, now_utc(), lambda error: facts.update(photo_error=error))
    return msgspec.to_builtins(answer)
