"""HEIC and AVIF have the same pixels under other instruction sets, for which their decoders have other code."""

import subprocess
import sys

import pytest

from functions.infer.image import MAX_PIXELS, MAX_SIDE_PX
from infra.stack.command import ROOT, UnavailableError
from tests.build.other_processors import graviton, haswell
from tests.fuzz.hostile_heif import avif, heic

FILES = {"heic": heic("turned"), "10 bits": heic("ten_bits_half_transparent"), "avif": avif()}


def read(python, path, file):
    """Size and gray pixels; the emulator needs more time than the function gives."""
    start = f"import sys; sys.path[:0] = {[str(folder) for folder in path]}; from functions.infer import heif"
    script = f"{start}; heif.CPU_S = 600; sys.exit(heif.main({MAX_PIXELS}, {MAX_SIDE_PX}))"
    return subprocess.run(
        [*python, "-B", "-c", script], cwd=ROOT, input=file, stdout=subprocess.PIPE, check=True
    ).stdout


@pytest.mark.parametrize("processor", [haswell, graviton], ids=["haswell", "graviton"])
def test_another_processor_reads_the_same_pixels(processor):
    try:
        python, path = processor()
    except UnavailableError as reason:
        pytest.skip(str(reason))

    for name, file in FILES.items():
        assert read(python, path, file) == read([sys.executable], [], file), name
