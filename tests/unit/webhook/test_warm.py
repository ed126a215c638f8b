"""The warm sentences: a file that somebody else may edit keeps its rules, and each rating reads another one."""

from pathlib import Path

import pytest

from burnout import texts
from burnout.texts import LANGUAGES, variants
from functions.webhook import warm

TEXTS = Path(texts.__file__).parent


@pytest.mark.parametrize("rating", [1, 2, "late"])
def test_there_are_as_many_in_each_language_and_all_keep_the_rules_of_their_file(rating):
    by_language = [variants(f"warm_{rating}", language) for language in LANGUAGES]
    written = (TEXTS / "en" / "warm.toml").read_text(encoding="utf-8").count(f"\nwarm_{rating}_")

    assert {len(sentences) for sentences in by_language} == {written}, "a gap in the numbers would hide what follows it"
    for sentence in (each for sentences in by_language for each in sentences):
        assert len(sentence) <= 110
        assert not set("!?{}<>") & set(sentence), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_low_rating_reads_the_next_one_and_a_better_one_none(language):
    sentences = variants("warm_2", language)

    said = [warm.sentence(2, low_ratings, language) for low_ratings in range(1, len(sentences) + 2)]

    assert len(sentences) > 1
    assert said == [*sentences, sentences[0]]
    assert [warm.sentence(rating, 1, language) for rating in (3, 4, 5)] == ["", "", ""]
