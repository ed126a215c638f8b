"""python -m research.pilot --db FOLDER [--latency-ms mvp=MS,baseline=MS]

Whether the pilot's criteria are met, one line for each: met, not met, or about how many more answers it needs. FOLDER
is an export: copies of the store's SQLite files. Latency is not in the store; give what the bench measured, per photo.

No criterion is met, or missed, with fewer than 10 people: answers of one person resemble each other, so their number
alone says too little. Every interval but McNemar's p has people as clusters. "About N more" keeps the answers
per person as they are. 👍 and corrections follow a model's answer that the person has seen, so they favour the
shown model, and only people who answer at all are in them; blind ratings do not have the first of these faults.

Half of the check-ins are rated blind by assignment: "blind ratings" are theirs, whatever the photo showed, so they
represent all check-ins. Where the shown model was not sure, no side was named and the rating was asked for first
without an assignment; with all of those, hard photos would count twice. Nor is there a 👍, or a rating after an answer:
"blind ratings, a side named" are what ratings after the answer may be compared with.

"Index with the inventory" is about the strain index and the Copenhagen Burnout Inventory (docs/inventory.md), of those
who answered /check; `research.inventory_sample` says how many people that takes.
"""

import argparse
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from typing import Final

import numpy as np

from burnout.inference import BASELINE, MVP
from research.pilot_criteria import Criterion, correlated, verdict
from research.pilot_export import Export, ExportError, Trial, read_export
from research.pilot_inventory import Pair, agreement, pairs
from research.pilot_statistics import (
    Floats,
    People,
    answers_for_difference,
    answers_for_share,
    design_effect,
    mcnemar,
    mean_interval,
    wilson,
)

LIKED: Final = 0.70  # 👍: the least share, by the lower end of Wilson's interval
CLEARLY: Final = 0.01  # a share nearer than this to the least one is not worth proving
LIKED_PLANNED: Final = 0.80  # the share that the pilot is planned for
GAIN: Final = 0.10  # mvp's accuracy above baseline's, relative
PLANNED: Final = (0.60, 0.66)  # accuracy of baseline and mvp, until enough answers say otherwise
ENOUGH_TO_PLAN: Final = 30  # answers, from which on the pilot's own shares replace the planned ones
FASTER: Final = 0.05  # mvp's milliseconds below baseline's, relative
ONE_MODEL: Final = "only one model is stored"

Truth = Callable[[Trial], bool | None]
Rated = Callable[[Trial], int | None]


def liked(trials: Sequence[Trial], model: str) -> Criterion:
    """Whether at least 70 % of the answers to what `model` said are 👍, by the lower end of Wilson's interval."""
    answers = [trial for trial in trials if trial.shown_model == model and trial.agrees is not None]
    values, people = np.array([float(trial.agrees == 1) for trial in answers]), _people(answers)
    n, persons = len(answers), len(np.unique(people))
    name = f"share of 👍, {model} shown"
    if not n:
        needed = answers_for_share(LIKED_PLANNED, LIKED)
        return Criterion(name, verdict(n=0, needed=needed, people=0), "no answers")
    share, effect = float(values.mean()), design_effect(values, people)
    seen = wilson(share, n / effect)
    above = share >= LIKED + CLEARLY  # then as many as its own distance needs, else as many as the planned share does
    needed = effect * answers_for_share(share if above else LIKED_PLANNED, LIKED)
    met, missed = seen.low >= LIKED, seen.high < LIKED
    words = verdict(met=met, missed=missed, n=n, needed=max(needed, n + 1) if above else needed, people=persons)
    return Criterion(
        name,
        words,
        f"{share:.1%} of {n} answers of {persons} people; Wilson's lower bound {seen.low:.1%} at an effective"
        f" {n / effect:.0f}, {wilson(share, n).low:.1%} were every answer another person's; wanted {LIKED:.0%}",
    )


