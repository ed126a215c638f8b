"""Simulated people whose truth is known: check-ins as the export gives them, without a database."""

import numpy as np

from burnout.emotions import Emotion
from burnout.inference import Prediction
from research.pilot_export import Trial


def prediction(negative, *, sure=True):
    emotions = dict.fromkeys(Emotion, 0.0) | {Emotion.SAD: negative, Emotion.HAPPY: 1 - negative}
    return Prediction(
        negative=negative, label="negative" if negative >= 0.5 else "positive", emotions=emotions, sure=sure
    )


def trial(person=0, *, mvp=0.8, baseline=0.8, **changes):
    """A check-in that both models call negative, and about which the person said nothing."""
    models = {name: prediction(p) for name, p in (("mvp", mvp), ("baseline", baseline)) if p is not None}
    fields = {
        "shown_model": "mvp",
        "assigned": True,
        "agrees": None,
        "corrected": None,
        "rating": None,
        "blind_rating": None,
    }
    return Trial(person=person, **{"models": models} | fields | changes)


def pilot(people, each, seed, *, mvp=0.8, baseline=0.6, clustered=0.0):
    """Check-ins with a correction and a blind rating that tell the truth; models are right with these chances.

    In that share of people who are `clustered`, mvp is always right or always wrong. Half are shown baseline.
    """
    dice = np.random.default_rng(seed)
    trials = []
    for person in range(people):
        alike = dice.random() < clustered
        lucky = dice.random() < mvp
        for _ in range(each):
            negative = bool(dice.random() < 0.5)
            right = {"mvp": lucky if alike else dice.random() < mvp, "baseline": dice.random() < baseline}
            says = {name: 0.5 + 0.4 * (1 if is_right == negative else -1) for name, is_right in right.items()}
            shown = "baseline" if person % 2 else "mvp"
            corrected = None if right[shown] else Emotion.SAD if negative else Emotion.HAPPY
            rating = int(dice.integers(1, 3)) if negative else int(dice.integers(4, 6))
            trials.append(
                trial(
                    person,
                    **says,
                    shown_model=shown,
                    agrees=int(right[shown]),
                    corrected=corrected,
                    rating=rating,
                    blind_rating=rating,
                )
            )
    return trials


def pilot_with_a_band():
    """20 check-ins of each of 200 people, whose ratings tell the truth, blind or not: the answer influences nobody.

    mvp, which is shown, is not sure of 30 % of the photos and right in half of those; of the others it is right in
    90 %. baseline is right in 70 % of all. Half are asked first by assignment, and all of which mvp is not sure.
    """
    dice = np.random.default_rng(6)
    trials = []
    for number in range(200 * 20):
        negative, sure, assigned = dice.random() < 0.5, dice.random() >= 0.3, bool(dice.random() < 0.5)
        mvp_right, baseline_right = dice.random() < (0.9 if sure else 0.5), dice.random() < 0.7
        distance = 0.4 if sure else 0.05
        models = {
            "mvp": prediction(0.5 + distance * (1 if mvp_right == negative else -1), sure=bool(sure)),
            "baseline": prediction(0.5 + 0.4 * (1 if baseline_right == negative else -1)),
        }
        rating = int(dice.integers(1, 3)) if negative else int(dice.integers(4, 6))
        blind = rating if assigned or not sure else None
        trials.append(trial(number % 200, models=models, assigned=assigned, rating=rating, blind_rating=blind))
    return trials
