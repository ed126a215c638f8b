"""Every release reaches people, and one can go back: `sam deploy` from samconfig.toml against this machine's CloudFormation."""

import json
import time

import pytest
from moto.cloudformation.models import cloudformation_backends

from tests.rehearsal import resources

FUNCTIONS = ("webhook", "infer", "store", "report")
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/burnout/prod/infer:inferfunction-0123456789ab-latest"


def stack():
    (found,) = (each for each in cloudformation_backends["123456789012"]["eu-west-1"].stacks.values() if each.name == "burnout-prod")
    return found


def live(workplace):
    """What `live` of each function serves: its properties when that version was made."""
    found = {}
    for name in FUNCTIONS:
        said = json.loads(workplace.types(f"aws lambda get-alias --function-name burnout-prod-{name} --name live"))
        arn = said["AliasArn"].removesuffix("live") + said["FunctionVersion"]
        found[name] = (said["FunctionVersion"], resources.VERSIONS[arn])
    return found


def release(workplace, number, **values):
    lines = [f'{name} = "{value}"' for name, value in {"Release": number, "OperatorContact": "@operator", "AlarmEmail": "a@example.org", **values}.items()]
    (workplace.folder / ".aws-sam/build/release.toml").write_text("\n".join(lines))
    started = time.monotonic()
    said = workplace.types("sam deploy --config-env prod")
    print(f"release {number}: {time.monotonic() - started:.1f} s")
    return said


@pytest.fixture(scope="module")
def first(workplace):
    template = workplace.folder / ".aws-sam/build/template.yaml"
    text = template.read_text()
    template.write_text("\n".join(f"      ImageUri: {IMAGE}" if line.strip().startswith("ImageUri:") else line for line in text.splitlines()))
    release(workplace, "r1")
    return live(workplace)


def test_releases(workplace, first):
    assert {version for version, _ in first.values()} == {"1"}
    assert first["infer"][1]["Code"] == {"ImageUri": IMAGE}

    # a changed layer
    layer = workplace.folder / ".aws-sam/build/CommonLayer/python/burnout/clock.py"
    layer.write_text(layer.read_text() + "\n# another\n")
    release(workplace, "r2")
    second = live(workplace)
    assert {version for version, _ in second.values()} == {"2"}
    for name in ("webhook", "store", "report"):
        assert second[name][1]["Layers"] != first[name][1]["Layers"]
        assert second[name][1]["Code"] == first[name][1]["Code"]
    assert second["infer"][1]["Code"] == first["infer"][1]["Code"]

    # parameters
    release(workplace, "r3", BaselineShownPercent="25", DatabaseFolder="/restored/sqlite")
    third = live(workplace)
    assert third["webhook"][1]["Environment"]["Variables"]["BASELINE_SHOWN_PERCENT"] == "25" or third["webhook"][1]["Environment"]["Variables"]["BASELINE_SHOWN_PERCENT"] == 25
    assert third["store"][1]["FileSystemConfigs"] != second["store"][1]["FileSystemConfigs"]

    # back, by hand
    workplace.types("aws lambda update-alias --function-name burnout-prod-webhook --name live --function-version 2")
    assert live(workplace)["webhook"] == second["webhook"]

    # the same Release again: nothing moves
    release(workplace, "r3", BaselineShownPercent="50", DatabaseFolder="/restored/sqlite")
    print({n: v for n, (v, _) in live(workplace).items()})
