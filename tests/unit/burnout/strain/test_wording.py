"""A finding in words."""

import pytest

from burnout.strain.findings import Finding
from burnout.strain.wording import sentence_of

OVERTIME = Finding("factor", "overtime", -1.2, -1.9, -0.5, 9, 14)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Days with “overtime”: you rated yourself 1.2 lower (9 days against 14). "
               "It need not be the cause."),
        ("ru", "Дни с пометкой «переработка»: ваша оценка на 1,2 ниже (9 дней против 14). "
               "Это не обязательно причина."),
    ],
)  # fmt: skip
def test_a_finding_is_one_sentence_that_claims_no_cause(language, said):
    assert sentence_of(OVERTIME, language) == said
