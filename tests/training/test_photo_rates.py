"""Each rate counts the photos that its name says, and its interval is the published one."""

from pathlib import Path

import pytest

from burnout.emotions import Emotion
from training import photo_rates
from training.photo_rates import Photo, Rate, Seen, mean_of, rates, report, wilson

FACE = (10.0, 10.0, 40.0, 60.0)  # its middle: (30, 40)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe, Stat. Med. 17 (1998) 857, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_interval_of_a_share_is_the_published_one(hits, n, low, high):
    assert wilson(hits, n) == (hits / n, pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5), n)
    mirrored = wilson(n - hits, n)
    assert (mirrored.low, mirrored.high) == (pytest.approx(1 - high, abs=5e-5), pytest.approx(1 - low, abs=5e-5))


def test_interval_of_a_mean_combines_both():
    mean = mean_of(Rate(0.9, 0.87, 0.93, 50), Rate(0.7, 0.66, 0.74, 30))  # 3, 4 and 5 make a right angle

    assert mean == (pytest.approx(0.8), pytest.approx(0.775), pytest.approx(0.825), 80)


def photo(kind="photo", label=None, clear=True, face=FACE):
    return Photo(Path("a.jpg"), kind, label and Emotion(label), clear, face)


def seen(of, told="answered", box=(10, 20, 40, 40), **face):
    emotion = face.pop("emotion", None)
    return Seen(of, 1.0, told, box, emotion=emotion and Emotion(emotion), view=face.pop("view", "whole"), **face)


NONE_FOUND = {"told": "no_face", "box": None, "view": ""}
SEEN = [
    seen(photo(label="sad"), negative=True, named=True, emotion="sad"),
    seen(photo(label="angry"), negative=True, named=False, emotion="sad"),
    seen(photo(label="fear"), negative=False, named=True, emotion="neutral"),
    seen(photo(label="disgust"), negative=False, named=False, emotion="disgust"),
    seen(photo(label="happy"), negative=False, named=True, emotion="happy", view="profile"),
    seen(photo(label="neutral"), negative=True, named=True, emotion="neutral"),
    seen(photo(label="neutral"), negative=True, named=False, emotion="angry", view="covered"),
    seen(photo(label="surprise"), negative=False, named=True, emotion="fear", box=(70, 20, 40, 40)),
    # Not counted as right or wrong: unclear, without a label, refused, not found.
    seen(photo(label="happy", clear=False), negative=True, named=True, emotion="sad"),
    seen(photo("mask"), negative=True, named=True, emotion="sad", view="covered"),
    seen(photo(label="happy"), "several_faces", negative=True, emotion="sad"),
    seen(photo(label="happy"), **NONE_FOUND),
    seen(photo("lab", face=None), **NONE_FOUND),  # where its face is, is unknown
    seen(photo("none", face=None), **NONE_FOUND),
    seen(photo("none", face=None), "too_blurred"),
    seen(photo("none", face=None), negative=True, named=True),
    seen(photo("several"), "several_faces"),
    seen(photo("several"), negative=True, named=True),
    seen(photo("several"), **NONE_FOUND),
]
RATES = {
    "found": (10, 12),
    "main face elsewhere": (1, 11),
    "one told as several": (1, 11),
    "answered": (10, 12),
    "seen as covered": (2, 10),
    "seen in profile": (1, 10),
    "false faces": (2, 3),
    "false faces, answered": (1, 3),
    "groups told as groups": (1, 3),
    "negative right": (2, 4),
    "positive right": (2, 4),
    "mean of both sides": (4, 8),
    "right": (4, 8),
    "right when named": (3, 5),
    "not sure": (3, 8),
    "negative told positive": (1, 4),
    "positive told negative": (1, 4),
    "calm called negative": (2, 2),
    "calm told negative": (1, 2),
    "seven classes": (4, 8),
}


def test_each_rate_counts_what_its_name_says():
    assert {name: (round(rate.share * rate.n), rate.n) for name, rate in rates(SEEN).items()} == RATES
    assert list(rates(SEEN)) == photo_rates.NAMES


@pytest.mark.parametrize(
    ("box", "is_main"),
    [((10, 20, 40, 40), True), ((0, 0, 120, 120), False), ((28, 38, 4, 4), True), ((12, 12, 8, 8), False)],
)
def test_main_face_has_the_labels_middle_and_its_own_in_the_labels_box(box, is_main):
    assert seen(photo(face=(10, 10, 40, 60)), box=box).is_main is is_main


def test_report_has_all_photos_each_kind_and_what_both_systems_answered():
    of = [photo(label="sad"), photo("tight", label="happy"), photo("none", face=None)]
    ours = [seen(of[0], negative=True, named=True), seen(of[1], named=True), seen(of[2], **NONE_FOUND)]
    theirs = [seen(of[0], view="", named=True), seen(of[1], **NONE_FOUND), seen(of[2], **NONE_FOUND)]

    said = report({"mvp": ours, "fer": theirs})

    blocks = {part.splitlines()[0].split("  ")[0]: part.splitlines() for part in said.split("\n\n")}
    assert list(blocks) == ["all photos, 3", "none, 1", "photo, 1", "tight, 1", "answered by both, 1"]
    cells = {line[:26].strip(): " ".join(line[26:].split()) for line in blocks["all photos, 3"]}
    assert cells["found"] == "100.0 % [ 34.2, 100.0] n = 2 50.0 % [ 9.5, 90.5] n = 2"
    assert cells["seen as covered"].endswith(" -")  # fer does not tell
    assert "  told by fer: no_face 2, answered 1" in blocks["all photos, 3"]
    assert "found" not in "".join(blocks["none, 1"])
    assert "negative told positive" in "".join(blocks["answered by both, 1"])
