"""docs/operations.md against the template and the code: what it names must exist, and its numbers must be right."""

import re
import tomllib
from pathlib import Path

import pytest

from infra.templates import read

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ALARMING = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::Budgets::Budget")
HEADS = re.findall(r"^\*\*((?:`\w+`(?:, )?)+)\*\* \((page|ticket|mail|nobody)\): \S", PAGE, re.M)
RELEASE = r"(?:sam build|python -m infra\.release|sam deploy)\b"
PARAGRAPHS = {name: how for names, how in HEADS for name in re.findall(r"`(\w+)`", names)}


def test_every_alarm_has_a_paragraph_and_every_paragraph_an_alarm(resources):
    alarms = {name for name, each in resources.items() if each["Type"] in ALARMING}

    assert set(PARAGRAPHS) == alarms


@pytest.mark.parametrize("topic", ["Pages", "Tickets"])
def test_paragraph_says_who_is_told(topic, resources):
    told = {
        name for name, each in resources.items() if {"Ref": topic} in each.get("Properties", {}).get("AlarmActions", [])
    }

    assert {name for name, how in PARAGRAPHS.items() if how == topic.lower().rstrip("s")} == told


def test_every_output_that_a_command_reads_is_there(template):
    asked = {name for pair in re.findall(r"\$\(out (\w+)|`out ([A-Z]\w+)", PAGE) for name in pair if name != "NAME"}

    assert asked - {""} <= set(template["Outputs"])


def test_every_parameter_that_the_page_names_is_there(template):
    named = set(re.findall(r"\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)=(?!=)", PAGE))

    assert len(named) > 3
    assert named <= {*template["Parameters"], *read(ROOT / "infra" / "deploy-role.yaml")["Parameters"]}


@pytest.mark.parametrize("page", ["operations.md", "privacy.md", "privacy/processors.md"])
def test_backups_are_kept_as_long_as_the_page_says(page):
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")

    ((prod, lean),) = re.findall(r"(\d+) days[,;] with (?:the setting )?`lean` (?:for )?(\d+)", text)

    for name, days in {"prod": prod, "lean": lean, "dev": lean}.items():
        assert f"BackupDays={days}" in config[name]["deploy"]["parameters"]["parameter_overrides"]


def test_restore_gives_the_databases_folder_as_a_parameter(template):
    restore = PAGE.partition("## Restore the databases")[2].partition("\n## ")[0]

    (folder,) = re.findall(r"--database-folder ([^`\s]+)", restore)

    assert re.fullmatch(template["Parameters"]["DatabaseFolder"]["AllowedPattern"], folder)


def typed(text):
    """The lines that a page has people type."""
    return [line.strip() for fence in re.findall(r"```sh\n(.*?)```", text, re.S) for line in fence.splitlines()]


def test_deployment_is_typed_as_it_stands():
    """In an empty shell: nothing is left to fill in, no program is needed that the page does not name."""
    lines = typed(PAGE.partition("\n## Deploy\n")[2].partition("\n## ")[0])

    assert [line.split()[0] for line in lines if re.match(RELEASE, line)] == ["sam", "python", "sam", "python"]
    assert [line for line in lines if re.search(r"…|--guided|--image-repositor|\bjq\b|OWNER", line)] == []
    assert any("AWS_REGION=" in line and "AWS_DEFAULT_REGION=" in line for line in lines)  # the SAM CLI's, and aws's


@pytest.mark.parametrize("text", [PAGE, README], ids=["operations.md", "README.md"])
def test_every_build_and_release_names_its_environment(text):
    lines = [line for line in typed(text) if re.match(RELEASE, line)]

    assert len(lines) >= 3
    assert [line for line in lines if "--config-env" not in line] == []


def test_readme_deploys_with_the_pages_commands():
    operator = README.partition("## I am an operator")[2].partition("\n## ")[0]

    lines = {line.partition("  #")[0].strip() for line in typed(operator)}

    assert len(lines) >= 6
    assert lines <= set(typed(PAGE))


def test_what_is_kept_when_a_stack_is_deleted_is_deleted_by_the_pages_script(resources):
    images = read(ROOT / "infra" / "repository.yaml")["Resources"]
    kept = {name for name, each in {**resources, **images}.items() if "Retain" in each.get("DeletionPolicy", "")}
    script = (ROOT / "infra" / "teardown.sh").read_text(encoding="utf-8")

    assert kept == {"Key", "PhotosBucket", "FileSystem", "BackupVault", "Images"}
    assert kept - {"Images"} == set(re.findall(r"\$\(made (\w+)\)", script))  # what it does then: test_teardown.py
    assert 'infra/teardown.sh "$STAGE"' in typed(PAGE)


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python3? -m ((?:infra|local)[.\w]*)", PAGE))))
def test_every_command_of_ours_exists(module):
    path = ROOT / Path(*module.split("."))

    assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()
