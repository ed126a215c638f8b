"""A sheet of A4 for print: words that wrap, thin lines, and pictures on parts of it. It becomes a PDF in memory.

Points from the top left corner. What was drawn stays lines and letters: sharp in print, and the words can be selected.
"""

from bisect import bisect_right
from collections.abc import Iterator
from io import BytesIO
from typing import Final, NamedTuple

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from functions.report.pictures.page import WIDTH_PX, Page, Point
from functions.report.pictures.palette import PALETTES

WIDTH_PT: Final = 210 / 25.4 * 72
HEIGHT_PT: Final = 297 / 25.4 * 72
EDGE_PT: Final = 40.0  # what printers leave free, and a hole punch

_FAMILY: Final = "DejaVu Sans"  # comes with matplotlib and has Cyrillic
_ASCENT: Final = 1.05  # from the top of a line to what its letters stand on, of the font's size
_LEADING: Final = 1.35  # from one line to the next, of the font's size
_DPI: Final = 288  # only for measuring words: at 72 each letter's width would be rounded

# The letters as TrueType, of which a reader can copy and search words. For the whole process and set once: a setting
# for a while would be seen by other threads.
matplotlib.rcParams["pdf.fonttype"] = 42


class Style(NamedTuple):
    """How words look; the size is in points."""

    size: float = 9
    bold: bool = False
    quiet: bool = False


class Sheet:
    """The sheet in the making."""

    def __init__(self) -> None:
        self.palette = PALETTES["light"]
        self._figure = Figure(figsize=(WIDTH_PT / 72, HEIGHT_PT / 72), dpi=_DPI, facecolor=self.palette.surface)
        FigureCanvasAgg(self._figure)  # ties itself to the figure
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, WIDTH_PT), ylim=(HEIGHT_PT, 0))
        self._axes.set_axis_off()
        self._widths: dict[tuple[str, Style], float] = {}

    def write(self, at: Point, words: str, style: Style) -> float:
        """A line of words below and right of a point. Returns its width."""
        x, y = at
        drawn = self._axes.text(
            x,
            y + _ASCENT * style.size,
            words,
            color=self.palette.quiet if style.quiet else self.palette.ink,
            weight="bold" if style.bold else "normal",
            fontsize=style.size,
            va="baseline",
            family=_FAMILY,
            parse_math=False,
        )
        return float(drawn.get_window_extent().width) / _DPI * 72

    def paragraph(self, at: Point, width: float, words: str, style: Style) -> float:
        """Words in lines no wider than `width`. Returns where the next paragraph begins."""
        x, y = at
        for line in self._wrapped(words, width, style):
            self.write((x, y), line, style)
            y += style.size * _LEADING
        return y

    def rule(self, at: Point, width: float) -> None:
        """A thin line across."""
        x, y = at
        self._axes.plot([x, x + width], [y, y], color=self.palette.quiet, linewidth=0.5)

    def part(self, at: Point, width: float, height_px: int) -> tuple[Page, float]:
        """A part of the sheet for a picture so high, and where it ends."""
        (x, y), scale = at, width / WIDTH_PX
        height = height_px * scale
        place = (x / WIDTH_PT, 1 - (y + height) / HEIGHT_PT, width / WIDTH_PT, height / HEIGHT_PT)
        return Page(height_px, self.palette, axes=self._figure.add_axes(place), scale=scale), y + height

    def pdf(self, title: str) -> bytes:
        """The sheet as a PDF file of one page. The file's properties have this title, and no date and no author."""
        file = BytesIO()
        properties = {"Title": title, "CreationDate": None}
        self._figure.canvas.print_figure(file, format="pdf", facecolor=self.palette.surface, metadata=properties)
        return file.getvalue()

    def _wrapped(self, words: str, width: float, style: Style) -> Iterator[str]:
        """The lines; a word that is longer than a line is broken."""
        line, used, space = "", 0.0, self._width("n n", style) - self._width("nn", style)
        for word in words.split():
            for piece in self._pieces(word, width, style):
                needed = self._width(piece, style)
                if line and used + space + needed > width:
                    yield line
                    line, used = "", 0.0
                line, used = (f"{line} {piece}", used + space + needed) if line else (piece, needed)
        yield line

    def _pieces(self, word: str, width: float, style: Style) -> Iterator[str]:
        """The word, or parts of it that are no longer than a line."""
        while self._width(word, style) > width:
            beginnings = [word[:letters] for letters in range(1, len(word))]
            fits = bisect_right(beginnings, width, key=lambda beginning: self._width(beginning, style))
            yield word[:fits]
            word = word[fits:]
        yield word

    def _width(self, words: str, style: Style) -> float:
        if (words, style) not in self._widths:
            self._widths[words, style] = self.write((0, 0), words, style)
            self._axes.texts[-1].remove()
        return self._widths[words, style]
