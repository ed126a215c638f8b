"""python -m training.publish s3://BUCKET/PREFIX --model NAME.onnx
python -m training.publish s3://BUCKET/PREFIX --fetch NAME SHA256 [--out DIR]

Puts an exported model, its contract and its figures into a registry, at PREFIX/NAME/SHA256/, or fetches the model and
its contract from there, for an image that shall not take them from the repository. The hash is of the ONNX file and is
checked both ways. Needs boto3, which training does not (`pip install boto3`), and its usual credentials.
Run from the repository's root with PYTHONPATH=.:layers/common.
"""

import argparse
import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from functions.infer.contract import ContractMismatchError, read_contract, sha256_of

_URI: Final = re.compile(r"s3://([^/]+)(?:/(.*?))?/?")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")


class S3(Protocol):
    """What is needed of boto3's S3 client."""

    exceptions: Any

    def put_object(self, **named: Any) -> Any:
        """Bucket has Body under Key."""

    def get_object(self, **named: Any) -> Any:
        """What Bucket has under Key, its bytes to be read from Body."""


class RegistryError(Exception):
    """The registry's address is none, or S3 did not take or give a file. The text names it."""


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


def publish(client: S3, registry: Registry, model: Path) -> list[str]:
    """The keys under which the ONNX file, its figures and its contract now lie; twice is as good as once.

    The contract comes last: where it is, the model is. Raises: ContractMismatchError, RegistryError, OSError.
    """
    contract = read_contract(model.with_suffix(".json"))
    found = sha256_of(model)
    if contract.sha256 != found:
        raise ContractMismatchError(f"{model.name}: sha256 is {contract.sha256} in the contract but {found} here")
    figures = msgspec.json.format(msgspec.json.encode(contract.metrics), indent=2)
    files = {
        f"{contract.name}.onnx": model.read_bytes(),
        "metrics.json": figures,
        f"{contract.name}.json": model.with_suffix(".json").read_bytes(),
    }
    keys = []
    for file, body in files.items():
        key = registry.key(contract.name, contract.sha256, file)
        try:
            client.put_object(Bucket=registry.bucket, Key=key, Body=body)
        except client.exceptions.ClientError as error:
            raise RegistryError(f"s3://{registry.bucket}/{key}: {error}") from error
        keys.append(key)
    return keys


def fetch(client: S3, registry: Registry, name: str, sha256: str, folder: Path) -> Path:
    """The ONNX file in the folder, its contract beside it. Raises: ContractMismatchError, RegistryError, OSError."""
    if not _NAME.fullmatch(name) or not _SHA256.fullmatch(sha256):
        raise RegistryError(f"{name} {sha256}: not a name and a SHA-256 in lower-case hex")
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    for path in (model, model.with_suffix(".json")):
        key = registry.key(name, sha256, path.name)
        try:
            body = client.get_object(Bucket=registry.bucket, Key=key)["Body"].read()
        except client.exceptions.ClientError as error:
            raise RegistryError(f"s3://{registry.bucket}/{key}: {error}") from error
        path.write_bytes(body)
    for what, found in (
        ("the file", sha256_of(model)),
        ("its contract", read_contract(model.with_suffix(".json")).sha256),
    ):
        if found != sha256:
            raise ContractMismatchError(f"{name}: sha256 of {what} is {found}, but {sha256} was asked for")
    return model


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("registry", help="s3://BUCKET/PREFIX")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--model", type=Path, help="exported network (.onnx), its contract beside it")
    action.add_argument("--fetch", nargs=2, metavar=("NAME", "SHA256"), help="of a published model")
    parser.add_argument("--out", type=Path, default=Path(), help="folder for what is fetched (default: here)")
    options = parser.parse_args(argv)
    try:
        registry = registry_at(options.registry)
        # Not a dependency of training, hence no import statement.
        client = importlib.import_module("boto3").client("s3")
        if options.model:
            print(*(f"s3://{registry.bucket}/{key}" for key in publish(client, registry, options.model)), sep="\n")
        else:
            name, sha256 = options.fetch
            print(fetch(client, registry, name, sha256, options.out))
    except (RegistryError, ContractMismatchError, ImportError, OSError) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
