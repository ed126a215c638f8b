"""A figure's processor: name, CPUs, and the instruction sets that decide how int8 is computed."""

import pytest

from training import processor

ZEN1 = "processor\t: 0\nmodel name\t: AMD EPYC 7001\nflags\t\t: fpu avx avx2 fma\n\nprocessor\t: 1\n"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("avx2", "AVX2, no VNNI, no AMX"),
        ("avx2 avx_vnni", "AVX2, VNNI, no AMX"),
        ("avx2 avx512_vnni amx_int8", "AVX2, VNNI, AMX"),
        ("sse4_2", "no AVX2, no VNNI, no AMX"),
    ],
)
def test_instruction_sets_are_named_whether_there_or_not(monkeypatch, tmp_path, flags, said):
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    (tmp_path / "cpuinfo").write_text(f"model name\t: P\nflags\t\t: fpu {flags} fma\n", encoding="utf-8")

    assert processor.features() == said


def test_processor_is_the_first_cpus_name_the_number_and_the_sets(monkeypatch, tmp_path):
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    (tmp_path / "cpuinfo").write_text(ZEN1, encoding="utf-8")

    assert processor.processor() == "AMD EPYC 7001, 2 CPUs, AVX2, no VNNI, no AMX"
    assert not processor.has_amx()


def test_where_the_system_does_not_tell_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "none")
    monkeypatch.setattr("platform.machine", lambda: "AMD64")

    assert processor.features() == "AVX2, VNNI, AMX unknown"


def test_another_architecture_is_named(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "aarch64")

    assert processor.features() == "aarch64"
