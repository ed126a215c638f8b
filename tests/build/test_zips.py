"""The zips and the layer, imported by their runtime's Python with nothing but what was built on the path."""

import importlib.metadata
import json
import re
import subprocess

import pytest
from packaging.markers import Marker

from infra.stack import sam
from infra.stack.command import ROOT, UnavailableError, run
from local.aws import environment
from tests.build.conftest import ZIPS

LIMIT_BYTES = 250 * 2**20  # of a zip and its layers, unpacked
STATIC = "functions/app/static"
AARCH64 = b"\xb7\x00"  # an ELF file's machine
RUNTIME = {"python_full_version": "3.13.0", "sys_platform": "linux"}  # the functions' own
LAZY = {
    "store": "functions.store.operations",
    "report": "matplotlib.backends.backend_pdf",
    "webhook": "functions.webhook.bot",
    "app": "functions.app.api",
}


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def imported(runtime, folders, *modules):
    """Imports them with only these folders and the standard library; stderr, and whether it went well."""
    script = "import importlib, sys; sys.path = sys.argv[1].split(':') + [p for p in sys.path if 'packages' not in p]\n"
    script += "for name in sys.argv[2:]: importlib.import_module(name)"
    path = ":".join(map(str, folders))
    done = subprocess.run(
        [runtime, "-I", "-c", script, path, *modules],
        env={"AWS_DEFAULT_REGION": "eu-west-1", "MPLCONFIGDIR": "/tmp/matplotlib", "POWERTOOLS_SERVICE_NAME": "build"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("function", ZIPS)
def test_built_handler_is_imported_by_the_runtimes_python_alone(function, runtime, code, layer):
    status, said = imported(runtime, [code[function], layer], f"functions.{function}.app", LAZY[function])

    assert (status, said) == (0, "")


@pytest.mark.parametrize("function", ZIPS)
def test_zip_brings_no_other_functions_code(function, code):
    others = {path.name for path in (code[function] / "functions").iterdir() if path.is_dir()}

    assert others - {"__pycache__"} == {function}


def test_zip_of_the_page_has_its_files(code):
    built = {path.relative_to(code["app"]).as_posix() for path in (code["app"] / STATIC).rglob("*") if path.is_file()}

    assert built == {path.relative_to(ROOT).as_posix() for path in (ROOT / STATIC).rglob("*") if path.is_file()}


@pytest.mark.parametrize("function", ZIPS)
def test_zip_and_layer_are_under_lambdas_limit(function, code, layer, measured):
    n_bytes = size_of(code[function]) + size_of(layer)
    measured(f"{function}, unpacked with the layer (limit 250 MiB)", f"{n_bytes / 2**20:.0f} MiB")

    assert n_bytes < LIMIT_BYTES


def test_layer_of_the_lean_setting_is_for_arm64(runtime, tmp_path):
    places = ["--build-dir", tmp_path / "build", "--cache-dir", tmp_path / "cache"]
    path = {"PATH": f"{runtime.parent}:{environment.path()}", "SAM_CLI_TELEMETRY": "0"}
    try:
        run([sam.program(), "build", sam.LAYER, "--config-env", "lean", *places], limit_s=300, variables=path)
    except UnavailableError as reason:
        pytest.skip(str(reason))

    libraries = list((tmp_path / "build" / sam.LAYER).rglob("*.so"))
    assert libraries
    assert {library.read_bytes()[18:20] for library in libraries} == {AARCH64}


def test_layer_alone_has_every_sentence(runtime, layer):
    status, said = imported(runtime, [layer], "burnout.texts", "burnout.schedule", "burnout.telegram.client")

    assert (status, said) == (0, "")


@pytest.mark.parametrize("function", ZIPS)
def test_list_of_contents_is_what_was_built(function, code, layer):
    listed = contents(function)

    found = importlib.metadata.distributions(path=[str(code[function]), str(layer)])

    assert {plain(each.metadata["Name"]): each.version for each in found} == listed


def contents(function):
    """Name -> version of what `make sbom` lists for the runtime: a component may say for which Python it is."""
    listed = json.loads((ROOT / "build" / "sbom" / f"{function}.cdx.json").read_text(encoding="utf-8"))
    return {each["name"]: each["version"] for each in listed["components"] if in_the_runtime(each)}


def in_the_runtime(component):
    properties = component.get("properties", ())
    markers = [each["value"] for each in properties if each["name"] == "uv:package:marker"]
    return all(Marker(marker).evaluate(RUNTIME) for marker in markers)


def plain(name):
    """As the locks write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
