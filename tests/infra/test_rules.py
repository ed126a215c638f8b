"""What CloudFormation refuses before it makes anything: the template's own rules and patterns, with values put in."""

import pytest

from infra.checks import wrong_with

WELL = {"AWS::Region": "eu-west-1", "AlarmEmail": "on-call@example.org"}


@pytest.fixture(scope="session")
def refused(template):
    """The sentences that CloudFormation would say to these values."""

    def sentences(**values):
        given = {name: each.get("Default") for name, each in template["Parameters"].items()} | WELL | values
        return [
            assertion["AssertDescription"]
            for rule in template["Rules"].values()
            if "RuleCondition" not in rule or holds(rule["RuleCondition"], given)
            for assertion in rule["Assertions"]
            if not holds(assertion["Assert"], given)
        ]

    return sentences


def holds(condition, given):
    """Whether a rule's function is true."""
    ((function, operands),) = condition.items()
    if function == "Fn::Not":
        return not holds(operands[0], given)
    first, second = (given[each["Ref"]] if isinstance(each, dict) else each for each in operands)
    return str(second) in first if function == "Fn::Contains" else str(first) == str(second)


def test_what_comes_with_the_template_is_taken(refused):
    assert refused() == []
    assert refused(Stage="dev", AlarmEmail="") == []
    assert refused(InferProvisioned="2", GradualInfer="false") == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"Stage": "prod", "AlarmEmail": ""}, "AlarmEmail"),
        ({"InferProvisioned": "2", "GradualInfer": "true"}, "GradualInfer=false"),
        ({"AWS::Region": "us-east-1"}, "eu-central-1"),
    ],
)
def test_what_would_hurt_later_is_refused_with_what_to_do(refused, values, says):
    (sentence,) = refused(**values)

    assert says in sentence


@pytest.mark.parametrize(
    ("name", "taken", "not_taken"),
    [
        ("AlarmEmail", ["", "on-call@example.org"], ["nobody", "@", "a b@example.org", " "]),
        ("OperatorContact", ["@operator", "Ada, ada@example.org"], ["", "   ", " @operator"]),
        ("OtherCode", ["none", "0a1b2c3d4e"], ["", "0a1b2c3d4e5"]),
    ],
)
def test_texts_are_checked_as_well(template, name, taken, not_taken):
    rules = template["Parameters"][name]

    assert [wrong_with(rules, value) for value in taken] == [""] * len(taken)
    assert [value for value in not_taken if not wrong_with(rules, value)] == []
