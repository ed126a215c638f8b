"""python -m training.photos --data FOLDER [--model FILE] [--peer] [--fer-python PYTHON] [--beside CHECKOUT]
                             [--json FILE]

What people get for the photos of a folder. Runs in the environment of `make setup`, without torch. Each file goes the
product's own way: infer's analysis with the shown model, then webhook's rule for the one face of a selfie. FOLDER has
the photos and labels.csv (file, kind, label, clear, face_x_px, face_y_px, face_width_px, face_height_px): `kind` is
"none" for no face, "several" for a group, anything else for one person; `label` one of the seven emotions or empty,
`clear` 1 where accuracy may count it, `face_*` the main face, or empty. Nothing of a photo is kept or shown.

Prints rates for all photos and for each kind, with n and Wilson's 95 % interval, then the CPU time of a photo. Found is
a face if its box and the label's have each the middle of the other. "Called" is the side of the threshold; "told" and
"named" are what a person reads, which is no side of a covered face or a profile. With --peer PyPI's `fer` reads the
same photos in an environment of its own (`training.bench --help`), with its own detector and the larger side. With
--beside another checkout's serving is asked by turns with this one's, photo by photo: CHECKOUT is its folder, after
`make setup` there.
"""

import argparse
import csv
import json
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from burnout.clock import Stopwatch
from burnout.emotions import NEGATIVE, Emotion
from burnout.inference import MVP, Inference
from functions.infer.analysis import analyse
from functions.infer.classifier import Classifier, Reading, chosen, load_classifiers, open_model
from functions.infer.contract import ContractMismatchError
from functions.infer.faces import FaceFinder
from functions.infer.image import ImageError
from functions.infer.preprocess import FACE_SIZE_PX
from functions.webhook.flows.check_in import Refusal, the_face
from training.command_line import one_line_for, parser_of
from training.contender import MODELS, ROOT, Contender, ContenderError, by_turns, cost_table, in_turns
from training.photo_rates import ANSWERED, Box, Photo, Seen, report
from training.processor import processor

LABELS: Final = "labels.csv"
BOX: Final = ("face_x_px", "face_y_px", "face_width_px", "face_height_px")
COLUMNS: Final = ("file", "kind", "label", "clear", *BOX)


class PhotosError(Exception):
    """The folder is not as it has to be. The text says what is wrong, in one line."""


