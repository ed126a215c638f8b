"""docs/model-card.md says what the served model's contract and the chat say."""

import json
import re
from pathlib import Path

import pytest

from burnout.emotions import Emotion
from burnout.inference import Prediction
from burnout.store.check_ins import CheckIn
from functions.webhook.flows.answer import answer

ROOT = Path(__file__).parents[2]
CARD = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
MVP, BASELINE = (
    json.loads((ROOT / f"functions/infer/models/{name}.json").read_text(encoding="utf-8"))
    for name in ("mvp", "baseline")
)
METRICS = MVP["metrics"]
MAJORITY, NEGATIVE, POINT = METRICS["ferplus_majority"], METRICS["binary_ferplus"], METRICS["operating_point"]


def percent(share):
    return f"{100 * share:.1f} %"


def row(name, figure):
    """A line of the table of both models; `figure` takes a contract's metrics and gives a share and its n."""
    (ours, ours_n), (theirs, theirs_n) = (figure(contract["metrics"]) for contract in (MVP, BASELINE))
    faces = f"{ours_n:,}" if ours_n == theirs_n else f"{ours_n:,}; {theirs_n:,}"
    return f"| {name} | {percent(ours)} | {percent(theirs)} | {faces} |"


def of(score, key):
    return lambda metrics: (metrics[score][key], metrics[score]["n"])


def of_fer_head(score, key):
    """Of the head that learnt FER's labels: mvp's second output, and baseline's only one."""
    return lambda metrics: of(score, key)(metrics["heads"].get("fer", metrics))


def side(name):
    return lambda metrics: (metrics["binary_ferplus"]["recall"][name], metrics["binary_ferplus"]["faces"][name])


def calm(score):
    def figure(metrics):
        shares = metrics["told_negative"] if score == "told_negative" else metrics["binary_ferplus"]["called_negative"]
        return shares["neutral"], metrics["ferplus_majority"]["faces"]["neutral"]

    return figure


def named(metrics):
    point = metrics["operating_point"]
    return point["right_named"], point["n"] - round(point["n"] * point["unsure"])


def told_positive(metrics):
    return metrics["operating_point"]["told_positive"], metrics["binary_ferplus"]["faces"]["negative"]


FIGURES = [
    row("the majority's emotion of seven", of("ferplus_majority", "accuracy")),
    row("macro F1 of the same", of("ferplus_majority", "macro_f1")),
    row("negative or not by the threshold, as the majority says", of("binary_ferplus", "micro")),
    row("the same, mean of both sides", of("binary_ferplus", "macro")),
    row("negative faces recognised", side("negative")),
    row("positive faces recognised", side("positive")),
    row("calm faces called negative", calm("called_negative")),
    row("no side is named", of("operating_point", "unsure")),
    row("where a side is named, it is the majority's", named),
    row("calm faces told that they look negative", calm("told_negative")),
    row("negative faces told that they look positive", told_positive),
    row("FER's own label of seven, by what is served", of("fer", "accuracy")),
    row("the same, by the head that learnt FER's labels", of_fer_head("fer", "accuracy")),
    row("macro F1 of that head", of_fer_head("fer", "macro_f1")),
    row("negative or not by FER's labels, that head, mean of both sides", of_fer_head("binary_fer", "macro")),
    row("calibration error (ECE) of that head, FER's labels", of_fer_head("calibration", "ece")),
    row("calibration error of what is served, the votes", of("calibration_votes", "ece")),
    row("the same before the temperature", of("calibration_votes", "ece_uncalibrated")),
    row("calibration error of what is served, the majority", of("calibration_ferplus", "ece")),
    *(
        f"| {emotion} | {faces:,} | {percent(MAJORITY['recall'][emotion])} "
        f"| {percent(NEGATIVE['called_negative'][emotion])} | {percent(METRICS['told_negative'][emotion])} |"
        for emotion, faces in MAJORITY["faces"].items()
    ),
    *(
        f"| {half} | {percent(score['macro'])} | {percent(score['unsure'])} | {percent(score['right_named'])} "
        f"| {score['n']:,} |"
        for half, score in zip(("every second face", "the others"), METRICS["held_out"], strict=True)
    ),
]
FACTS = [
    f"# Model card: `{MVP['name']}` {MVP['version']}",
    *(
        f"| {what} | {ours} | {theirs} |"
        for what, ours, theirs in (
            ("version", MVP["version"], BASELINE["version"]),
            ("parameters", f"{MVP['training']['parameters']:,}", f"{BASELINE['training']['parameters']:,}"),
            ("sha256", f"`{MVP['sha256'][:12]}…`", f"`{BASELINE['sha256'][:12]}…`"),
            ("temperature", MVP["temperature"], BASELINE["temperature"]),
            ("negative from", MVP["threshold"], BASELINE["threshold"]),
            ("no side is named", *("{} to {}".format(*contract["unsure"]) for contract in (MVP, BASELINE))),
        )
    ),
    f"PublicTest FER calls {percent(METRICS['binary_fer']['faces']['negative'] / METRICS['fer']['n'])} of the faces",
    f"negative, the majority {percent(NEGATIVE['faces']['negative'] / MAJORITY['n'])}.",
]


@pytest.mark.parametrize("line", FIGURES)
def test_figure_is_the_contracts(line):
    assert line in CARD.splitlines()


def test_card_has_no_further_row_of_figures():
    figures = CARD.partition("## Figures")[2].partition("## Limits")[0]

    assert {line for line in figures.splitlines() if line.startswith("|") and "%" in line} == set(FIGURES)


@pytest.mark.parametrize("fact", FACTS)
def test_fact_is_the_contracts(fact):
    assert fact in CARD


def test_card_describes_the_served_head():
    assert MVP["export"]["serve_fer_share"] == 0, "the card says that the FER+ head alone serves"
    assert MVP["export"]["flip_average"], "the card says that the file asks twice"
    assert BASELINE["export"]["serve_fer_share"] == 1, "the card says that baseline has one head"
    assert METRICS["part"] == BASELINE["metrics"]["part"] == "PublicTest"


def chat_words(negative):
    others = (1 - negative) / 6
    emotions = {emotion: negative if emotion is Emotion.SAD else others for emotion in Emotion}
    prediction = Prediction(negative=negative, label="negative", emotions=emotions)
    return answer(
        CheckIn(message_id=1, prediction=prediction, agrees=None, corrected=None, self_rating=None), "en"
    ).html


def test_the_words_for_certainty_are_those_of_the_chat():
    bands = re.findall(r"^\| (\d+) % and more \| \"(.+)\" \|$", CARD, re.M)

    assert [int(least) for least, _ in bands] == sorted((int(least) for least, _ in bands), reverse=True)
    assert len(bands) == 3
    assert all(words in chat_words(int(least) / 100) for least, words in bands)
    assert not any(words in chat_words(int(least) / 100 - 0.001) for least, words in bands if int(least) > 50)
