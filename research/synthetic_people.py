"""Synthetic people for the simulations: a latent load, and the check-ins, energy and answers that it leads to."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from burnout.schedule import iso_week
from burnout.store.people import Settings
from burnout.store.reports import Course, CourseCheckIn, CourseDay, WeeklyAnswer

ZONE: Final = ZoneInfo("Etc/UTC")
FIRST_DAY: Final = date(2026, 1, 5)
GROUPS: Final[Mapping[str, float]] = {"calm": 0.10, "typical": 0.25, "strained": 0.50, "burning": 0.70}  # latent load
AUTOCORRELATION: Final = 0.5  # of the latent load from day to day
LOAD_DEVIATION: Final = 0.12  # of the latent load around its mean
OBSERVED: Final = 0.60  # of the days have a check-in, unless a table says otherwise
CLASSIFIER_ACCURACY: Final = 0.85
RATING_NOISE: Final = 0.6  # standard deviation, in steps of the rating and of the weekly answer
ANSWERED_DAYS: Final = 7  # that the weekly answer is about
USUAL_DAYS: Final = 7  # at the beginning, whose mean load is the person's usual
RATED: Final = 0.5  # of the check-ins have a rating, unless a table says otherwise


@dataclass(frozen=True)
class Habits:
    """What people do beside sending photos. Shares lie in [0, 1]."""

    observed: float = OBSERVED  # of the days have a check-in
    rated: float = RATED  # of the photos have a self-rating
    photographed: float = 1.0  # of the check-ins have a photo; the others are a rating alone
    corrected: float = 0.0  # of the model's wrong answers are corrected
    correction: float = 0.9  # P(negative) of an expression that is corrected to a negative one
    # Of the energy, told on each day with a check-in, with the load around the person's usual; None: it is not told.
    energy_correlation: float | None = None


USUAL: Final = Habits()
HABITS: Final[Mapping[str, Habits]] = {
    "photos, none rated": Habits(rated=0.0),
    "photos, half rated": USUAL,
    "photos, all rated": Habits(rated=1.0),
    "photos, half rated, energy 0.7": Habits(energy_correlation=0.7),
    "half photos, half taps": Habits(photographed=0.5),
    "taps": Habits(photographed=0.0),
    "taps, energy 0.7": Habits(photographed=0.0, energy_correlation=0.7),
    "taps, energy 1.0": Habits(photographed=0.0, energy_correlation=1.0),
}


def arguments_of(says: str | None, argv: Sequence[str] | None, times: int) -> argparse.Namespace:
    """What a simulation is asked for: by how many people, or whole pilots, each number is made; and the seed."""
    parser = argparse.ArgumentParser(description=says, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=times, help="made up for each number (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(argv)


def latent_loads(mean: float, days: int, rng: Generator) -> NDArray[np.float64]:
    """The true load of each day, (days,), in [0, 1]: an AR(1) course around `mean`."""
    return np.clip(mean + _offsets(days, rng), 0, 1)


def check_ins(latent: NDArray[np.float64], habits: Habits, rng: Generator) -> tuple[CourseCheckIn, ...]:
    """One check-in on each observed day, at noon.

    The load is the chance that a face looks negative. The classifier is right as often as its
    accuracy says, and gives just that as its probability.
    """
    days = len(latent)
    seen, is_rated = rng.random(days) < habits.observed, rng.random(days) < habits.rated
    looks_negative = rng.random(days) < latent
    said_negative = looks_negative == (rng.random(days) < CLASSIFIER_ACCURACY)
    rating = _in_five_steps(5 - 4 * latent, rng)
    # Drawn last and only where it matters, so that the other tables keep their people.
    is_photo = rng.random(days) < habits.photographed if habits.photographed < 1 else np.ones(days, bool)
    is_corrected = (said_negative != looks_negative) & (
        rng.random(days) < habits.corrected if habits.corrected else False
    )
    negative = np.where(said_negative, CLASSIFIER_ACCURACY, 1 - CLASSIFIER_ACCURACY)
    negative = np.where(is_corrected, np.where(looks_negative, habits.correction, 1 - habits.correction), negative)
    return tuple(
        CourseCheckIn(
            observed_at_utc=noon_of(day),
            negative=float(negative[day]) if is_photo[day] else None,
            rating=int(rating[day]) if is_rated[day] or not is_photo[day] else None,
            corrected=bool(is_corrected[day] and is_photo[day]),
        )
        for day in np.flatnonzero(seen).tolist()
    )


def course(latent: NDArray[np.float64], rng: Generator, *, habits: Habits = USUAL, answers: bool = True) -> Course:
    """The course of a person with these loads; with `answers` the last day answers the weekly question."""
    answer = int(_in_five_steps(1 + 4 * latent[-ANSWERED_DAYS:].mean(keepdims=True), rng)[0])
    at_utc = noon_of(len(latent) - 1)
    weekly = (WeeklyAnswer(week=iso_week(at_utc.date()), answered_at_utc=at_utc, answer=answer),) if answers else ()
    seen = check_ins(latent, habits, rng)
    return Course(
        pseudonym="synthetic",
        settings=Settings(language="en"),
        check_ins=seen,
        weekly=weekly,
        last_report=None,
        days=_energies(latent, seen, habits.energy_correlation, rng),
    )


def _offsets(days: int, rng: Generator) -> NDArray[np.float64]:
    """Of the load from its mean: AR(1)."""
    shocks = rng.normal(0, LOAD_DEVIATION * np.sqrt(1 - AUTOCORRELATION**2), days)
    offsets = np.empty(days)
    offset = rng.normal(0, LOAD_DEVIATION)
    for i, shock in enumerate(shocks):
        offsets[i] = offset
        offset = AUTOCORRELATION * offset + shock
    return offsets


def _energies(
    latent: NDArray[np.float64], seen: Sequence[CourseCheckIn], correlation: float | None, rng: Generator
) -> tuple[CourseDay, ...]:
    """A load of its own that follows the latent one, rises included, as far as the correlation says."""
    if correlation is None:
        return ()
    usual = latent[:USUAL_DAYS].mean()
    load = usual + correlation * (latent - usual) + np.sqrt(1 - correlation**2) * _offsets(len(latent), rng)
    energy = _in_five_steps(5 - 4 * np.clip(load, 0, 1), rng)
    days = ((each.observed_at_utc.date() - FIRST_DAY).days for each in seen)
    return tuple(
        CourseDay(day=f"{FIRST_DAY + timedelta(days=day)}", energy=int(energy[day]), sleep=None, factors=())
        for day in days
    )


def _in_five_steps(values: NDArray[np.float64], rng: Generator) -> NDArray[np.float64]:
    return np.clip(np.round(values + rng.normal(0, RATING_NOISE, len(values))), 1, 5)


def noon_of(days: int) -> datetime:
    """The moment, so many days after the first."""
    day = FIRST_DAY + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
