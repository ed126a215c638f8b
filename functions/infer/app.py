"""The infer Lambda: S3 key → faces with probabilities. It only translates; it keeps nothing and changes nothing."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
from aws_lambda_powertools import Logger

from burnout.clock import Stopwatch
from burnout.inference import InferFailure, InferRequest
from burnout.invocation import CHECK
from burnout.photos import DONATED, PHOTOS, S3_CONFIG
from burnout.redaction import redacted_logger
from functions.infer.analysis import analyse
from functions.infer.classifier import Classifier, chosen, served_classifiers
from functions.infer.contract import ContractMismatchError
from functions.infer.faces import FaceFinder
from functions.infer.image import ImageError
from functions.infer.self_check import check
from functions.infer.storage import fetch_photo

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@cache
def wire() -> tuple["S3Client", FaceFinder, dict[str, Classifier], Logger]:
    """The composition root. Raises: ContractMismatchError, for whatever is wrong with it."""
    try:
        classifiers = served_classifiers(Path(__file__).parent / "models")
        return boto3.client("s3", config=S3_CONFIG), FaceFinder(), classifiers, redacted_logger()
    except Exception as error:  # whatever it is, no photo is to blame for it
        raise ContractMismatchError(f"infer cannot start: {error}") from error


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """An `Inference`, or `{"error": InferFailure}` for a photo that cannot be read, as plain data.

    Raises: PhotoStorageError when S3 may do better; ValidationError, ValueError for a wrong request; SelfCheckError.
    """
    s3, finder, classifiers, logger = wire()
    if event == CHECK:
        return check(finder, classifiers)
    stopwatch = Stopwatch()
    facts: dict[str, Any] = {"outcome": "crashed", "elapsed_ms": stopwatch.stage_ms}
    try:
        request = msgspec.convert(event, InferRequest)
        if not request.key.startswith((PHOTOS, DONATED)):
            raise ValueError(f"the key does not start with {PHOTOS} or {DONATED}")
        models = chosen(classifiers, request.models)
        facts["models"] = {name: model.contract.sha256 for name, model in models.items()}
        with stopwatch.stage("fetch"):
            data = fetch_photo(s3, request.bucket, request.key)
        inference = analyse(data, finder, models, stopwatch)
        facts |= {"outcome": "ok", "faces": len(inference.faces)}
        answer: dict[str, Any] = msgspec.to_builtins(inference)
        return answer
    except ImageError as error:
        facts["outcome"] = error.code
        return {"error": msgspec.to_builtins(InferFailure(code=error.code, message=error.message))}
    finally:
        logger.info("infer", extra=facts)
