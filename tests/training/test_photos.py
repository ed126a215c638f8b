"""A folder of photos is read as a person's would be, beside fer and another checkout; bad folders get a sentence."""

import json
import math
import re
import shutil
import sys
from pathlib import Path

import pytest

from burnout.emotions import NEGATIVE, Emotion
from burnout.inference import Face, ImageFacts, Inference, Prediction, Quality
from functions.infer.contract import read_contract
from training import photos
from training.contender import MODELS, ROOT

HEADER = "file,kind,label,clear,face_x_px,face_y_px,face_width_px,face_height_px"
SELFIE = "selfie.jpg,photo,happy,1,"
NO_FACE = "no_face.jpg,none,,0,,,,"


@pytest.fixture
def folder(tmp_path):
    """Writes a folder with two photos and these rows."""

    def write(*rows, header=HEADER):
        for name in ("selfie.jpg", "no_face.jpg"):
            shutil.copy(ROOT / "tests" / "photos" / name, tmp_path)
        (tmp_path / "labels.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def run(folder, capsys):
    """What the command prints of the selfie and of the photo without a face."""

    def of(*options):
        photos.main(["--data", str(folder(SELFIE + "320,180,240,300", NO_FACE)), *map(str, options)])
        return capsys.readouterr().out

    return of


def python_with(folder, *lines):
    """An interpreter in the folder that does this first."""
    path = folder / "python"
    path.write_text("\n".join(["#!/bin/sh", *lines, f'exec {sys.executable} "$@"']), encoding="utf-8")
    path.chmod(0o755)
    return path


def test_folder_is_read_with_the_shown_model(run, tmp_path):
    said = run("--json", tmp_path / "records.json")

    assert re.search(r"^2 photos, .* CPUs, ", said)
    assert re.search(r"^  found +100\.0 % .* n = +1$", said, re.M)
    assert re.search(r"^  false faces +0\.0 % .* n = +1$", said, re.M)
    assert re.search(r"^mvp( +\d+\.\d){3} +2$", said, re.M)
    selfie, no_face = json.loads((tmp_path / "records.json").read_text(encoding="utf-8"))
    assert (selfie["told"], no_face["told"]) == ("answered", "no_face")
    assert {"decode", "detect", "classify", "all"} == selfie["cpu_ms"].keys()
    assert (no_face["faces"], no_face["logits"]) == ([], {})


def test_records_hold_what_an_operating_point_is_chosen_by(run, tmp_path):
    run("--json", tmp_path / "records.json")

    record = json.loads((tmp_path / "records.json").read_text(encoding="utf-8"))[0]
    contract = read_contract(MODELS / "mvp.json")
    shares = [math.exp(logit / contract.temperature) for logit in record["logits"][contract.output]]
    served = dict(zip(Emotion, shares, strict=True))
    assert sum(served[emotion] for emotion in NEGATIVE) / sum(shares) == pytest.approx(record["negative"], abs=1e-5)
    assert len(record["logits"][contract.fer_output]) == 7


@pytest.mark.parametrize(
    ("view", "is_sure", "is_named"),
    [("whole", True, True), ("whole", False, False), ("covered", True, False), ("profile", True, False)],
)
@pytest.mark.parametrize(("brightness", "told"), [(0.5, "answered"), (0.01, "too_dark")])
def test_person_is_told_what_webhook_says(view, is_sure, is_named, brightness, told):
    model = Prediction(negative=0.7, label="negative", emotions=dict.fromkeys(Emotion, 0.1), sure=is_sure)
    face = Face(
        box_px=(0, 0, 9, 9), quality=Quality(sharpness=99, brightness=brightness), models={"m": model}, view=view
    )
    facts = ImageFacts(width_px=9, height_px=9, brightness=0.5)
    inference = Inference(image=facts, faces=(face,), models={}, elapsed_ms={})

    seen = photos.seen_by_us(photos.Photo(Path("a.jpg"), "photo"), inference, 1.0)

    assert (seen.told, seen.negative, seen.named, seen.view) == (told, True, is_named, view)


def test_peer_reads_the_same_photos_in_an_environment_of_its_own(run, tmp_path):
    package = tmp_path / "packages" / "fer"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "fer.py").write_text(
        "class FER:\n"
        "    def detect_emotions(self, picture):\n"
        "        scores = dict(angry=.1, disgust=.1, fear=.1, happy=.4, sad=.3, surprise=0, neutral=0)\n"
        "        small = dict.fromkeys(scores, 0) | {'happy': 1}\n"
        "        return [{'box': [0, 0, 9, 9], 'emotions': small}, {'box': [0, 0, 90, 90], 'emotions': scores}]\n",
        encoding="utf-8",
    )
    python = python_with(tmp_path, f'export PYTHONPATH="$PYTHONPATH:{package.parent}"')

    said = run("--peer", "--fer-python", python)

    assert re.search(r"mvp +PyPI's fer$", said, re.M)
    assert re.search(r"^  positive told negative +0\.0 % .* 100\.0 % .* n = +1$", said, re.M)  # of the larger face
    assert re.search(r"^  seven classes +100\.0 % .* 100\.0 % ", said, re.M)
    assert "told by PyPI's fer: answered 2\n" in said
    assert re.search(r"^PyPI's fer( +\d+\.\d){3} +2$", said, re.M)


