"""Imports point one way: burnout ← functions.X ← training, research, selfhost ← local, tests. Read, not run."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYER_PACKAGES = {"boto3", "botocore", "requests", "urllib3", "aws_lambda_powertools", "msgspec", "babel"}
TYPES_ONLY = {"mypy_boto3_lambda", "mypy_boto3_s3"}
INFER_PACKAGES = {"numpy", "cv2", "onnxruntime", "PIL"}
REPORT_PACKAGES = {"matplotlib"}
ALLOWED = {
    "layers/common/burnout": LAYER_PACKAGES | {"burnout"},
    "functions/webhook": LAYER_PACKAGES | {"burnout", "functions.webhook"},
    "functions/app": LAYER_PACKAGES | {"burnout", "functions.app"},
    "functions/store": LAYER_PACKAGES | {"burnout", "functions.store"},
    "functions/report": LAYER_PACKAGES | REPORT_PACKAGES | {"burnout", "functions.report"},
    "functions/infer": LAYER_PACKAGES | INFER_PACKAGES | {"burnout", "functions.infer", "pi_heif"},
    "training": INFER_PACKAGES
    | {
        "burnout",
        "functions.infer",
        "functions.webhook.flows.check_in",
        "training",
        "torch",
        "torchvision",
        "onnx",
        "tflite",
        "tqdm",
        "msgspec",
        "wandb",
        "boto3",
        "botocore",
    },
    "selfhost": {"msgspec", "segno", "PIL", "burnout", "functions", "infra.profile", "selfhost"}
    | {f"local.telegram.{each}" for each in ("chats", "deliverer", "delivery", "limits", "methods", "network")}
    | {f"local.telegram.{each}" for each in ("files", "people", "refusals")},
    "research": {"burnout", "functions.report", "functions.store.course", "functions.webhook.assignment", "research"}
    | {"numpy", "scipy", "msgspec"},
}
# The pilot's report reads copies of the store's files, read-only; the store's own way in would write to them.
# A course is read by the store's own query, or the pilot would judge another index than people read.
READS_AN_EXPORT = ROOT / "research" / "pilot_export.py"


@cache
def imported(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found.append((node.lineno, node.module))
    return found


def modules(folder):
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", ALLOWED)
def test_room_imports_only_what_it_may(folder):
    allowed = ALLOWED[folder] | sys.stdlib_module_names | TYPES_ONLY

    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules(folder)
        for line, name in imported(path)
        if not any(name == prefix or name.startswith(f"{prefix}.") for prefix in allowed)
        and not (name == "functions" and folder.startswith("functions/"))
    ]

    assert modules(folder)
    assert wrong == []


def test_only_local_and_tests_import_an_app():
    importers = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ALLOWED
        for path in modules(folder)
        for line, name in imported(path)
        if name.endswith(".app") and name != "functions.app"  # a package
    ]

    assert importers == []


def test_the_store_knows_calls_of_the_bot_api_but_neither_its_buttons_nor_its_client():
    """Buttons and the client may import the store's types: the other way round would be a circle."""
    names = {name for path in modules("layers/common/burnout/store") for _, name in imported(path)}

    assert {name for name in names if name.startswith("burnout.telegram")} <= {"burnout.telegram.calls"}


def test_what_configures_the_real_bot_needs_no_imitation_of_telegram():
    names = {name for _, name in imported(ROOT / "infra" / "webhook.py")}

    assert [name for name in names if name.startswith("local.telegram")] == []


def test_sql_is_only_in_store_and_pixels_only_in_infer():
    for folder in ALLOWED:
        paths = [path for path in modules(folder) if path != READS_AN_EXPORT]
        names = {name.split(".")[0] for path in paths for _, name in imported(path)}
        assert ("sqlite3" in names) == (folder == "functions/store"), folder
        assert ("cv2" in names) <= (folder in {"functions/infer", "training"}), folder
