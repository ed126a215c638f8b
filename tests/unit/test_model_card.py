"""docs/model-card.md has the numbers of the served models' contracts, row by row, and the chat's words."""

import json
import re
from pathlib import Path

from burnout.emotions import Emotion
from burnout.inference import Prediction
from burnout.store.check_ins import CheckIn
from functions.webhook.flows.answer import answer

ROOT = Path(__file__).parents[2]
CARD = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
MVP, BASELINE = CONTRACTS = [
    json.loads((ROOT / f"functions/infer/models/{name}.json").read_text(encoding="utf-8"))
    for name in ("mvp", "baseline")
]
METRICS = MVP["metrics"]
BY_MAJORITY, NEGATIVE = "ferplus_majority.n", "binary_ferplus.faces.negative"
CALM = "ferplus_majority.faces.neutral"
# The rows of the table of both models: where a share stands in the metrics, and of how many faces it is.
FIGURES = [
    ("ferplus_majority.accuracy", BY_MAJORITY),
    ("ferplus_majority.macro_f1", BY_MAJORITY),
    ("binary_ferplus.micro", BY_MAJORITY),
    ("binary_ferplus.macro", BY_MAJORITY),
    ("binary_ferplus.recall.negative", NEGATIVE),
    ("binary_ferplus.recall.positive", "binary_ferplus.faces.positive"),
    ("binary_ferplus.called_negative.neutral", CALM),
    ("operating_point.unsure", BY_MAJORITY),
    ("operating_point.right_named", "named"),
    ("told_negative.neutral", CALM),
    ("operating_point.told_positive", NEGATIVE),
    ("fer.accuracy", "fer.n"),
    ("fer_head.fer.accuracy", "fer.n"),
    ("fer_head.fer.macro_f1", "fer.n"),
    ("fer_head.binary_fer.macro", "fer.n"),
    ("fer_head.calibration.ece", "fer.n"),
    ("calibration_votes.ece", "calibration_votes.n"),
    ("calibration_votes.ece_uncalibrated", "calibration_votes.n"),
    ("calibration_ferplus.ece", BY_MAJORITY),
]


def tables(heading):
    """The cells of each row, but for its name, of each table under a heading, without the tables' heads."""
    part = CARD.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", part, re.M)
    return [[[cell.strip() for cell in line.strip("|").split("|")][1:] for line in each.splitlines()] for each in found]


def percent(share):
    return f"{100 * share:.1f} %"


def at(metrics, path):
    """The figure there; under "fer_head" of the head that learnt FER's labels, which is baseline's only one."""
    point = metrics["operating_point"]
    found = {
        **metrics,
        "fer_head": metrics["heads"].get("fer", metrics),
        "named": point["n"] - round(point["n"] * point["unsure"]),
    }
    for key in path.split("."):
        found = found[key]
    return found


def test_figures_of_both_models_are_their_contracts():
    expected = []
    for share, n in FIGURES:
        faces = [f"{at(contract['metrics'], n):,}" for contract in CONTRACTS]
        shares = [percent(at(contract["metrics"], share)) for contract in CONTRACTS]
        expected.append([*shares, "; ".join(dict.fromkeys(faces))])

    assert tables("Figures")[0] == expected


def test_figures_of_each_emotion_and_of_each_source_with_its_halves_are_the_contracts():
    majority, called, told = (
        METRICS["ferplus_majority"],
        METRICS["binary_ferplus"]["called_negative"],
        METRICS["told_negative"],
    )

    _, emotions, halves = tables("Figures")[:3]

    assert emotions == [
        [f"{faces:,}", percent(majority["recall"][emotion]), percent(called[emotion]), percent(told[emotion])]
        for emotion, faces in majority["faces"].items()
    ]
    assert halves == [
        [*map(percent, (half["macro"], half["unsure"], half["right_named"], half["told_positive"])), f"{half['n']:,}"]
        for source, point in METRICS["chosen_on"].items()
        for half in (point, *METRICS["held_out"][source])
    ]


def test_facts_are_the_contracts():
    facts = [
        [contract["version"] for contract in CONTRACTS],
        [f"{contract['training']['parameters']:,}" for contract in CONTRACTS],
        [f"`{contract['sha256'][:12]}…`" for contract in CONTRACTS],
        [str(contract["temperature"]) for contract in CONTRACTS],
        [str(contract["threshold"]) for contract in CONTRACTS],
        ["{} to {}".format(*contract["unsure"]) for contract in CONTRACTS],
    ]

    assert tables("What they are")[0][: len(facts)] == facts
    assert CARD.startswith(f"# Model card: `{MVP['name']}` {MVP['version']}\n")
    for score, n in (("binary_fer", "fer"), ("binary_ferplus", "ferplus_majority")):
        assert percent(METRICS[score]["faces"]["negative"] / METRICS[n]["n"]) in CARD


def test_card_describes_the_served_head():
    assert MVP["export"]["serve_fer_share"] == 0.25, "the card says that a quarter of the FER head serves"
    assert MVP["export"]["prior_share"] == 0.5, "the card says that rare emotions are lifted by half"
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