def compared(name: str, trials: Sequence[Trial], truth: Truth) -> Criterion:
    """Whether mvp is right more often than baseline, on the same answers, by at least 10 % of baseline's accuracy.

    That is: seen so, with McNemar's exact p below 5 % and the clustered interval of the difference above 0.
    """
    known = [(trial, said) for trial in trials if (said := truth(trial)) is not None]
    both = [(trial, said) for trial, said in known if _read_by_both(trial)]
    if trials and not any(map(_read_by_both, trials)):
        return Criterion(name, ONE_MODEL, _accuracies(known))
    if not both:
        needed = _answers_to_compare(0, 0, 0)
        return Criterion(name, verdict(n=0, needed=needed, people=0), "no answers")
    people = _people([trial for trial, _ in both])
    return _compared(name, _right(both, MVP), _right(both, BASELINE), people)


def _compared(name: str, mvp: Floats, baseline: Floats, people: People) -> Criterion:
    n, persons = len(mvp), len(np.unique(people))
    better, worse = int(np.sum(mvp > baseline)), int(np.sum(mvp < baseline))
    p, difference = mcnemar(better, worse), float((mvp - baseline).mean())
    seen, wanted = mean_interval(mvp - baseline, people), GAIN * float(baseline.mean())
    gained = difference > 0 and difference >= wanted
    needed = _answers_to_compare(n, max(wanted, difference), better + worse) * design_effect(mvp - baseline, people)
    words = verdict(
        met=gained and p < 0.05 and seen.low > 0,
        missed=p < 0.05 and seen.high < 0,
        n=n,
        needed=max(needed, n + 1) if gained else needed,
        people=persons,
    )
    return Criterion(
        name,
        words,
        f"{MVP} {mvp.mean():.1%}, {BASELINE} {baseline.mean():.1%} right of {n} answers of {persons} people; only {MVP}"
        f" right {better}, only {BASELINE} {worse}, McNemar's p {p:.3f}; difference {100 * difference:+.1f} points"
        f" [{100 * seen.low:+.1f}, {100 * seen.high:+.1f}]; wanted {100 * wanted:+.1f}",
    )


def _answers_to_compare(n: int, difference: float, discordant: int) -> float:
    """Answers that show the difference, by what n answers say, or by what was planned while they say too little."""
    if n < ENOUGH_TO_PLAN:
        return answers_for_difference(PLANNED[1] - PLANNED[0], _discordant(*PLANNED))
    return answers_for_difference(max(difference, 1 / n), discordant / n)


def related(name: str, trials: Sequence[Trial], rated: Rated, model: str) -> Criterion:
    """Whether P(negative) of `model` falls as the self-rating rises: Spearman's interval is below 0."""
    pairs = [(trial, said) for trial in trials if model in trial.models and (said := rated(trial)) is not None]
    people = _people([trial for trial, _ in pairs])
    negative = np.array([trial.models[model].negative for trial, _ in pairs])
    ratings = np.array([float(said) for _, said in pairs])
    return correlated(name, (negative, ratings), people, answers="ratings", wanted="below")


def latency(milliseconds: dict[str, float] | None) -> Criterion:
    """Whether mvp is at least 5 % faster than baseline, by the bench's own figures."""
    name = "latency"
    if milliseconds is None:
        return Criterion(name, "not given", "--latency-ms, from the bench")
    mvp, baseline = milliseconds[MVP], milliseconds[BASELINE]
    met = mvp <= (1 - FASTER) * baseline
    evidence = f"{MVP} {mvp:g} ms, {BASELINE} {baseline:g} ms a photo: {mvp / baseline - 1:+.1%}; wanted {-FASTER:.0%}"
    return Criterion(name, "met" if met else "not met", evidence)


