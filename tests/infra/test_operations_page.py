"""docs/operations.md against the template and the code: what it names must exist, and its numbers must be right."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ALARMING = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::Budgets::Budget")
HEADS = re.findall(r"^\*\*((?:`\w+`(?:, )?)+)\*\* \((page|ticket|mail|nobody)\): \S", PAGE, re.M)
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
    read = set(re.findall(r"\$\(out (\w+)|`out (\w+)", PAGE))
    read = {name for pair in read for name in pair if name} - {"RepositoryUri"}  # of the images' stack

    assert read
    assert read <= set(template["Outputs"])


def test_every_parameter_that_the_page_names_is_there(template):
    named = set(re.findall(r"`(\w+)=\S+`", PAGE)) | {"InferProvisioned", "EfsProvisionedMibps", "OperatorContact"}

    assert named <= set(template["Parameters"])


def test_restore_gives_the_databases_folder_as_a_parameter(template):
    restore = PAGE.partition("## Restore the databases")[2].partition("\n## ")[0]

    ((name, folder),) = re.findall(r"--parameter-overrides (\w+)=([^`\s]+)", restore)

    assert re.fullmatch(template["Parameters"][name]["AllowedPattern"], folder)


def test_what_is_kept_when_the_stack_is_deleted_is_deleted_by_the_page(resources):
    kept = {name for name, each in resources.items() if each.get("DeletionPolicy") == "Retain"}
    teardown = PAGE.partition("## Take it down, really")[2].partition("\n## ")[0]

    assert kept == {"Key", "PhotosBucket", "FileSystem"}
    for command in ("kms schedule-key-deletion", "s3 rb", "efs delete-file-system", "delete-recovery-point"):
        assert f"aws {command}" in teardown or command in teardown


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python3? -m ((?:infra|local)[.\w]*)", PAGE))))
def test_every_command_of_ours_exists(module):
    path = ROOT / Path(*module.split("."))

    assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()
