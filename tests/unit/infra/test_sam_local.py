"""What plain `sam local` reads fits the template and the local services: a stray name would fail only in Docker."""

import json
import tomllib
from pathlib import Path

from infra import templates
from infra.stack import sam
from infra.stack.aws_local import EVENTS
from local.aws.moto_server import BUCKET
from local.aws.runtime import REGION

ROOT = Path(__file__).parents[3]
VALUES = json.loads((ROOT / "local" / "sam-local.json").read_text(encoding="utf-8"))["Parameters"]


def test_each_value_is_of_a_variable_that_a_function_declares_and_each_callee_is_a_function():
    template = templates.read()
    functions = [template["Resources"][name]["Properties"] for name in sam.FUNCTIONS.values()]
    declared = {name for each in functions for name in each.get("Environment", {}).get("Variables", {})}

    assert set(VALUES) <= declared  # the SAM CLI passes on no other, and says nothing
    assert {value for name, value in VALUES.items() if name.endswith("_FUNCTION")} < set(sam.FUNCTIONS.values())
    assert VALUES["PHOTOS_BUCKET"] == BUCKET


def test_every_local_command_takes_these_values_in_the_region_of_the_local_services():
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))["default"]
    local = [config[name]["parameters"] for name in ("local_invoke", "local_start_api", "local_start_lambda")]

    assert [(each["env_vars"], each["region"]) for each in local] == [("local/sam-local.json", REGION)] * 3


def test_every_golden_event_names_a_function():
    assert {path.stem.partition("_")[0] for path in EVENTS.glob("*.json")} == set(sam.FUNCTIONS)
