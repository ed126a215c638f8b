"""A blank picture and what is drawn on it: words, marks, lines, boxes. It knows nothing of days and loads.

Coordinates and sizes are pixels, from the top left corner; what is drawn later lies above. matplotlib's figures are
used without pyplot and without its settings, so that nothing is shared between two pictures drawn at the same time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from functions.report.pictures.palette import Palette

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom
Align = Literal["left", "center", "right"]

WIDTH_PX: Final = 1080  # Telegram shows a photo about 380 points wide, at two or three pixels a point
EDGE_PX: Final = 40  # from the left edge to where words begin

_DPI: Final = 72  # at 72 dots an inch a point is a pixel: font sizes and widths need no conversion
_FAMILY: Final = "DejaVu Sans"  # comes with matplotlib and has Cyrillic
_LAYER: Final = 2  # one for everything, or matplotlib would draw by kind and not in order


@dataclass(frozen=True)
class Font:
    """The typography of words."""

    size_px: float
    color: str
    bold: bool = False


class Page:
    """A picture in the making, `WIDTH_PX` wide."""

    def __init__(self, height_px: int, palette: Palette) -> None:
        self._palette = palette
        self._figure = Figure(figsize=(WIDTH_PX / _DPI, height_px / _DPI), dpi=_DPI, facecolor=palette.surface)
        FigureCanvasAgg(self._figure)  # ties itself to the figure
        self._axes = self._figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH_PX), ylim=(height_px, 0))
        self._axes.set_axis_off()

    def head(self, title: str, scale: str) -> None:
        """The picture's title, and below it what its numbers mean."""
        self.write((EDGE_PX, 52), title, Font(46, self._palette.ink, bold=True))
        self.write((EDGE_PX, 104), scale, Font(30, self._palette.quiet))

    def write(self, at: Point, words: str, font: Font, *, align: Align = "left") -> float:
        """Words, centred vertically on a point. Returns their width in pixels."""
        artist = self._axes.text(
            *at, words, fontsize=font.size_px, color=font.color, ha=align, va="center_baseline",
            family=_FAMILY, weight="bold" if font.bold else "normal", parse_math=False, zorder=_LAYER,
        )  # fmt: skip
        return float(artist.get_window_extent().width)

    def mark(self, at: Sequence[Point], shape: str, size_px: float, color: str, *, hollow: bool) -> None:
        """The same mark at every point, one of matplotlib's marker shapes. The surface outlines it or fills it."""
        surface = self._palette.surface
        face, edge = (surface, color) if hollow else (color, surface)
        xs, ys = [x for x, _ in at], [y for _, y in at]
        marks = Line2D(xs, ys, ls="", marker=shape, ms=size_px, mfc=face, mec=edge, mew=max(1.0, size_px / 7))
        marks.set_zorder(_LAYER)
        self._axes.add_line(marks)

    def lines(self, paths: Sequence[Sequence[Point]], width_px: float, color: str, *, dashed: bool = False) -> None:
        """Lines along the paths, with round ends."""
        style = (0, (3, 3)) if dashed else "solid"
        lines = LineCollection(paths, linewidths=width_px, colors=color, linestyles=[style], zorder=_LAYER)
        lines.set_capstyle("butt" if dashed else "round")
        lines.set_joinstyle("round")
        self._axes.add_collection(lines, autolim=False)

    def boxes(self, boxes: Sequence[Box], fills: Sequence[str], *, round_px: float = 0) -> None:
        """Boxes in their colours, with corners rounded by half of `round_px`."""
        inset = round_px / 2  # an outline of the same colour rounds the corners, and must not make the box larger
        self._add(_outlines(boxes, inset), fills, fills, round_px)

    def frames(self, boxes: Sequence[Box], width_px: float, color: str) -> None:
        """Empty frames, within their boxes."""
        self._add(_outlines(boxes, width_px / 2), "none", color, width_px)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        file = BytesIO()
        self._figure.savefig(file, format="png", dpi=_DPI)
        return file.getvalue()

    def _add(
        self, outlines: list[list[Point]], fills: str | Sequence[str], edges: str | Sequence[str], width_px: float
    ) -> None:
        polygons = PolyCollection(
            outlines, facecolors=fills, edgecolors=edges, linewidths=width_px, joinstyle="round", zorder=_LAYER
        )
        self._axes.add_collection(polygons, autolim=False)


def _outlines(boxes: Sequence[Box], inset: float) -> list[list[Point]]:
    inner = [(x0 + inset, y0 + inset, x1 - inset, y1 - inset) for x0, y0, x1, y1 in boxes]
    return [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)] for x0, y0, x1, y1 in inner]
