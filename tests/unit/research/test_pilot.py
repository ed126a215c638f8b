"""The pilot's report on simulated people whose truth is known, and on exports written by the real store."""

import re

import pytest

from burnout.emotions import Emotion
from burnout.store.check_ins import GiveFeedback, Rate
from functions.store.database import transaction
from functions.store.operations import run
from functions.webhook.assignment import asks_rating_first
from research.pilot import criteria, main
from research.pilot_criteria import verdict
from tests.unit.research.people import pilot, pilot_with_a_band, prediction, trial
from tests.unit.store.samples import NOON, agree, new_check_in, record

RATINGS = ("blind ratings", "blind ratings, a side named", "ratings after the answer")


def line(trials, start, milliseconds=None):
    """The one line of the report that starts like this."""
    found = [each for each in map(str, criteria(trials, milliseconds)) if each.startswith(start)]
    assert len(found) == 1
    return found[0]


def thumbs(up, down, people):
    return [trial(i % people, agrees=int(i < up)) for i in range(up + down)]


# ---------------------------------------------------------------- 👍


@pytest.mark.parametrize(
    ("up", "down", "said"),
    [(66, 15, "met"), (64, 16, "needs about 73 more answers"), (55, 45, "not met"), (140, 60, "not met")],
)
def test_share_of_thumbs_flips_at_wilsons_bound(up, down, said):
    """66 of 81 prove 70 %, 64 of 80 do not yet, 55 of 100 disprove it, and 200 would have proved the planned 80 %."""
    assert line(thumbs(up, down, people=up + down), "share of 👍").startswith(f"share of 👍, mvp shown: {said} (")


def test_share_of_thumbs_of_people_who_always_say_the_same_counts_people():
    """81 of 100 answers would do, but twenty people each said one thing five times."""
    trials = [trial(person, agrees=int(person < 16)) for person in range(20) for _ in range(5)]

    said = line(trials, "share of 👍")

    assert "needs about" in said
    assert "80.0% of 100" in said
    assert "effective 17" in said


# ---------------------------------------------------------------- the two models


def accuracies(words):
    """mvp's and baseline's accuracy in a line, in percent."""
    evidence = words.split(" right of")[0].rsplit("(", 1)[1]
    return [float(part.split()[1].rstrip("%")) for part in evidence.split(", ")]


@pytest.mark.parametrize("kind", ["corrections", "blind ratings"])  # all of them tell the truth here
def test_compared_recovers_the_planted_accuracies(kind):
    said = line(pilot(100, 20, seed=1), f"accuracy against {kind}:")

    assert accuracies(said) == pytest.approx([80, 60], abs=3)
    assert f"{kind}: met (" in said


@pytest.mark.parametrize(
    ("mvp", "baseline", "said"),
    [(0.75, 0.60, "met"), (0.60, 0.60, "not met"), (0.60, 0.75, "not met"), (0.72, 0.70, "not met")],
)
def test_compared_says_what_was_planted(mvp, baseline, said):
    trials = pilot(200, 20, seed=3, mvp=mvp, baseline=baseline)

    assert line(trials, "accuracy against blind ratings:").startswith(f"accuracy against blind ratings: {said} (")


def test_compared_on_few_answers_needs_as_many_as_were_planned():
    """60 against 66 %, errors with nothing in common: 1,018 answers, of which 20 are there."""
    said = line(pilot(20, 1, seed=1), "accuracy against blind ratings:")

    assert "needs about 998 more answers" in said


def test_compared_needs_people_when_each_is_always_right_or_always_wrong():
    """The same accuracies and number of answers; McNemar's p alone would call both proved."""
    apart = pilot(12, 100, seed=4, mvp=0.75, baseline=0.6)
    alike = pilot(12, 100, seed=4, mvp=0.75, baseline=0.6, clustered=1.0)

    assert ": met" in line(apart, "accuracy against blind ratings:")
    assert "p 0.000" in line(alike, "accuracy against blind ratings:")
    assert "needs about" in line(alike, "accuracy against blind ratings:")


@pytest.mark.parametrize("model", ["mvp", "baseline"])
def test_compared_with_one_model_says_so_and_gives_its_accuracy(model):
    models = {"mvp": None, "baseline": None} | {model: 0.8}
    trials = [trial(i, shown_model=model, agrees=int(i < 15), **models) for i in range(20)]
    trials += [trial(20, shown_model=model, agrees=0, corrected=Emotion.HAPPY, **models)]

    said = line(trials, "accuracy against corrections")

    assert said.startswith(f"accuracy against corrections, only {model} shown: only one model is stored ({model} 93.8%")
    assert "of 16 answers of 16 people" in said  # a 👎 that says nothing more is left out
    assert line(trials, "accuracy against blind ratings:").endswith("only one model is stored (no answers)")


