"""The charts' colours, light and dark, told apart by people who do not see red or green.

The hues are those of Okabe and Ito, "Color Universal Design" (2008): bluish green for calm, orange for raised,
vermillion for high, blue for the level. Lightness is shifted so that every mark reaches WCAG 2.2's 3:1 against its
surface (success criterion 1.4.11) and the load's steps differ in lightness as well as in hue; the tests measure both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from burnout.values import Band, Theme
from functions.report.strain import HIGH_FROM, RAISED_FROM

# Where the next step of the load's colours begins, of 100: both bands' beginnings, and the outer bands' middles.
_STEP_BOUNDS: Final = (RAISED_FROM / 2, RAISED_FROM, HIGH_FROM, (HIGH_FROM + 100) / 2)
BAND_STEPS: Final[Mapping[Band, slice]] = {"calm": slice(0, 2), "raised": slice(2, 3), "high": slice(3, 5)}


@dataclass(frozen=True)
class Palette:
    """One theme's colours, "#RRGGBB"."""

    surface: str
    ink: str  # words that are read first
    quiet: str  # words that are read later
    outline: str  # frames around nothing
    level: str
    points: str
    bands: Mapping[Band, str]  # soft grounds behind the course
    steps: tuple[str, str, str, str, str]  # the load, from calm to strained
    numbers: tuple[str, str, str, str, str]  # words written on each of them

    def step(self, load: float) -> str:
        """The colour of a load in [0, 1]."""
        return self.steps[_step_of(load)]

    def number(self, load: float) -> str:
        """The colour of words written on that load's colour."""
        return self.numbers[_step_of(load)]


def _step_of(load: float) -> int:
    return sum(100 * load >= bound for bound in _STEP_BOUNDS)


PALETTES: Final[Mapping[Theme, Palette]] = {
    "light": Palette(
        surface="#FFFFFF",
        ink="#1B2733",
        quiet="#5B6770",
        outline="#87919A",
        level="#0072B2",
        points="#4A545C",
        bands={"calm": "#E6F4F0", "raised": "#FBF0D9", "high": "#F9E0D5"},
        steps=("#31A385", "#008079", "#C17501", "#AD3A00", "#6F0D13"),
        numbers=("#0B1218", "#FFFFFF", "#0B1218", "#FFFFFF", "#FFFFFF"),
    ),
    "dark": Palette(
        surface="#17212B",  # Telegram's own night ground
        ink="#F2F5F7",
        quiet="#A3B1BD",
        outline="#6F7D8A",
        level="#56B4E9",
        points="#DDE3E8",
        bands={"calm": "#1B3436", "raised": "#3E3C24", "high": "#452620"},
        steps=("#147874", "#269B7E", "#DA942C", "#FEAB71", "#FED9BC"),
        numbers=("#FFFFFF", "#0B1218", "#0B1218", "#0B1218", "#0B1218"),
    ),
}
