"""Every command says in one line what is wrong, before it begins: status 1 for what it is given, 2 for its options."""

import importlib
from pathlib import Path

import pytest

from training.knobs import Knobs
from training.seeds import FIGURES

MODEL = Path(__file__).parents[2] / "functions" / "infer" / "models" / "mvp.onnx"
NOWHERE, EVERYWHERE = "nowhere", slice(None)
OPTIONS = {  # of the commands that read FER-2013, what they need besides
    "bench": [],
    "copies": [],
    "evaluate": ["--model", str(MODEL)],
    "export": ["--checkpoint", "no.pt", "--version", "1"],
    "robustness": ["--model", str(MODEL)],
    "train": ["--out", "run"],
}


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    """In an empty folder, which no command that fails writes to."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    yield
    assert not (tmp_path / "run").exists()


@pytest.fixture
def refused(capsys):
    """The status and what is said of a command that fails."""

    def run(command, *options):
        with pytest.raises(SystemExit) as ended:
            importlib.import_module(f"training.{command}").main(list(options))
        said = capsys.readouterr()
        assert said.out == ""
        return ended.value.code, said.err

    return run


@pytest.mark.parametrize("command", OPTIONS)
def test_data_that_is_not_there_is_named(refused, command):
    status, said = refused(command, "--data", "nowhere", *OPTIONS[command])

    assert status == 1
    assert said == "fer2013.csv: not in nowhere, neither plain nor as .xz, .gz\n"


@pytest.mark.parametrize("command", OPTIONS)
def test_option_cannot_be_shortened(refused, command):
    status, said = refused(command, "--dat", "nowhere", *OPTIONS[command])

    assert status == 2
    assert "the following arguments are required: --data" in said


@pytest.mark.parametrize(
    ("command", "kept", "part"),
    [
        ("bench", slice(0, 32), "PublicTest"),
        ("copies", slice(32, 40), "Training"),
        ("evaluate", slice(0, 32), "PublicTest"),
        ("export", slice(0, 32), "PublicTest"),
        ("robustness", slice(0, 32), "PublicTest"),
        ("train", slice(0, 32), "PublicTest"),
        ("train", slice(32, 40), "Training"),
    ],
)
def test_part_without_rows_is_named(refused, rows, write_csvs, command, kept, part):
    folder = write_csvs(rows[kept])

    assert refused(command, "--data", str(folder), *OPTIONS[command]) == (1, f"{folder}: no {part} rows\n")


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        ("export", ["--checkpoint", "no.pt", "--version", "1"], "no.pt: "),
        ("evaluate", ["--model", "no.pt"], "no.pt: "),
        ("evaluate", ["--model", str(MODEL), "--part", "PrivateTest"], ": no PrivateTest rows"),
        ("robustness", ["--model", str(MODEL.with_name("other.onnx"))], "no such model: other"),
        ("robustness", ["--model", str(MODEL.with_name("mvp.pt"))], "no such model: mvp.pt"),
        ("robustness", ["--model", "nowhere/mvp.onnx"], "nowhere: no models"),
    ],
)
def test_model_that_is_none_is_named(refused, folder, command, options, message):
    status, said = refused(command, "--data", str(folder), *options)

    assert (status, said.count("\n")) == (1, 1)
    assert message in said


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        ("evaluate", ["--serve-fer-share=1.5"], "argument --serve-fer-share: 1.5 is not within 0 and 1"),
        ("evaluate", ["--serve-fer-share=nan"], "argument --serve-fer-share: nan is not within 0 and 1"),
        ("evaluate", ["--serve-fer-share=half"], "argument --serve-fer-share"),
        ("robustness", ["--n", "0"], "argument --n: 0 is not 1 or more"),
        ("train", ["--learning-rate", "1"], "unrecognized arguments: --learning-rate 1"),
        ("train", ["--epoch", "1"], "unrecognized arguments: --epoch 1"),
    ],
)
def test_option_that_is_none_is_named(refused, command, options, message):
    status, said = refused(command, "--data", "nowhere", *OPTIONS[command], *options)

    assert status == 2
    assert message in said


@pytest.mark.parametrize(
    "options",
    [
        ["/models", "--model", "x.onnx"],
        ["s3://models", "--fetch", "mvp", "abc"],
        ["s3://models", "--fetch", "../mvp", "0" * 64],
    ],
)
def test_address_or_hash_that_is_none_is_one_line(refused, options):
    status, said = refused("publish", *options)

    assert (status, said.count("\n")) == (1, 1)


def test_one_seed_has_no_spread(refused):
    assert refused("seeds", "1.json") == (1, "one seed has no spread: two records or more\n")


def test_record_of_something_else_has_no_spread(refused):
    for name in ("1.json", "2.json"):
        Path(name).write_text("{}", encoding="utf-8")

    assert refused("seeds", "1.json", "2.json") == (1, "not a checkpoint's record of training.evaluate: 'heads'\n")
    assert next(iter(FIGURES.values()))[0] == "heads"


def test_help_explains_every_knob(capsys):
    with pytest.raises(SystemExit):
        importlib.import_module("training.train").main(["--help"])

    text = capsys.readouterr().out
    assert [name for name in vars(Knobs()) if f"--{name.replace('_', '-')} " not in text] == []