def test_only_what_both_have_read_is_compared_and_named_by_whose_answers_those_people_read():
    """Of 30 people 10 are shown baseline, the only ones whose photos both models read."""
    trials = [trial(i, agrees=1, rating=2, baseline=None) for i in range(20)]
    trials += [trial(i, agrees=1, rating=2, shown_model="baseline") for i in range(20, 30)]

    assert "right of 10 answers of 10 people" in line(trials, "accuracy against corrections, only baseline shown:")
    assert "30 ratings of 30 people" in line(trials, "P(negative) of mvp with ratings after")
    assert "10 ratings of 10 people" in line(trials, "P(negative) of baseline with ratings after")


def test_correction_on_the_same_side_leaves_the_model_right():
    """Shown as negative, corrected to angry: another emotion, the same side."""
    assert trial(agrees=0, corrected=Emotion.ANGRY).corrected_negative() is True
    assert trial(agrees=0, corrected=Emotion.SURPRISE).corrected_negative() is False
    assert trial(agrees=1).corrected_negative() is True
    assert trial(agrees=1, mvp=0.2).corrected_negative() is False
    assert trial(agrees=0).corrected_negative() is None
    assert trial().corrected_negative() is None


def test_ratings_are_apart_and_three_says_neither():
    """One blind rating, changed afterwards, and three later ones, of which one is a 3."""
    trials = [trial(0, rating=5, blind_rating=2)] + [trial(i, rating=i) for i in (1, 3, 4)]

    assert "right of 1 answers" in line(trials, "accuracy against blind ratings:")
    assert "mvp 100.0%" in line(trials, "accuracy against blind ratings:")
    assert "mvp 50.0%, baseline 50.0% right of 2 answers" in line(trials, "accuracy against ratings after")
    assert "1 ratings of 1 people" in line(trials, "P(negative) of mvp with blind ratings:")
    assert "3 ratings of 3 people" in line(trials, "P(negative) of mvp with ratings after")


# ---------------------------------------------------------------- where no side was named


def test_blind_ratings_stand_for_all_check_ins_although_unsure_ones_are_always_asked_first():
    """Planted: 78 % (0.7 * 0.9 + 0.3 * 0.5) and 70 %. With all the unsure ones mvp would have 71.5 %."""
    said = line(pilot_with_a_band(), "accuracy against blind ratings:")

    assert accuracies(said) == pytest.approx([78, 70], abs=2.5)


def test_ratings_before_and_after_a_named_side_agree_as_much_when_nothing_sways_anybody():
    trials = pilot_with_a_band()

    before = accuracies(line(trials, "accuracy against blind ratings, a side named:"))
    after = accuracies(line(trials, "accuracy against ratings after the answer:"))

    assert before == pytest.approx([90, 70], abs=3)
    assert after == pytest.approx([90, 70], abs=3)


def test_word_for_a_photo_that_did_not_tell_is_neither_a_thumb_nor_a_correction():
    unsure = {"models": {"mvp": prediction(0.55, sure=False), "baseline": prediction(0.9)}}
    trials = thumbs(9, 1, people=10) + [trial(i, agrees=0, corrected=Emotion.HAPPY, **unsure) for i in range(10)]

    assert "90.0% of 10 answers" in line(trials, "share of 👍")
    assert "right of 9 answers" in line(trials, "accuracy against corrections")


# ---------------------------------------------------------------- ratings


def rated(people, of_rating):
    """Three ratings a person; P(negative) as `of_rating` says."""
    return [trial(i % people, mvp=of_rating(i, 1 + i % 5), blind_rating=1 + i % 5, rating=3) for i in range(3 * people)]


@pytest.mark.parametrize(
    ("people", "of_rating", "said"),
    [
        (30, lambda i, rating: 1 - rating / 6, "met"),
        (30, lambda i, rating: rating / 6, "not met"),  # the wrong way round
        (200, lambda i, rating: (i * 7 % 11) / 11, "not met"),  # enough to see a weak correlation, and none is there
        (30, lambda i, rating: (i * 7 % 11) / 11, "needs about"),
    ],
)
def test_correlation_with_ratings_is_met_only_when_it_is_negative(people, of_rating, said):
    assert f"blind ratings: {said}" in line(rated(people, of_rating), "P(negative) of mvp with blind ratings:")


# ---------------------------------------------------------------- few people, no people, latency


@pytest.mark.parametrize("people", [1, 9])
def test_nothing_is_met_or_missed_with_fewer_than_ten_people(people):
    """Of nine people four were shown baseline and five mvp."""
    trials = pilot(people, 100, seed=1, mvp=0.95, baseline=0.3)

    for criterion in criteria(trials)[:-1]:
        assert re.fullmatch(r"needs about \d+ more answers, and at least (1|5|6|9|10) more people", criterion.verdict)


