"""What a system makes of labelled photos, as rates with their n and 95 % interval. Pure: records in, lines out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from math import hypot, sqrt
from pathlib import Path
from typing import Final, NamedTuple

from burnout.emotions import NEGATIVE, Emotion

Box = tuple[float, float, float, float]  # x, y, width, height, pixels of the upright photo

NO_FACE, SEVERAL = "none", "several"  # the kinds of photo that do not show one person
ANSWERED, TOLD_SEVERAL = "answered", "several_faces"
Z_95: Final = 1.959964  # of the normal distribution, two-sided


@dataclass(frozen=True)
class Photo:
    """A row of labels.csv. Accuracy counts only those that are clear: a second look agreed with the label."""

    path: Path
    kind: str
    label: Emotion | None = None
    clear: bool = False
    face: Box | None = None

    @property
    def shows_one(self) -> bool:
        """Whether one person is to be found, and where is known."""
        return self.kind not in (NO_FACE, SEVERAL) and self.face is not None


@dataclass(frozen=True)
class Seen:
    """What a system makes of a photo. What is said of the face is of its largest one."""

    photo: Photo
    cpu_ms: float
    told: str  # "answered", or the reason of the refusal
    box: Box | None = None
    negative: bool = False  # the side of the threshold, also when no side is named
    named: bool = False
    emotion: Emotion | None = None
    view: str = ""  # "whole", "covered" or "profile"; empty where the system does not tell

    @property
    def is_main(self) -> bool:
        """Whether this is the labelled face: each box has the middle of the other."""
        face = self.photo.face
        return face is not None and self.box is not None and _holds(self.box, face) and _holds(face, self.box)

    @property
    def counts(self) -> bool:
        """Whether its answer can be right or wrong."""
        return self.told == ANSWERED and self.photo.clear and self.photo.label is not None

    @property
    def is_negative(self) -> bool:
        """Whether the label is."""
        return self.photo.label in NEGATIVE


class Rate(NamedTuple):
    """A share of n with its 95 % interval, all within [0, 1]."""

    share: float
    low: float
    high: float
    n: int


def wilson(hits: int, n: int) -> Rate:
    """A share of n > 0 with Wilson's score interval (J. Am. Stat. Assoc. 22, 1927, 209)."""
    share, z2 = hits / n, Z_95**2
    middle, half = share + z2 / (2 * n), Z_95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = ((middle + sign * half) / (1 + z2 / n) for sign in (-1, 1))
    return Rate(share, max(low, 0.0), min(high, 1.0), n)


def mean_of(one: Rate, other: Rate) -> Rate:
    """The mean of two independent shares, their intervals combined (Zou and Donner, Stat. Med. 27, 2008, 1693)."""
    share = (one.share + other.share) / 2
    low = share - hypot(one.share - one.low, other.share - other.low) / 2
    high = share + hypot(one.high - one.share, other.high - other.share) / 2
    return Rate(share, low, high, one.n + other.n)