def load_photos(folder: Path) -> list[Photo]:
    """The rows of the folder's labels.csv. Raises: PhotosError, OSError."""
    if not folder.is_dir():
        raise PhotosError(f"{folder}: no such folder")
    if not (folder / LABELS).is_file():
        raise PhotosError(f"{folder}: no {LABELS}")
    try:
        rows = csv.DictReader((folder / LABELS).read_text(encoding="utf-8-sig").splitlines())
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise PhotosError(f"{LABELS}: no column {', '.join(missing)}")
        photos = [_photo(folder, row, f"{LABELS}, line {rows.line_num}") for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise PhotosError(f"{LABELS}: {error}") from error
    if not photos:
        raise PhotosError(f"{LABELS}: no photos")
    return photos


def _photo(folder: Path, row: dict[str, str | None], where: str) -> Photo:
    texts = {name: (row[name] or "").strip() for name in COLUMNS}
    sides = [texts[name] for name in BOX]
    faults = {
        f"no file {texts['file'] or 'named'}": not (folder / texts["file"]).is_file(),
        "no kind": not texts["kind"],
        f"label {texts['label']} is none of {', '.join(Emotion)}": texts["label"] not in ("", *Emotion),
        f"clear is {texts['clear']}, not 0 or 1": texts["clear"] not in ("", "0", "1"),
        f"{', '.join(BOX)} are no box": any(sides) and _box(sides) is None,
    }
    for fault, is_there in faults.items():
        if is_there:
            raise PhotosError(f"{where}: {fault}")
    label = Emotion(texts["label"]) if texts["label"] else None
    return Photo(folder / texts["file"], texts["kind"], label, texts["clear"] == "1", _box(sides))


def _box(sides: list[str]) -> Box | None:
    try:
        x, y, width, height = map(float, sides)
    except ValueError:
        return None
    return (x, y, width, height) if width > 0 and height > 0 and isfinite(x + y + width + height) else None


class Heads(Classifier):
    """A classifier that also tells the logits of every head of its file, outside the time that is measured."""

    def __init__(self, path: Path) -> None:
        """The exported model at `path`. Raises: ContractMismatchError, ValueError."""
        super().__init__(chosen(load_classifiers(path.parent), [path.stem])[path.stem].contract, open_model(path))
        self._first_nchw = np.zeros((0, 1, FACE_SIZE_PX, FACE_SIZE_PX), np.float32)

    def classify(self, faces_nchw: NDArray[np.float32]) -> list[Reading]:
        """As `Classifier.classify`."""
        self._first_nchw = faces_nchw[:1]
        return super().classify(faces_nchw)

    def logits(self) -> dict[str, list[float]]:
        """Of the first of the faces that were classified last, by the name of each output."""
        names = [node.name for node in self._session.get_outputs()]
        outputs = self._session.run(names, {self.contract.input.name: self._first_nchw})
        return {name: output[0].tolist() for name, output in zip(names, outputs, strict=True)}


def read_photos(photos: Iterable[Photo], model: Path) -> Iterator[tuple[Seen, dict[str, Any]]]:
    """What a person would get for each photo, and its record for the JSON file, by which an operating point is chosen.

    Raises: PhotosError, ContractMismatchError, ValueError, OSError.
    """
    finder, heads = FaceFinder(), Heads(model)
    for number, photo in enumerate(photos):
        data = photo.path.read_bytes()
        try:
            if number == 0:  # what is loaded at the first photo is no photo's time
                _analysed(data, finder, heads)
            inference, cpu_ms = _analysed(data, finder, heads)
        except ImageError as error:
            raise PhotosError(f"{photo.path.name}: no picture that can be read: {error.message}") from error
        seen = seen_by_us(photo, inference, cpu_ms)
        yield seen, _record(seen, inference, heads)


def _analysed(data: bytes, finder: FaceFinder, heads: Heads) -> tuple[Inference, float]:
    """With the milliseconds of CPU that it took. Raises: ImageError."""
    began_s = time.process_time()
    inference = analyse(data, finder, {heads.contract.name: heads}, Stopwatch(time.process_time))
    return inference, 1000 * (time.process_time() - began_s)


def seen_by_us(photo: Photo, inference: Inference, cpu_ms: float) -> Seen:
    """What the person is told, by webhook's rule, and what the only model says of the largest face."""
    try:
        the_face(inference)
        told = ANSWERED
    except Refusal as refusal:
        told = refusal.key
    if not inference.faces:
        return Seen(photo, cpu_ms, told)
    face = inference.faces[0]
    (prediction,) = face.models.values()
    return Seen(
        photo,
        cpu_ms,
        told,
        box=face.box_px,
        negative=prediction.label == "negative",
        named=prediction.sure and face.view == "whole",  # no side is named of another face
        emotion=max(prediction.emotions, key=prediction.emotions.__getitem__),
        view=face.view,
    )


def _record(seen: Seen, inference: Inference, heads: Heads) -> dict[str, Any]:
    photo, contract = seen.photo, heads.contract
    faces = [
        {"box_px": face.box_px, "sharpness": face.quality.sharpness, "brightness": face.quality.brightness}
        for face in inference.faces
    ]
    first = inference.faces[0].models[contract.name] if faces else None
    return {
        "model_sha256": contract.sha256,
        "file": photo.path.name,
        "kind": photo.kind,
        "label": photo.label,
        "clear": photo.clear,
        "face_px": photo.face,
        "told": seen.told,
        "is_main": seen.is_main,
        "faces": faces,
        "view": seen.view,
        "negative": first and first.negative,
        "sure": first and first.sure,
        "emotions": first and first.emotions,
        "logits": heads.logits() if faces else {},
        "cpu_ms": {**inference.elapsed_ms, "all": round(seen.cpu_ms, 1)},
    }


def read_by_peer(photos: Sequence[Photo], python: str) -> list[Seen]:
    """What PyPI's `fer` makes of them. Raises: ContenderError, OSError."""
    fer = Contender("PyPI's fer", "fer", ROOT, python=python)
    answers = in_turns([fer], (photo.path.read_bytes() for photo in photos))
    return [seen_by_peer(photo, answer) for photo, (answer,) in zip(photos, answers, strict=True)]


def seen_by_peer(photo: Photo, answer: dict[str, Any]) -> Seen:
    """A child's answer: it names a side of the largest face it finds, always."""
    if not answer["faces"]:
        return Seen(photo, answer["cpu_ms"], "no_face")
    face = max(answer["faces"], key=lambda found: found["box_px"][2] * found["box_px"][3])
    scores = {Emotion(name): score for name, score in face["emotions"].items()}
    return Seen(
        photo,
        answer["cpu_ms"],
        ANSWERED,
        box=tuple(face["box_px"]),
        negative=2 * sum(scores[emotion] for emotion in NEGATIVE) >= sum(scores.values()),
        named=True,
        emotion=max(scores, key=scores.__getitem__),
    )


def beside(photos: Sequence[Photo], model: Path, checkout: Path) -> str:
    """This checkout's serving and another one's by turns. Raises: ContenderError, OSError."""
    models = checkout / MODELS.relative_to(ROOT)
    python = str(checkout / ".venv" / "bin" / "python")
    contenders = [
        Contender(f"here, {model.stem}", "onnx", model),
        Contender(f"there, {MVP}", "onnx", models / f"{MVP}.onnx", python, root=checkout),
        Contender("there, every model", "onnx", models, python, root=checkout),
    ]
    taken = by_turns(contenders, (photo.path.read_bytes() for photo in photos))
    here, *there = (statistics.mean(cpu_ms) for cpu_ms in taken.values())
    ratios = ", ".join(f"{here / mean:.2f}" for mean in there)
    return f"by turns with {checkout}\n{cost_table(taken)}\nhere over there, means: {ratios}"


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = parser_of(__doc__, data=False)
    _add_options(parser)
    options = parser.parse_args(argv)
    with one_line_for(parser, PhotosError, ContractMismatchError, ContenderError, ValueError, OSError):
        photos = load_photos(options.data)
        peer = {"PyPI's fer": read_by_peer(photos, options.fer_python)} if options.peer else {}
        ours, records = zip(*read_photos(photos, options.model), strict=True)
        systems = {options.model.stem: ours, **peer}
        if options.json:
            lines = map(json.dumps, records)
            options.json.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
        print(f"{len(photos)} photos, {processor()}; share [Wilson's 95 % interval] n\n\n{report(systems)}\n")
        print(cost_table({name: [each.cpu_ms for each in seen] for name, seen in systems.items()}), flush=True)
        if options.beside:
            print(f"\n{beside(photos, options.model, options.beside)}")


def _add_options(parser: argparse.ArgumentParser) -> None:
    fer_python = ROOT / ".venv-fer" / "bin" / "python"
    parser.add_argument("--data", type=Path, required=True, help=f"folder with photos and {LABELS}")
    parser.add_argument("--model", type=Path, default=MODELS / f"{MVP}.onnx", help="exported network (default: served)")
    parser.add_argument("--peer", action="store_true", help="let PyPI's fer read the same photos")
    parser.add_argument("--fer-python", default=str(fer_python), help="a Python that has it (default: .venv-fer's)")
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT", help="another checkout, whose speed is compared")
    parser.add_argument("--json", type=Path, help="file for what was measured of each photo")


if __name__ == "__main__":
    main()
