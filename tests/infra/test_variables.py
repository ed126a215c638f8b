"""Every environment variable is in four places: template, config, the local stack, docs. All are the same."""

import dataclasses
import re
from pathlib import Path

import pytest

from burnout.config import AppConfig, ReportConfig, StoreConfig, WebhookConfig
from local.aws import functions as local_functions
from tests.infra.conftest import FUNCTIONS

ROOT = Path(__file__).parents[2]
CONFIGS = {"webhook": WebhookConfig, "infer": None, "store": StoreConfig, "report": ReportConfig, "app": AppConfig}
# Empty here: `sam local` can give only a variable that is declared.
ENDPOINTS = frozenset({"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LAMBDA"})
EVERYWHERE = ENDPOINTS | {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
OF_LIBRARIES = dict.fromkeys(FUNCTIONS, EVERYWHERE) | {"report": EVERYWHERE | {"MPLCONFIGDIR"}}  # matplotlib's cache


@pytest.fixture
def declared(template, functions):
    """The names of a function's variables in the template."""
    everywhere = template["Globals"]["Function"]["Environment"]["Variables"]

    def names(function):
        return set(everywhere) | set(functions[function].get("Environment", {}).get("Variables", {}))

    return names


@pytest.mark.parametrize("function", FUNCTIONS)
def test_template_declares_what_configs_read_and_nothing_else(declared, function):
    config = CONFIGS[function]
    read = {field.name.upper() for field in dataclasses.fields(config)} if config else set()

    assert declared(function) == read | OF_LIBRARIES[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_local_stack_declares_what_the_template_declares(declared, function, local_function):
    made = local_function(function).environment
    # What a machine has anyway, and what leads to its own AWS.
    surrounding = set(local_functions._environment(function, {})) - OF_LIBRARIES[function]

    ours = {name for name in set(made) - surrounding if not name.startswith("AWS_")}

    assert ours == declared(function) - ENDPOINTS


def test_functions_talk_to_aws_itself_unless_somebody_says_otherwise(template):
    everywhere = template["Globals"]["Function"]["Environment"]["Variables"]

    assert {everywhere[name] for name in ENDPOINTS} == {""}


def test_operations_page_lists_every_variable_with_its_functions(declared):
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([a-z, ]+) \|", text, re.M)

    documented = {function: {name for name, who in rows if function in who.split(", ")} for function in FUNCTIONS}

    assert documented == {function: declared(function) for function in FUNCTIONS}


def test_memory_and_time_of_the_local_stack_are_the_templates(template, functions, local_function):
    for name, properties in functions.items():
        local = local_function(name)
        memory = properties["MemorySize"]
        default = template["Parameters"][memory["Ref"]]["Default"] if isinstance(memory, dict) else memory

        assert (local.timeout_s, local.memory_mb) == (properties["Timeout"], default), name


def test_no_secret_is_a_variable(functions):
    for properties in functions.values():
        text = str(properties.get("Environment", {}))

        assert "resolve:secretsmanager" not in text
        assert "SecretString" not in text
