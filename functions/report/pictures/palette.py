"""The pictures' colours, light and dark, one for each band, told apart by people who do not see red or green.

The hues follow Okabe and Ito, "Color Universal Design" (2008): bluish green for calm, orange for raised, vermillion for
high, blue for the line. More strain stands out more: darker on light, brighter on dark. Every mark reaches WCAG 2.2's
3:1 against what may lie behind it (success criterion 1.4.11). Three colours that are also 3:1 from one another would
take 27:1, more than a screen has: so each picture shows a band by height or size, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from burnout.values import Band, Theme


@dataclass(frozen=True)
class Palette:
    """One theme's colours, "#RRGGBB"."""

    surface: str
    ink: str  # words that are read first
    quiet: str  # words and thin lines that are read later
    line: str
    grounds: Mapping[Band, str]  # behind the course
    bands: Mapping[Band, str]  # a day
    numbers: Mapping[Band, str]  # written on a day


PALETTES: Final[Mapping[Theme, Palette]] = {
    "light": Palette(
        surface="#FFFFFF",
        ink="#1B2733",
        quiet="#5B6770",
        line="#0072B2",
        grounds={"calm": "#EBF7F3", "raised": "#FCF4E1", "high": "#FBE9E1"},
        bands={"calm": "#2F9587", "raised": "#B06000", "high": "#861616"},
        numbers={"calm": "#0B1218", "raised": "#FFFFFF", "high": "#FFFFFF"},
    ),
    "dark": Palette(
        surface="#17212B",  # Telegram's own night ground
        ink="#F2F5F7",
        quiet="#A3B1BD",
        line="#7CC6F2",
        grounds={"calm": "#1A2D33", "raised": "#322F25", "high": "#3B2729"},
        bands={"calm": "#23827A", "raised": "#B97A12", "high": "#FF8260"},
        numbers={"calm": "#FFFFFF", "raised": "#0B1218", "high": "#0B1218"},
    ),
}