def test_other_checkout_answers_with_its_own_serving(run, tmp_path):
    there = tmp_path / "there"
    infer = there / "functions" / "infer"
    for path in (infer, there / ".venv" / "bin", there / "layers"):
        path.mkdir(parents=True)
    (there / "layers" / "common").symlink_to(ROOT / "layers" / "common")
    python_with(there / ".venv" / "bin")
    (infer / "classifier.py").write_text("def load_classifiers(folder): return {'mvp': None}\n")
    (infer / "faces.py").write_text("FaceFinder = object\n")
    (infer / "analysis.py").write_text(
        "import importlib.util, itertools, time, types\n"
        "assert not importlib.util.find_spec('photos')\n"  # training's modules are in no package's way
        "time.process_time = itertools.count().__next__\n"  # whatever is asked takes a second
        "def analyse(*arguments): return types.SimpleNamespace(faces=())\n"
    )

    said = run("--beside", there)

    assert re.search(r"^here, mvp( +\d+\.\d){3} +2$", said, re.M)
    for line in ("there, mvp", "there, every model"):
        assert re.search(rf"^{line}( +1000\.0){{3}} +2$", said, re.M)
    assert re.search(r"^here over there, means: 0\.\d\d, 0\.\d\d$", said, re.M)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([], "labels.csv: no photos"),
        ([SELFIE + ",,,", "gone.jpg,photo,,0,,,,"], "labels.csv, line 3: no file gone.jpg"),
        ([",photo,,0,,,,"], "labels.csv, line 2: no file named"),
        (["selfie.jpg,,,0,,,,"], "labels.csv, line 2: no kind"),
        (["selfie.jpg,photo,joy,1,,,,"], "labels.csv, line 2: label joy is none of angry, disgust"),
        (["selfie.jpg,photo,happy,yes,,,,"], "labels.csv, line 2: clear is yes, not 0 or 1"),
        *(([SELFIE + box], "line 2: face_x_px, face_y_px, ") for box in ("1,2,3,", "1,2,3,x", "1,2,0,4", "nan,2,3,4")),
        (["labels.csv,photo,,0,,,,"], "labels.csv: no picture that can be read: "),
    ],
)
def test_row_that_is_none_gets_one_clear_sentence(folder, capsys, rows, fault):
    assert fault in refused(capsys, folder(*rows))


def test_folder_that_is_none_gets_one_clear_sentence(folder, capsys, tmp_path):
    assert refused(capsys, tmp_path / "nowhere") == f"{tmp_path}/nowhere: no such folder\n"
    assert refused(capsys, tmp_path) == f"{tmp_path}: no labels.csv\n"
    assert refused(capsys, folder(header="file,kind,label")).startswith("labels.csv: no column clear, face_x_px")


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--model", "no/mvp.onnx"], "no: no models"),
        (["--peer", "--fer-python", sys.executable], "No module named 'fer'"),
        (["--peer", "--fer-python", "no/python"], "no/python"),
        (["--beside", "nowhere"], "nowhere/.venv/bin/python"),
    ],
)
def test_option_that_leads_nowhere_gets_one_clear_sentence(folder, capsys, options, fault):
    assert fault in refused(capsys, folder(SELFIE + ",,,"), *options)


def refused(capsys, data, *options):
    """What is said of a command that fails, in one line."""
    with pytest.raises(SystemExit) as ended:
        photos.main(["--data", str(data), *options])
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n")) == (1, 1)
    return said
