"""Names that AWS knows things by: within its limits for the longest stage, and of one stack only."""

import re

import pytest

from infra.templates import REPOSITORY, TEMPLATE, read

LONGEST = "s" * 20
LETTERS = {  # at most
    "FunctionName": 64,
    "LayerName": 140,
    "LogGroupName": 512,
    "Name": 512,  # a secret's
    "DashboardName": 255,
    "DisplayName": 100,
    "BackupVaultName": 50,
    "RepositoryName": 256,
}
OF_SOMETHING_ELSE = {"MetricName", "StageName", "ServiceName", "PolicyName"}


def names():
    """(resource, property, the name's text) of all that is not left to CloudFormation."""
    for path in (TEMPLATE, REPOSITORY):
        for resource, each in read(path)["Resources"].items():
            for key, value in each["Properties"].items():
                if key.endswith("Name") and key not in OF_SOMETHING_ELSE and "Ref" not in value:
                    text = value["Fn::Sub"] if isinstance(value, dict) else value
                    yield resource, key, text if isinstance(text, str) else text[0]


NAMES = sorted(names())


def test_the_longest_stage_is_what_both_stacks_take():
    for path in (TEMPLATE, REPOSITORY):
        taken = re.compile(read(path)["Parameters"]["Stage"]["AllowedPattern"])

        assert taken.fullmatch(LONGEST)
        assert not taken.fullmatch(LONGEST + "s")


@pytest.mark.parametrize(("resource", "key", "text"), NAMES, ids=[name for name, _, _ in NAMES])
def test_a_name_is_within_its_limit_and_says_its_stage(resource, key, text):
    """Two stages in one account would else fight about it."""
    id_of_stack = "0" * 8

    assert len(text.replace("${Stage}", LONGEST).replace("${Id}", id_of_stack)) <= LETTERS[key]
    assert "${Stage}" in text


def test_every_kind_of_name_is_among_them():
    assert {key for _, key, _ in NAMES} == set(LETTERS)