def criteria(
    trials: Sequence[Trial], milliseconds: dict[str, float] | None = None, inventories: Sequence[Pair] = ()
) -> list[Criterion]:
    """All criteria. Ratings of 2 and below count as negative, of 4 and above as positive; 3 says neither."""
    stored = sorted({model for trial in trials for model in trial.models} & {MVP, BASELINE}, reverse=True) or [MVP]
    shown = sorted({trial.shown_model for trial in trials}, reverse=True) or [MVP]
    of_pairs = {trial.shown_model for trial in filter(_read_by_both, trials)} or set(shown)
    favoured = f", only {of_pairs.pop()} shown" if len(of_pairs) == 1 and trials else ""
    named, assigned = [trial for trial in trials if trial.sure], [trial for trial in trials if trial.assigned]
    kinds: dict[str, tuple[Sequence[Trial], Rated]] = {
        "blind ratings": (assigned, _blind),
        "blind ratings, a side named": (named, _blind),
        "ratings after the answer": (named, Trial.later_rating),
    }
    return [
        *(liked(named, model) for model in shown),
        compared(f"accuracy against corrections{favoured}", named, Trial.corrected_negative),
        *(compared(f"accuracy against {kind}", of, _by(rated)) for kind, (of, rated) in kinds.items()),
        *(related(f"P(negative) of {m} with {kind}", *kinds[kind], m) for kind in kinds for m in stored),
        *agreement(inventories),
        latency(milliseconds),
    ]


def report(export: Export, inventories: Sequence[Pair], milliseconds: dict[str, float] | None = None) -> str:
    """The report: what it is made of, then one line for each criterion."""
    trials = export.trials
    shown = ", ".join(
        f"{model} in {sum(trial.shown_model == model for trial in trials)}"
        for model in sorted({trial.shown_model for trial in trials}, reverse=True)
    )
    unsure = sum(not trial.sure for trial in trials)
    head = (
        f"{len(trials)} check-ins of {len({trial.person for trial in trials})} people; shown: {shown or 'none'}"
        f"; no side named in {unsure}"
    )
    left_out = [f"left out: {rows} rows, {reason}" for reason, rows in export.left_out.items()]
    return "\n".join([head, *left_out, *map(str, criteria(trials, milliseconds, inventories))])


def _read_by_both(trial: Trial) -> bool:
    """Whether the check-in can be in a paired comparison: most people's photos are read by mvp alone."""
    return {MVP, BASELINE} <= trial.models.keys()


def _blind(trial: Trial) -> int | None:
    return trial.blind_rating


def _by(rated: Rated) -> Truth:
    def negative(trial: Trial) -> bool | None:
        rating = rated(trial)
        return None if rating is None or rating == 3 else rating < 3

    return negative


def _people(trials: Sequence[Trial]) -> People:
    return np.array([trial.person for trial in trials], dtype=np.int64)


def _right(known: Sequence[tuple[Trial, bool]], model: str) -> Floats:
    return np.array([float((trial.models[model].label == "negative") == said) for trial, said in known])


def _accuracies(known: Sequence[tuple[Trial, bool]]) -> str:
    """What can be said where no answer has both models."""
    parts = []
    for model in sorted({model for trial, _ in known for model in trial.models}):
        of_model = [(trial, said) for trial, said in known if model in trial.models]
        people, right = _people([trial for trial, _ in of_model]), _right(of_model, model)
        seen = wilson(float(right.mean()), len(right) / design_effect(right, people))
        parts.append(
            f"{model} {right.mean():.1%} [{seen.low:.1%}, {seen.high:.1%}] right of {len(right)} answers"
            f" of {len(np.unique(people))} people"
        )
    return "; ".join(parts) or "no answers"


def _discordant(first: float, second: float) -> float:
    """The share of answers on which two models with these accuracies differ when their errors are independent."""
    return first * (1 - second) + second * (1 - first)


def _latencies(text: str) -> dict[str, float]:
    pairs = [part.partition("=") for part in text.split(",")]
    values = {name: float(value) for name, _, value in pairs}
    if values.keys() != {MVP, BASELINE} or len(pairs) != 2 or not all(0 < value < inf for value in values.values()):
        raise argparse.ArgumentTypeError(f"{text} is not like {MVP}=41.5,{BASELINE}=45")
    return values


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--db", type=Path, required=True, metavar="FOLDER", help="copies of the store's SQLite files")
    parser.add_argument("--latency-ms", type=_latencies, help=f"{MVP}=MS,{BASELINE}=MS: milliseconds a photo")
    options = parser.parse_args(argv)
    try:
        export, inventories = read_export(options.db), pairs(options.db)
    except ExportError as error:
        parser.exit(1, f"{error}\n")
    print(report(export, inventories, options.latency_ms))


if __name__ == "__main__":
    main()
