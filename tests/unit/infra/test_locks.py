"""The locks as the audit and the lists of contents read them."""

import re

import pytest

from infra import locks, sbom
from infra.locks import DEPLOYED, ROOT, Pin


def test_every_lock_of_the_project_is_found():
    found = {str(lock) for lock in locks.locks()}

    assert found >= {"layers/common/requirements.txt", "functions/infer/requirements.txt", "requirements-dev.txt"}
    assert not [lock for lock in found if "site-packages" in lock]


@pytest.mark.parametrize("lock", locks.locks(), ids=str)
def test_every_pin_of_a_lock_is_read_with_its_hashes(lock):
    lines = re.findall(r"^[A-Za-z0-9].*==", (ROOT / lock).read_text(encoding="utf-8"), re.M)

    read = locks.pins(lock)

    assert len(read) == len(lines)
    assert all("--hash=sha256:" in pin.hashes for pin in read)


def test_marker_decides_what_lambdas_python_gets():
    assert Pin("numpy", "2.5.5", "python_full_version >= '3.12'", "").in_the_runtime
    assert not Pin("numpy", "2.4.6", "python_full_version < '3.12'", "").in_the_runtime
    assert not Pin("colorama", "1", "sys_platform == 'win32'", "").in_the_runtime


@pytest.mark.parametrize("function", DEPLOYED)
def test_contents_have_the_layer_and_each_name_once(function):
    names = re.findall(r"^([^=\s]+)==", sbom.contents(function), re.M)

    assert len(names) == len(set(names))
    assert {"boto3", "requests", "msgspec"} <= set(names)
    assert ("onnxruntime" in names) == (function == "infer")
    assert ("matplotlib" in names) == (function == "report")
