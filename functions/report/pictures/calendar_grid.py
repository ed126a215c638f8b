"""Where a calendar's boxes lie: weeks as rows of large boxes while they are few, as columns of small ones after that.

Pure: dates in, pixels out. Weeks begin on Monday, as ISO 8601 has it and both languages' readers expect.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from burnout.schedule import WEEK_DAYS

TOP_PX: Final = 214  # where the first boxes begin, below the title and a row of names
STRIP_GAP_PX: Final = 76  # between two strips of columns lies a row of months
_RIGHT_PX: Final = 1040
_FEW_WEEKS: Final = 9  # with this many rows the picture is no higher than a phone
_STRIP_WEEKS: Final = 20  # with more, a month's name would be longer than its columns
_NAME_WEEKS: Final = 4  # columns that a month's name with its year needs


@dataclass(frozen=True)
class Grid:
    """The boxes of some weeks. `large`: weeks are rows; otherwise columns, `strip_weeks` of them side by side."""

    first_monday: date
    weeks: int
    large: bool
    left_px: int
    across_px: int  # from one box to the next
    down_px: int
    gap_px: int
    strip_weeks: int

    @property
    def days(self) -> list[date]:
        """All days of its weeks."""
        return [self.first_monday + timedelta(days=after) for after in range(WEEK_DAYS * self.weeks)]

    def box(self, day: date) -> tuple[float, float, float, float]:
        """A day's box: left, top, right, bottom."""
        week, weekday = divmod((day - self.first_monday).days, WEEK_DAYS)
        strip, place = divmod(week, self.strip_weeks)
        column, row = (weekday, place) if self.large else (place, weekday)
        x = self.left_px + column * self.across_px
        y = TOP_PX + row * self.down_px + strip * (WEEK_DAYS * self.down_px + STRIP_GAP_PX)
        return x, y, x + self.across_px - self.gap_px, y + self.down_px - self.gap_px

    @property
    def bottom_px(self) -> int:
        """Where the lowest row of boxes ends."""
        if self.large:
            return TOP_PX + self.weeks * self.down_px
        strips = -(-self.weeks // self.strip_weeks)
        return TOP_PX + strips * (WEEK_DAYS * self.down_px + STRIP_GAP_PX) - STRIP_GAP_PX

    def strip(self, monday: date) -> int:
        """Which strip a week lies in, from the top."""
        return (monday - self.first_monday).days // WEEK_DAYS // self.strip_weeks


def grid_of(first_day: date, last_day: date) -> Grid:
    """The grid that holds two days and all between them."""
    first_monday = first_day - timedelta(days=first_day.weekday())
    weeks = (last_day - first_monday).days // WEEK_DAYS + 1
    if weeks <= _FEW_WEEKS:
        return Grid(first_monday, weeks, True, left_px=150, across_px=127, down_px=96, gap_px=12, strip_weeks=weeks)
    strips = -(-weeks // _STRIP_WEEKS)
    strip_weeks = -(-weeks // strips)
    pitch_px = min(84, (_RIGHT_PX - 110) // strip_weeks)
    return Grid(first_monday, weeks, False, 110, pitch_px, pitch_px, 4 + pitch_px // 12, strip_weeks)


def month_names(grid: Grid, first_day: date) -> list[tuple[date, date]]:
    """The weeks above which a month's name stands, by their Mondays, each with a day of that month.

    Those are the first week of each month and the first of each strip. A strip's first week has no name where the next
    name in the strip would touch it.
    """
    named: list[tuple[date, date]] = []
    previous = None
    for week in range(grid.weeks):
        monday = grid.first_monday + timedelta(weeks=week)
        day = max(monday, first_day)
        here = (grid.strip(monday), day.year, day.month)
        if here != previous:
            named.append((monday, day))
        previous = here
    return named if grid.large else [names for names in named if not _is_crowded(names[0], named, grid)]


def _is_crowded(monday: date, named: list[tuple[date, date]], grid: Grid) -> bool:
    return any(
        0 < (other - monday).days < _NAME_WEEKS * WEEK_DAYS and grid.strip(other) == grid.strip(monday)
        for other, _ in named
    )
