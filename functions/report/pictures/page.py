"""A blank picture and what is drawn on it: words, marks, lines, boxes. It knows nothing of days and strain.

Coordinates and sizes are pixels, from the top left corner; what is drawn later lies above. matplotlib's figures are
used without pyplot and without its settings, so that nothing is shared between two pictures drawn at the same time.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from functions.report.pictures.palette import Palette

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom
Align = Literal["left", "center", "right"]

WIDTH_PX: Final = 1080  # Telegram shows a photo about 360 points wide, at two or three pixels a point
EDGE_PX: Final = 40  # from the left edge to where words begin

_WORDS_PX: Final = 32  # eleven points on a phone
_TITLE_PX: Final = 50
_DPI: Final = 72  # at 72 dots an inch a point is a pixel: font sizes and widths need no conversion
_FAMILY: Final = "DejaVu Sans"  # comes with matplotlib and has Cyrillic
_LAYER: Final = 2  # one for everything, or matplotlib would draw by kind and not in order


class Page:
    """A picture in the making, `WIDTH_PX` wide. `axes` holds what was drawn.

    It may be a part of another figure: then `axes` are that part, and `scale` is its width in points of `WIDTH_PX`.
    """

    def __init__(self, height_px: int, palette: Palette, *, axes: Axes | None = None, scale: float = 1.0) -> None:
        self.palette = palette
        self.axes = axes or _blank(height_px, palette)
        self.axes.set(xlim=(0, WIDTH_PX), ylim=(height_px, 0))
        self.axes.set_axis_off()
        self._scale = scale

    def head(self, title: str, scale: str) -> None:
        """The picture's title, and below it what is shown."""
        self.title((EDGE_PX, 54), title)
        self.write((EDGE_PX, 112), scale, self.palette.quiet)

    def title(self, at: Point, words: str, *, align: Align = "left") -> float:
        """Words in the size of a title, centred vertically on a point. Returns their width in pixels."""
        return self._text(at, words, color=self.palette.ink, ha=align, fontsize=_TITLE_PX, weight="bold")

    def write(self, at: Point, words: str, color: str, *, align: Align = "left") -> float:
        """Words, centred vertically on a point. Returns their width in pixels."""
        return self._text(at, words, color=color, ha=align, fontsize=_WORDS_PX)

    def dots(self, at: Sequence[Point], size_px: float, color: str) -> None:
        """The same dot at every point, with a rim of the surface."""
        xs, ys = [x for x, _ in at], [y for _, y in at]
        size, rim = size_px * self._scale, max(1.0, size_px / 9) * self._scale
        dots = Line2D(xs, ys, ls="", marker="o", ms=size, mfc=color, mec=self.palette.surface, mew=rim, zorder=_LAYER)
        self.axes.add_line(dots)

    def lines(self, paths: Sequence[Sequence[Point]], width_px: float, color: str, *, dashed: bool = False) -> None:
        """Lines along the paths, with round ends."""
        style = (0, (3, 3)) if dashed else "solid"
        lines = LineCollection(
            paths, linewidths=width_px * self._scale, colors=color, linestyles=[style], zorder=_LAYER
        )
        lines.set_capstyle("butt" if dashed else "round")
        lines.set_joinstyle("round")
        self.axes.add_collection(lines, autolim=False)

    def boxes(self, boxes: Sequence[Box], fills: Sequence[str], *, round_px: float = 0) -> None:
        """Boxes in their colours, with corners rounded by half of `round_px`."""
        inset = round_px / 2  # an outline of the same colour rounds the corners, and must not make the box larger
        inner = [(x0 + inset, y0 + inset, x1 - inset, y1 - inset) for x0, y0, x1, y1 in boxes]
        outlines = [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)] for x0, y0, x1, y1 in inner]
        polygons = PolyCollection(
            outlines,
            facecolors=fills,
            edgecolors=fills,
            linewidths=round_px * self._scale,
            joinstyle="round",
            zorder=_LAYER,
        )
        self.axes.add_collection(polygons, autolim=False)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        file = BytesIO()
        self.axes.figure.canvas.print_figure(file, format="png", dpi=_DPI)
        return file.getvalue()

    def _text(self, at: Point, words: str, **style: Any) -> float:
        style |= {"va": "center_baseline", "family": _FAMILY, "parse_math": False, "zorder": _LAYER}
        style["fontsize"] *= self._scale
        extent = self.axes.text(*at, words, **style).get_window_extent()
        return float(extent.transformed(self.axes.transData.inverted()).width)


def _blank(height_px: int, palette: Palette) -> Axes:
    figure = Figure(figsize=(WIDTH_PX / _DPI, height_px / _DPI), dpi=_DPI, facecolor=palette.surface)
    FigureCanvasAgg(figure)  # ties itself to the figure
    return figure.add_axes((0, 0, 1, 1))