def test_verdict_with_ten_people_and_enough_answers():
    assert verdict(met=True, missed=False, n=50, needed=10, people=10) == "met"
    assert verdict(met=False, missed=True, n=5, needed=10, people=10) == "not met"
    assert verdict(met=False, missed=False, n=10, needed=10, people=10) == "not met"
    assert verdict(met=False, missed=False, n=5, needed=9.2, people=10) == "needs about 5 more answers"
    assert verdict(met=True, missed=False, n=50, needed=10, people=8) == (
        "needs about 2 more answers, and at least 2 more people"
    )


@pytest.mark.parametrize(("mvp", "said"), [(9.5, "met"), (9.51, "not met"), (12.0, "not met")])
def test_latency_is_met_at_five_percent(mvp, said):
    assert line([], "latency", {"mvp": mvp, "baseline": 10.0}).startswith(f"latency: {said} (")


# ---------------------------------------------------------------- exports of the real store


def said_by(capsys, *argv):
    main(list(argv))
    return capsys.readouterr().out.splitlines()


def test_report_of_an_empty_export_needs_everything(database_dir, capsys):
    transaction(database_dir, 7, lambda connection: None)

    lines = said_by(capsys, "--db", str(database_dir))

    assert lines == [
        "0 check-ins of 0 people; shown: none; no side named in 0",
        "share of 👍, mvp shown: needs about 153 more answers, and at least 10 more people (no answers)",
        *(
            f"accuracy against {kind}: needs about 1018 more answers, and at least 10 more people (no answers)"
            for kind in ("corrections", *RATINGS)
        ),
        *(
            f"P(negative) of mvp with {kind}: needs about 206 more answers, and at least 10 more people"
            " (0 ratings of 0 people: no correlation yet)"
            for kind in RATINGS
        ),
        *(
            f"index with the inventory, {over} people: needs about 206 more answers, and at least 10 more people"
            f" (0 {pairs} of 0 people: no correlation yet)"
            for over, pairs in (("over", "means"), ("within", "inventories"))
        ),
        "latency: not given (--latency-ms, from the bench)",
    ]


def test_report_of_the_stores_own_rows_says_what_people_said(database_dir, capsys):
    """Twelve people, 10 check-ins each: mvp is always right, baseline calls all negative; half is rated blind."""
    for user_id in range(501, 513):
        told = [agree(user_id=user_id)]
        first, later = ([n for n in range(99) if asks_rating_first(user_id, n) == asked][:5] for asked in (True, False))
        for i, message_id in enumerate(first + later):
            negative = i % 2 == 0
            models = {"mvp": prediction(0.9 if negative else 0.1), "baseline": prediction(0.7)}
            shown = new_check_in(models=models, rating_first=i < 5)
            told += [
                record(user_id * 100 + i, user_id=user_id, message_id=message_id, check_in=shown),
                Rate(user_id=user_id, message_id=message_id, rating=1 if negative else 5),
                GiveFeedback(user_id=user_id, message_id=message_id, agrees=i != 9, corrected=Emotion.HAPPY),
            ]
        transaction(database_dir, user_id, lambda connection, told=told: [run(connection, each, NOON) for each in told])

    lines = said_by(capsys, "--db", str(database_dir), "--latency-ms", "mvp=9,baseline=10")

    assert lines[0] == "120 check-ins of 12 people; shown: mvp in 120; no side named in 0"
    assert lines[1].startswith("share of 👍, mvp shown: met (90.0% of 120 answers of 12 people;")
    assert lines[2].startswith(
        "accuracy against corrections, only mvp shown: met (mvp 100.0%, baseline 50.0% right of 120"
    )
    assert lines[3].startswith("accuracy against blind ratings: met (mvp 100.0%, baseline 60.0% right of 60")
    assert lines[5].startswith("accuracy against ratings after the answer: met (mvp 100.0%, baseline 40.0% right of 60")
    assert lines[6].startswith("P(negative) of mvp with blind ratings: met (Spearman -1.00")
    assert lines[-1] == "latency: met (mvp 9 ms, baseline 10 ms a photo: -10.0%; wanted -5%)"
    assert "501" not in "\n".join(lines)


@pytest.mark.parametrize(
    "text", ["", "mvp=1", "mvp=1,mvp=2,baseline=3", *(f"mvp=1,baseline={ms}" for ms in ("0", "nan", "inf", "x"))]
)
def test_latency_that_is_no_pair_of_milliseconds_is_refused(tmp_path, capsys, text):
    with pytest.raises(SystemExit) as ended:
        main(["--db", str(tmp_path), "--latency-ms", text])

    assert ended.value.code == 2
    assert "--latency-ms" in capsys.readouterr().err


def test_folder_without_an_export_ends_with_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--db", str(tmp_path)])

    assert ended.value.code == 1
    assert capsys.readouterr().err == f"{tmp_path}: no store files (00.sqlite to ff.sqlite)\n"
