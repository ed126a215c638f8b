"""A published model comes back by its hash, and nothing else comes back under that hash."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("cv2")
pytest.importorskip("boto3")
pytest.importorskip("moto")

import boto3
import moto

from functions.infer import contract as contract_module
from functions.infer.contract import ContractMismatchError, read_contract
from training import publish
from training.publish import Registry, RegistryError, registry_at

REGISTRY = Registry("models", "burnout/registry")


@pytest.fixture
def client(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with moto.mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="models")
        yield client


@pytest.fixture
def model(tmp_path) -> Path:
    """A copy of the served model, which the test may damage."""
    for path in Path(contract_module.__file__).with_name("models").glob("mvp.*"):
        shutil.copy(path, tmp_path)
    return tmp_path / "mvp.onnx"


def test_published_model_lies_by_name_and_hash_and_comes_back_the_same(client, model, tmp_path):
    sha256 = read_contract(model.with_suffix(".json")).sha256

    keys = publish.publish(client, REGISTRY, model)
    fetched = publish.fetch(client, REGISTRY, "mvp", sha256, tmp_path / "elsewhere")

    assert keys == [f"burnout/registry/mvp/{sha256}/{file}" for file in ("mvp.onnx", "metrics.json", "mvp.json")]
    assert fetched.read_bytes() == model.read_bytes()
    assert fetched.with_suffix(".json").read_bytes() == model.with_suffix(".json").read_bytes()
    figures = json.loads(client.get_object(Bucket="models", Key=keys[1])["Body"].read())
    assert figures["part"] == "PublicTest"


def test_publishing_twice_is_as_good_as_once(client, model):
    assert publish.publish(client, REGISTRY, model) == publish.publish(client, REGISTRY, model)

    assert client.list_objects_v2(Bucket="models")["KeyCount"] == 3


def test_model_that_is_not_its_contracts_is_not_published(client, model):
    model.write_bytes(model.read_bytes() + b"x")

    with pytest.raises(ContractMismatchError, match=r"mvp\.onnx: sha256 is .* in the contract but .* here"):
        publish.publish(client, REGISTRY, model)

    assert client.list_objects_v2(Bucket="models")["KeyCount"] == 0


def test_model_that_was_changed_in_the_registry_is_refused(client, model, tmp_path):
    onnx_key = publish.publish(client, REGISTRY, model)[0]
    sha256 = read_contract(model.with_suffix(".json")).sha256
    client.put_object(Bucket="models", Key=onnx_key, Body=b"another")

    with pytest.raises(ContractMismatchError, match=f"sha256 of the file is .*, but {sha256} was asked for"):
        publish.fetch(client, REGISTRY, "mvp", sha256, tmp_path / "elsewhere")


def test_fetch_of_what_is_not_there_names_its_address(client, tmp_path):
    with pytest.raises(RegistryError, match=r"^s3://models/burnout/registry/mvp/0{64}/mvp\.onnx: "):
        publish.fetch(client, REGISTRY, "mvp", "0" * 64, tmp_path)


def test_publish_into_a_bucket_that_is_not_there_names_its_address(client, model):
    with pytest.raises(RegistryError, match=r"^s3://elsewhere/mvp/"):
        publish.publish(client, Registry("elsewhere", ""), model)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("s3://models/burnout/registry", REGISTRY),
        ("s3://models/burnout/registry/", REGISTRY),
        ("s3://models", Registry("models", "")),
    ],
)
def test_registry_is_read_from_its_address(uri, expected):
    assert registry_at(uri) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ["/models", "--model", "x.onnx"],
        ["s3://models", "--fetch", "mvp", "abc"],
        ["s3://models", "--fetch", "../mvp", "0" * 64],
    ],
)
def test_command_with_a_wrong_address_or_hash_ends_with_one_line(client, arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        publish.main(arguments)

    assert stopped.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_command_publishes_and_fetches(client, model, tmp_path, capsys):
    sha256 = read_contract(model.with_suffix(".json")).sha256

    publish.main(["s3://models/m", "--model", str(model)])
    publish.main(["s3://models/m", "--fetch", "mvp", sha256, "--out", str(tmp_path / "out")])

    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "out" / "mvp.onnx")
