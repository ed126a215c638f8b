"""docs/model-card.md says what the served model's contract and the chat say."""

import json
import re
from pathlib import Path

import pytest

from burnout.emotions import Emotion
from burnout.inference import Scores
from burnout.records import CheckIn
from functions.webhook.screens import answer

ROOT = Path(__file__).parents[2]
CARD = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
CONTRACT = json.loads((ROOT / "functions/infer/models/mvp.json").read_text(encoding="utf-8"))
METRICS = CONTRACT["metrics"]
MAJORITY, NEGATIVE = METRICS["ferplus_majority"], METRICS["binary_ferplus"]


def percent(share):
    return f"{100 * share:.1f} %"


def row(name, share, faces):
    return f"| {name} | {percent(share)} | {faces:,} |"


FIGURES = [
    row("the majority's emotion of seven", MAJORITY["accuracy"], MAJORITY["n"]),
    row("macro F1 of the same", MAJORITY["macro_f1"], MAJORITY["n"]),
    row("negative or not, as the majority says", NEGATIVE["micro"], NEGATIVE["n"]),
    row("the same, mean of both sides", NEGATIVE["macro"], NEGATIVE["n"]),
    *(row(f"{side} faces recognised", share, NEGATIVE["faces"][side]) for side, share in NEGATIVE["recall"].items()),
    row("calm faces called negative", NEGATIVE["called_negative"]["neutral"], MAJORITY["faces"]["neutral"]),
    row("FER's own label of seven", METRICS["fer"]["accuracy"], METRICS["fer"]["n"]),
    row("negative or not, by FER's labels", METRICS["binary_fer"]["micro"], METRICS["binary_fer"]["n"]),
    row(
        "calibration error (ECE) against the votes",
        METRICS["calibration_votes"]["ece"],
        METRICS["calibration_votes"]["n"],
    ),
    row(
        "calibration error against the majority",
        METRICS["calibration_ferplus"]["ece"],
        METRICS["calibration_ferplus"]["n"],
    ),
    *(
        f"| {emotion} | {faces:,} | {percent(MAJORITY['recall'][emotion])} "
        f"| {percent(NEGATIVE['called_negative'][emotion])} |"
        for emotion, faces in MAJORITY["faces"].items()
    ),
]
FACTS = [
    f"# Model card: `{CONTRACT['name']}` {CONTRACT['version']}",
    f"| version | {CONTRACT['version']} |",
    f"| parameters | {CONTRACT['training']['parameters']:,} trained;",
    f"sha256 `{CONTRACT['sha256'][:12]}…`",
    f"| temperature | {CONTRACT['temperature']},",
    f"together reach {CONTRACT['threshold']};",
    f"PublicTest FER calls {percent(METRICS['binary_fer']['faces']['negative'] / METRICS['fer']['n'])} of the faces",
    f"negative, the majority {percent(NEGATIVE['faces']['negative'] / MAJORITY['n'])}.",
    f"It misses {1 - NEGATIVE['recall']['negative']:.0%} of".replace("%", " %"),
    f"the head that does not serve: {percent(METRICS['heads']['fer']['fer']['accuracy'])} of {METRICS['fer']['n']:,}.",
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
    assert CONTRACT["export"]["serve_fer_share"] == 0, "the card says that the FER+ head alone serves"
    assert METRICS["part"] == "PublicTest"


def chat_words(negative):
    others = (1 - negative) / 6
    emotions = {emotion: negative if emotion is Emotion.SAD else others for emotion in Emotion}
    scores = Scores(negative=negative, label="negative", emotions=emotions)
    return answer(CheckIn(message_id=1, scores=scores, agrees=None, corrected=None, self_rating=None), "en").html


def test_the_words_for_certainty_are_those_of_the_chat():
    bands = re.findall(r"^\| (\d+) % and more \| \"(.+)\" \|$", CARD, re.M)

    assert [int(least) for least, _ in bands] == sorted((int(least) for least, _ in bands), reverse=True)
    assert len(bands) == 3
    assert all(words in chat_words(int(least) / 100) for least, words in bands)
    assert not any(words in chat_words(int(least) / 100 - 0.001) for least, words in bands if int(least) > 50)
