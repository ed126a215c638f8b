"""The processor that a figure was measured on. Standard library only: benchmarks without torch name it too.

Integer products are the reason: ONNX Runtime's int8 kernels differ by instruction set, in speed and, for a file that
may overflow, in the answer (functions/infer/contract.py).
"""

import os
import platform
from pathlib import Path
from typing import Final

CPUINFO: Final = Path("/proc/cpuinfo")  # Linux; elsewhere only the architecture is known
_FEATURES: Final = {"AVX2": {"avx2"}, "VNNI": {"avx512_vnni", "avx_vnni"}, "AMX": {"amx_int8", "amx_bf16"}}


def processor() -> str:
    """Name, number of CPUs and instruction sets, e.g. "AMD EPYC, 2 CPUs, AVX2, no VNNI, no AMX"."""
    return f"{_name()}, {os.cpu_count()} CPUs, {features()}"


def features() -> str:
    """Which of AVX2, VNNI and AMX there are, e.g. "AVX2, VNNI, no AMX"; on other architectures than x86 their name."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return platform.machine()
    flags = set(_field("flags").split())
    if not flags:
        return "AVX2, VNNI, AMX unknown"
    return ", ".join(name if flags & any_of else f"no {name}" for name, any_of in _FEATURES.items())


def has_bf16() -> bool:
    """Whether there are instructions for products of bfloat16: AMX's or AVX-512's."""
    return not {"amx_bf16", "avx512_bf16"}.isdisjoint(_field("flags").split())


def _name() -> str:
    return _field("model name") or platform.processor() or platform.machine()


def _field(name: str) -> str:
    """What /proc/cpuinfo says of the first CPU; empty where it says nothing."""
    lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines() if CPUINFO.is_file() else []
    values = [value.strip() for key, _, value in (line.partition(":") for line in lines) if key.strip() == name]
    return values[0] if values else ""
