"""The figures of `training.evaluate` as lines for people. Measures nothing."""

from typing import Any

_Row = tuple[str, float, int]  # what it is, a share, and of how many faces


def table(figures: dict[str, Any]) -> str:
    """All figures: shares in percent, each with its n; then those without copies, the cost, and each head alone."""
    parts = [
        _lines([*_emotion_rows(figures), *_binary_rows(figures), *_point_rows(figures), *_calibration_rows(figures)])
    ]
    parts += [_lines(_fresh_rows(kind, found)) for kind, found in figures.get("without_copies", {}).items()]
    if "cost" in figures:
        parts.append(_cost_line(figures["cost"]))
    parts += [f"the {head} head alone\n{table(alone)}" for head, alone in figures.get("heads", {}).items()]
    return "\n\n".join(parts)


def _lines(rows: list[_Row]) -> str:
    return "\n".join(f"{name:<40}{100 * share:6.2f} %  n = {n}" for name, share, n in rows)


def _fresh_rows(kind: str, figures: dict[str, Any]) -> list[_Row]:
    return [
        (f"without {kind} copies: {name}", figures[key][figure], figures[key]["n"])
        for name, key, figure in (
            ("7 classes", "fer", "accuracy"),
            ("FER+", "ferplus_majority", "accuracy"),
            ("macro", "binary_fer", "macro"),
            ("macro FER+", "binary_ferplus", "macro"),
        )
    ]


def _cost_line(found: dict[str, Any]) -> str:
    return (
        f"{found['ms_median']:.2f} ms a face (median of {found['n']}, p95 {found['ms_p95']:.2f}; one thread of "
        f"{found['machine']}), {found['bytes'] / 1e6:.2f} MB"
    )


def _emotion_rows(figures: dict[str, Any]) -> list[_Row]:
    fer, plus = figures["fer"], figures["ferplus_majority"]
    return [
        ("7 classes: accuracy", fer["accuracy"], fer["n"]),
        ("7 classes: macro F1", fer["macro_f1"], fer["n"]),
        *((f"recall of {emotion}", share, fer["faces"][emotion]) for emotion, share in fer["recall"].items()),
        ("agreement with FER+ majority", plus["accuracy"], plus["n"]),
        *((f"recall of {emotion}, FER+", share, plus["faces"][emotion]) for emotion, share in plus["recall"].items()),
    ]


def _binary_rows(figures: dict[str, Any]) -> list[_Row]:
    rows: list[_Row] = []
    for name, score in (("FER", figures["binary_fer"]), ("FER+", figures["binary_ferplus"])):
        rows += [(f"binary on {name}, {mean}", score[mean], score["n"]) for mean in ("micro", "macro")]
        rows += [(f"{side} recognised, {name}", share, score["faces"][side]) for side, share in score["recall"].items()]
        if score["auc"] is not None:
            rows.append((f"binary on {name}, area under the curve", score["auc"], score["n"]))
    faces = figures["ferplus_majority"]["faces"]
    called = figures["binary_ferplus"]["called_negative"]
    return rows + [(f"{emotion} called negative, FER+", share, faces[emotion]) for emotion, share in called.items()]


def _point_rows(figures: dict[str, Any]) -> list[_Row]:
    point, faces = figures["operating_point"], figures["binary_ferplus"]["faces"]
    faces_of, unsure = figures["ferplus_majority"]["faces"], round(point["n"] * point["unsure"])
    rows = [
        ("no side named, FER+", point["unsure"], point["n"]),
        ("the threshold right of these", point["right_unsure"], unsure),
        ("the named side right of the others", point["right_named"], point["n"] - unsure),
        ("told negative, of those who are not", point["told_negative"], faces.get("positive")),
        ("told not negative, of those who are", point["told_positive"], faces.get("negative")),
    ]
    told = [
        (f"{emotion} told negative", share, faces_of[emotion]) for emotion, share in figures["told_negative"].items()
    ]
    return [row for row in rows if row[1] is not None] + told


def _calibration_rows(figures: dict[str, Any]) -> list[_Row]:
    rows: list[_Row] = []
    for name, key in (("FER", "calibration"), ("FER+", "calibration_ferplus"), ("votes", "calibration_votes")):
        found = figures[key]
        rows.append((f"ECE on {name}, temperature 1", found["ece_uncalibrated"], found["n"]))
        if found["temperature"] != 1:
            rows.append((f"ECE on {name}, temperature {found['temperature']}", found["ece"], found["n"]))
    return rows
