"""A figure's processor: name, CPUs, and the instruction sets that decide how int8 is computed."""

import pytest

from training import processor

ZEN1 = "processor\t: 0\nmodel name\t: AMD EPYC 7001\nflags\t\t: fpu avx avx2 fma\n\nprocessor\t: 1\n"


@pytest.fixture
def on(monkeypatch, tmp_path):
    """A machine of this architecture whose /proc/cpuinfo says so, if it says anything."""

    def machine(architecture, cpuinfo=None):
        monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")
        monkeypatch.setattr("platform.machine", lambda: architecture)
        monkeypatch.setattr("os.cpu_count", lambda: 2)
        if cpuinfo is not None:
            (tmp_path / "cpuinfo").write_text(cpuinfo, encoding="utf-8")

    return machine


@pytest.mark.parametrize(
    ("architecture", "flags", "said"),
    [
        ("x86_64", "avx2", "AVX2, no VNNI, no AMX"),
        ("x86_64", "avx2 avx_vnni", "AVX2, VNNI, no AMX"),
        ("x86_64", "avx2 avx512_vnni amx_int8", "AVX2, VNNI, AMX"),
        ("x86_64", "sse4_2", "no AVX2, no VNNI, no AMX"),
        ("AMD64", None, "AVX2, VNNI, AMX unknown"),
        ("aarch64", None, "aarch64"),
    ],
)
def test_instruction_sets_are_named_whether_there_or_not(on, architecture, flags, said):
    on(architecture, flags and f"model name\t: P\nflags\t\t: fpu {flags} fma\n")

    assert processor.features() == said


def test_processor_is_the_first_cpus_name_the_number_and_the_sets(on):
    on("x86_64", ZEN1)

    assert processor.processor() == "AMD EPYC 7001, 2 CPUs, AVX2, no VNNI, no AMX"
    assert not processor.has_bf16()
