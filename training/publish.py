"""python -m training.publish s3://BUCKET/PREFIX --model NAME.onnx
python -m training.publish s3://BUCKET/PREFIX --fetch NAME SHA256 [--fetch NAME SHA256 ...] [--out DIR]

Puts an exported model, its contract and its figures into a registry, at PREFIX/NAME/SHA256/, and into Weights & Biases
where somebody is logged in. Or fetches models and contracts from there, for an image that should not take them from the
repository: all that are named, checked as infer checks them, or none. Needs no torch, and boto3's usual credentials.
"""

import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3  # type: ignore[import-untyped]  # its types are in a package of their own
import msgspec
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from functions.infer.classifier import load_classifiers
from functions.infer.contract import ContractMismatchError, read_contract, sha256_of
from training import tracking
from training.command_line import one_line_for, parser_of

_URI: Final = re.compile(r"s3://([^/]+)(?:/(.*?))?/?")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")
UPLOAD_TIMEOUT_S: Final = 600


class RegistryError(Exception):
    """The registry's address is wrong, or S3 did not take or give a file. The text names it."""


@dataclass(frozen=True)
class Registry:
    """A place in S3 that holds models by name and hash."""

    bucket: str
    prefix: str  # without a slash at its end; may be empty

    def key(self, name: str, sha256: str, file: str) -> str:
        """Where a file of a model lies."""
        return "/".join(part for part in (self.prefix, name, sha256, file) if part)


def registry_at(uri: str) -> Registry:
    """The registry of an address like s3://bucket/models. Raises: RegistryError."""
    found = _URI.fullmatch(uri)
    if not found:
        raise RegistryError(f"{uri}: not like s3://BUCKET/PREFIX")
    return Registry(found[1], found[2] or "")


def publish(client: Any, registry: Registry, model: Path) -> list[str]:
    """The keys under which the ONNX file, its figures and its contract now lie; a repetition changes nothing.

    The contract comes last: where it is, the model is. Raises: ContractMismatchError, RegistryError, OSError.
    """
    contract = read_contract(model.with_suffix(".json"))
    found = sha256_of(model)
    if contract.sha256 != found:
        raise ContractMismatchError(f"{model.name}: sha256 is {contract.sha256} in the contract but {found} here")
    files = {
        f"{contract.name}.onnx": model.read_bytes(),
        "metrics.json": msgspec.json.format(msgspec.json.encode(contract.metrics), indent=2),
        f"{contract.name}.json": model.with_suffix(".json").read_bytes(),
    }
    keys = [registry.key(contract.name, contract.sha256, file) for file in files]
    for key, body in zip(keys, files.values(), strict=True):
        with _named(registry, key):
            client.put_object(Bucket=registry.bucket, Key=key, Body=body)
    return keys


@contextmanager
def _named(registry: Registry, key: str) -> Iterator[None]:
    """What S3 refuses names the key. Raises: RegistryError."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise RegistryError(f"s3://{registry.bucket}/{key}: {error}") from error


def log_model(run: Any, model: Path) -> Any:
    """The artifact of a wandb.Run that holds model, contract and figures, with the version as an alias."""
    import wandb  # noqa: PLC0415 - the environment that only fetches does not have it

    contract = read_contract(model.with_suffix(".json"))
    facts = {"version": contract.version, "sha256": contract.sha256, "metrics": contract.metrics}
    artifact = wandb.Artifact(contract.name, type="model", metadata=facts)
    for path in (model, model.with_suffix(".json")):
        artifact.add_file(str(path), name=path.name)
    return run.log_artifact(artifact, aliases=["latest", contract.version])


def publish_to_wandb(model: Path) -> str:
    """What became of it, in a sentence. Raises: RegistryError if somebody is logged in and it did not arrive."""
    if not importlib.util.find_spec("wandb"):
        return "Weights & Biases: not installed here, so only S3 has it"
    with tempfile.TemporaryDirectory() as folder:
        try:
            if tracking.mode() != "online":
                return "Weights & Biases: nobody is logged in, so only S3 has it"
            run = tracking.started(Path(folder), {}, job="publish")
            artifact = log_model(run, model).wait(timeout=UPLOAD_TIMEOUT_S)
            run.finish()
        except Exception as error:  # wandb's have no common class that covers its server, its files and its timeouts
            raise RegistryError(f"Weights & Biases: {error}; S3 has it") from error
    return f"Weights & Biases: {artifact.qualified_name}"


def fetch(client: Any, registry: Registry, wanted: Mapping[str, str], folder: Path) -> list[Path]:
    """The ONNX files of all `wanted` models (name → SHA-256) in the folder, their contracts beside them.

    Nothing in the folder changes before everything is here and has passed infer's own checks; a kill until then leaves
    the old pairs, whole. Of a kill between a pair's two renames infer says that the pair does not match, and running
    this again repairs it. Raises: ContractMismatchError, RegistryError, OSError.
    """
    for name, sha256 in wanted.items():
        if not _NAME.fullmatch(name) or not _SHA256.fullmatch(sha256):
            raise RegistryError(f"{name} {sha256}: not a name and a SHA-256 in lower-case hex")
    with tempfile.TemporaryDirectory() as staging:
        fetched = [_download(client, registry, name, sha256, Path(staging)) for name, sha256 in wanted.items()]
        load_classifiers(Path(staging))
        folder.mkdir(parents=True, exist_ok=True)
        arrived = [_beside(path, folder) for model in fetched for path in (model, model.with_suffix(".json"))]
    for partial in arrived:
        partial.replace(partial.with_suffix(""))
    return [folder / model.name for model in fetched]


def _download(client: Any, registry: Registry, name: str, sha256: str, folder: Path) -> Path:
    """The ONNX file in the folder, its contract beside it, both of this hash."""
    model = folder / f"{name}.onnx"
    for path in (model, model.with_suffix(".json")):
        key = registry.key(name, sha256, path.name)
        with _named(registry, key):
            path.write_bytes(client.get_object(Bucket=registry.bucket, Key=key)["Body"].read())
    for what, found in (
        ("the file", sha256_of(model)),
        ("its contract", read_contract(model.with_suffix(".json")).sha256),
    ):
        if found != sha256:
            raise ContractMismatchError(f"{name}: sha256 of {what} is {found}, but {sha256} was asked for")
    return model


def _beside(path: Path, folder: Path) -> Path:
    """A copy in the folder, on disk, under a name that is no model's."""
    partial = folder / f"{path.name}.partial"
    with path.open("rb") as source, partial.open("wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    return partial


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__, data=False)
    parser.add_argument("registry", help="s3://BUCKET/PREFIX")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--model", type=Path, help="exported network (.onnx), its contract beside it")
    action.add_argument(
        "--fetch", nargs=2, action="append", metavar=("NAME", "SHA256"), help="of a published model; may be repeated"
    )
    parser.add_argument("--out", type=Path, default=Path(), help="folder for what is fetched (default: here)")
    options = parser.parse_args(argv)
    with one_line_for(parser, RegistryError, ContractMismatchError, BotoCoreError, OSError):
        registry, client = registry_at(options.registry), boto3.client("s3")
        if options.model:
            print(*(f"s3://{registry.bucket}/{key}" for key in publish(client, registry, options.model)), sep="\n")
            print(publish_to_wandb(options.model))
        else:
            print(*fetch(client, registry, dict(options.fetch), options.out), sep="\n")


if __name__ == "__main__":
    main()
