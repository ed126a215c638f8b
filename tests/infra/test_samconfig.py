"""samconfig.toml: what `sam` does when somebody types its plain commands, against the template."""

import tomllib
from pathlib import Path

import pytest

from infra.checks import wrong_with

CONFIG = tomllib.loads((Path(__file__).parents[2] / "samconfig.toml").read_text(encoding="utf-8"))
ENVIRONMENTS = ("dev", "prod", "lean")
WRITTEN = "file://.aws-sam/build/release.toml"  # by infra.release, and gone after each `sam build`
OF_ITS_OWN = {"OperatorContact", "AlarmEmail", "Release", "Schema", "OtherCode"}


def overrides(environment):
    return CONFIG[environment]["deploy"]["parameters"]["parameter_overrides"]


def given(environment):
    """The parameters that the file itself sets, by name."""
    return dict(each.split("=", 1) for each in overrides(environment) if each != WRITTEN)


def test_the_source_template_is_for_building_and_validating_only():
    """`sam deploy` and `sam local` take what was built, as long as nobody names another one."""
    named = {
        (environment, command)
        for environment, commands in CONFIG.items()
        if environment != "version"
        for command, settings in commands.items()
        if "template_file" in settings["parameters"]
    }

    assert named == {("default", "validate"), ("default", "build"), *((each, "build") for each in ENVIRONMENTS)}


def test_nothing_is_deployed_without_saying_which_environment():
    assert "deploy" not in CONFIG["default"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_value_is_one_that_the_template_takes(template, environment):
    for name, value in given(environment).items():
        assert wrong_with(template["Parameters"][name], value) == "", name


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_every_release_has_of_its_own_is_read_from_what_was_written_for_it(template, environment):
    assert WRITTEN in overrides(environment)
    assert set(template["Parameters"]) >= OF_ITS_OWN
    assert set(given(environment)).isdisjoint(OF_ITS_OWN)


def test_environments_of_one_stack_set_the_same_parameters():
    """One that is left out keeps the stack's value, so the way back from lean to prod would change nothing."""
    for environment in ENVIRONMENTS:
        name = CONFIG[environment]["deploy"]["parameters"]["stack_name"]
        same = [each for each in ENVIRONMENTS if CONFIG[each]["deploy"]["parameters"]["stack_name"] == name]

        assert {frozenset(given(each)) for each in same} == {frozenset(given(environment))}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_layer_is_built_for_the_processor_that_it_is_deployed_to(template, environment):
    default = [f"ZipArchitecture={template['Parameters']['ZipArchitecture']['Default']}"]
    built = CONFIG[environment]["build"]["parameters"].get("parameter_overrides", default)

    assert built == [f"ZipArchitecture={given(environment).get('ZipArchitecture', default[0].partition('=')[2])}"]


@pytest.mark.parametrize("command", ["local_invoke", "local_start_api", "local_start_lambda"])
def test_plain_sam_local_has_the_parameters_that_have_no_default(template, command):
    settings = CONFIG["default"][command]["parameters"]
    named = {each.partition("=")[0] for each in settings["parameter_overrides"]}

    assert named == {name for name, each in template["Parameters"].items() if "Default" not in each}
    assert (settings["env_vars"], settings["skip_pull_image"]) == ("local/sam-local.json", True)
