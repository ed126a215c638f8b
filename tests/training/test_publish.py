"""A published model comes back by its hash, and nothing else comes back under that hash."""

import http.server
import json
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from functions.infer import contract as contract_module
from functions.infer.classifier import load_classifiers
from functions.infer.contract import ContractMismatchError, read_contract
from tests.aws_server import aws_server, bucket_of, variables_of
from training import publish
from training.publish import Registry, RegistryError

ROOT = Path(__file__).parents[2]
REGISTRY = Registry("models", "burnout/registry")


@pytest.fixture(scope="module")
def s3_url():
    with aws_server() as url:
        yield url


@pytest.fixture
def client(monkeypatch, s3_url):
    """An S3 on this machine, which the environment names, with an empty bucket."""
    for name, value in variables_of(s3_url).items():
        monkeypatch.setenv(name, value)
    with bucket_of("models") as client:
        yield client


@pytest.fixture
def model(tmp_path) -> Path:
    """A copy of the served model, which the test may damage."""
    for path in Path(contract_module.__file__).with_name("models").glob("mvp.*"):
        shutil.copy(path, tmp_path)
    return tmp_path / "mvp.onnx"


@pytest.fixture
def served(tmp_path) -> Path:
    """A folder with an older pair, told apart by its version."""
    folder = tmp_path / "served"
    shutil.copytree(Path(contract_module.__file__).with_name("models"), folder)
    contract = json.loads((folder / "mvp.json").read_text())
    (folder / "mvp.json").write_text(json.dumps({**contract, "version": "0.0.1"}))
    return folder


def sha256_in(model) -> str:
    return read_contract(model.with_suffix(".json")).sha256


def content(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_published_model_lies_by_name_and_hash_and_comes_back_the_same(client, model, tmp_path):
    sha256 = sha256_in(model)

    keys = publish.publish(client, REGISTRY, model)
    assert publish.publish(client, REGISTRY, model) == keys, "twice is as good as once"
    (fetched,) = publish.fetch(client, REGISTRY, {"mvp": sha256}, tmp_path / "elsewhere")

    assert keys == [f"burnout/registry/mvp/{sha256}/{file}" for file in ("mvp.onnx", "metrics.json", "mvp.json")]
    assert fetched.read_bytes() == model.read_bytes()
    assert fetched.with_suffix(".json").read_bytes() == model.with_suffix(".json").read_bytes()
    figures = json.loads(client.get_object(Bucket="models", Key=keys[1])["Body"].read())
    assert figures["part"] == "PublicTest"


def test_model_that_is_not_its_contracts_is_not_published(client, model):
    model.write_bytes(model.read_bytes() + b"x")

    with pytest.raises(ContractMismatchError, match=r"mvp\.onnx: sha256 is .* in the contract but .* here"):
        publish.publish(client, REGISTRY, model)

    assert client.list_objects_v2(Bucket="models")["KeyCount"] == 0


def test_fetched_pair_replaces_the_served_one_and_nothing_else(client, model, served):
    publish.publish(client, REGISTRY, model)
    before = content(served)

    publish.fetch(client, REGISTRY, {"mvp": sha256_in(model)}, served)

    after = content(served)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {"mvp.json"}
    assert load_classifiers(served)["mvp"].contract.version == read_contract(model.with_suffix(".json")).version


@contextmanager
def refused(served, error, complaint):
    """What is done in it is refused, and the old pair stays."""
    before = content(served)
    with pytest.raises(error, match=complaint):
        yield
    assert content(served) == before


def test_file_that_was_changed_in_the_registry_is_refused(client, model, served):
    onnx_key = publish.publish(client, REGISTRY, model)[0]
    client.put_object(Bucket="models", Key=onnx_key, Body=b"another")

    complaint = f"sha256 of the file is .*, but {sha256_in(model)} was asked for"
    with refused(served, ContractMismatchError, complaint):
        publish.fetch(client, REGISTRY, {"mvp": sha256_in(model)}, served)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("sha256", "0" * 64, "sha256 of its contract is 0{64}, but"),
        ("threshold", "half", r"mvp\.json: Expected `float`, got `str`"),
        ("name", "baseline", "name is baseline in the contract but mvp here"),
    ],
)
def test_contract_that_was_tampered_with_is_refused(client, model, served, field, value, complaint):
    json_key = publish.publish(client, REGISTRY, model)[2]
    contract = json.loads(model.with_suffix(".json").read_text())
    client.put_object(Bucket="models", Key=json_key, Body=json.dumps({**contract, field: value}).encode())

    with refused(served, ContractMismatchError, complaint):
        publish.fetch(client, REGISTRY, {"mvp": sha256_in(model)}, served)


def test_second_model_that_is_not_there_leaves_the_first_as_it_was(client, model, served):
    publish.publish(client, REGISTRY, model)

    complaint = r"^s3://models/burnout/registry/baseline/0{64}/baseline\.onnx: .*NoSuchKey"
    with refused(served, RegistryError, complaint):
        publish.fetch(client, REGISTRY, {"mvp": sha256_in(model), "baseline": "0" * 64}, served)


class HalfOfIt(http.server.BaseHTTPRequestHandler):
    """Promises a thousand bytes, sends ten, and closes the connection."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"0123456789")
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def half_url():
    """Where S3 stops in the middle of a file."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), HalfOfIt) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_download_that_breaks_off_is_one_line_and_the_old_pair_stays(client, served, half_url, monkeypatch, capsys):
    monkeypatch.setenv("AWS_ENDPOINT_URL", half_url)

    with refused(served, SystemExit, "^1$"):
        publish.main(["s3://models", "--fetch", "mvp", "0" * 64, "--out", str(served)])

    said = capsys.readouterr().err
    assert said.startswith(f"s3://models/mvp/{'0' * 64}/mvp.onnx: ")
    assert said.count("\n") == 1


def test_fetch_that_is_killed_between_two_files_is_refused_by_infer_and_repaired_by_the_next(client, model, served):
    """The last step, interrupted halfway: the new network is there, its contract is not."""
    contract = json.loads((served / "mvp.json").read_text())
    (served / "mvp.json").write_text(json.dumps({**contract, "sha256": "1" * 64}))
    with pytest.raises(ContractMismatchError, match=r"mvp: sha256 is 1{64} in the contract but"):
        load_classifiers(served)
    publish.publish(client, REGISTRY, model)

    publish.fetch(client, REGISTRY, {"mvp": sha256_in(model)}, served)

    assert load_classifiers(served)["mvp"].contract.sha256 == sha256_in(model)


def test_command_publishes_and_fetches(client, model, tmp_path, capsys):
    sha256 = sha256_in(model)

    publish.main(["s3://models/m", "--model", str(model)])
    publish.main(["s3://models/m", "--fetch", "mvp", sha256, "--out", str(tmp_path / "out")])

    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "out" / "mvp.onnx")


def test_command_needs_neither_torch_nor_wandb(client):
    """It runs where only serving's packages are, as `make models` does."""
    code = "import sys, training.publish; print(sorted({'torch', 'torchvision', 'onnx', 'wandb'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