Is = Callable[[Seen], bool]
_NEGATIVE_RIGHT, _POSITIVE_RIGHT, _MEAN = "negative right", "positive right", "mean of both sides"
# The name of a rate, of which photos it is, and which of these it counts. "Called" is the side of the threshold, "told"
# what a person reads: a side only where one is named.
_RATES: Final[tuple[tuple[str, Is, Is], ...]] = (
    ("found", lambda s: s.photo.shows_one, lambda s: s.is_main),
    ("main face elsewhere", lambda s: s.photo.shows_one and s.box is not None, lambda s: not s.is_main),
    ("one told as several", lambda s: s.photo.shows_one and s.box is not None, lambda s: s.told == TOLD_SEVERAL),
    ("answered", lambda s: s.photo.shows_one, lambda s: s.told == ANSWERED),
    ("seen as covered", lambda s: bool(s.photo.shows_one and s.is_main and s.view), lambda s: s.view == "covered"),
    ("seen in profile", lambda s: bool(s.photo.shows_one and s.is_main and s.view), lambda s: s.view == "profile"),
    ("false faces", lambda s: s.photo.kind == NO_FACE, lambda s: s.box is not None),
    ("false faces, answered", lambda s: s.photo.kind == NO_FACE, lambda s: s.told == ANSWERED),
    ("groups told as groups", lambda s: s.photo.kind == SEVERAL, lambda s: s.told == TOLD_SEVERAL),
    (_NEGATIVE_RIGHT, lambda s: s.counts and s.is_negative, lambda s: s.negative),
    (_POSITIVE_RIGHT, lambda s: s.counts and not s.is_negative, lambda s: not s.negative),
    ("right", lambda s: s.counts, lambda s: s.negative == s.is_negative),
    ("right when named", lambda s: s.counts and s.named, lambda s: s.negative == s.is_negative),
    ("not sure", lambda s: s.counts, lambda s: not s.named),
    ("negative told positive", lambda s: s.counts and s.is_negative, lambda s: s.named and not s.negative),
    ("positive told negative", lambda s: s.counts and not s.is_negative, lambda s: s.named and s.negative),
    ("calm called negative", lambda s: s.counts and s.photo.label is Emotion.NEUTRAL, lambda s: s.negative),
    ("calm told negative", lambda s: s.counts and s.photo.label is Emotion.NEUTRAL, lambda s: s.named and s.negative),
    ("seven classes", lambda s: s.counts, lambda s: s.emotion is s.photo.label),
)
NAMES: Final = [name for rate in _RATES for name in (rate[0], *([_MEAN] if rate[0] == _POSITIVE_RIGHT else []))]
_WIDTH: Final = 36  # of a column, characters


def rates(seen: Sequence[Seen]) -> dict[str, Rate]:
    """Every rate by its name, in the order of NAMES, without those of no photo."""
    found: dict[str, Rate] = {}
    for name, of, is_hit in _RATES:
        counted = [is_hit(each) for each in seen if of(each)]
        if counted:
            found[name] = wilson(sum(counted), len(counted))
    if {_NEGATIVE_RIGHT, _POSITIVE_RIGHT} <= found.keys():
        found[_MEAN] = mean_of(found[_NEGATIVE_RIGHT], found[_POSITIVE_RIGHT])
    return {name: found[name] for name in NAMES if name in found}


def report(systems: Mapping[str, Sequence[Seen]]) -> str:
    """Systems side by side on the same photos: all of them, each kind, and of two those that both answered."""
    first = next(iter(systems.values()))
    kinds = sorted({each.photo.kind for each in first})
    parts = [("all photos", [True] * len(first))]
    parts += [(kind, [each.photo.kind == kind for each in first]) for kind in kinds]
    if len(systems) > 1:
        by_all = [all(each.told == ANSWERED for each in photo) for photo in zip(*systems.values(), strict=True)]
        parts.append(("answered by both", by_all))
    return "\n\n".join(
        _block(f"{title}, {sum(kept)}", {name: list(compress(seen, kept)) for name, seen in systems.items()})
        for title, kept in parts
    )


def _block(title: str, systems: Mapping[str, Sequence[Seen]]) -> str:
    columns = {system: rates(seen) for system, seen in systems.items()}
    heads = [title.ljust(26) + "".join(system.rjust(_WIDTH) for system in systems)]
    cells = {name: [_cell(column.get(name)) for column in columns.values()] for name in NAMES}
    lines = [f"  {name:24}" + "".join(cells[name]) for name in NAMES if any(name in each for each in columns.values())]
    told = {system: Counter(each.told for each in seen).most_common() for system, seen in systems.items()}
    lines += [f"  told by {system}: " + ", ".join(f"{key} {n}" for key, n in each) for system, each in told.items()]
    return "\n".join([*heads, *lines])


def _cell(rate: Rate | None) -> str:
    if rate is None:
        return "-".rjust(_WIDTH)
    low, share, high = (f"{100 * part:.1f}" for part in (rate.low, rate.share, rate.high))
    return f"{share} % [{low:>5}, {high:>5}] n ={rate.n:5}".rjust(_WIDTH)


def _holds(box: Box, other: Box) -> bool:
    """Whether the middle of the other box is in this one."""
    x, y = other[0] + other[2] / 2, other[1] + other[3] / 2
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]
