"""Python under an emulated processor: what it answers is what that processor's instructions compute.

qemu's user mode runs the interpreter and ONNX Runtime instruction by instruction, 50 to 200 times slower than the
processor, and its cpuid is what chooses the kernels. x86 runs this environment's Python, arm64 Debian's.
"""

import hashlib
import os
import shutil
import sys

from infra.stack.command import BUILD, ROOT, StackToolError, UnavailableError, run

EMULATORS = {"x86_64": "qemu-x86_64", "arm64": "qemu-aarch64"}
# What lscpu shows of a Graviton 2 (Neoverse N1). ONNX Runtime reads it at import, and crashes on the host's.
ARM_CPUINFO = "processor\t: 0\nFeatures\t: fp asimd aes crc32 atomics fphp asimdhp cpuid asimddp\n" + (
    "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n\n"
)


def haswell():
    """The command of a Python on Intel's Haswell: AVX2, no VNNI; folders to import from. Raises: UnavailableError."""
    if os.uname().machine != "x86_64":
        raise UnavailableError("this machine's Python is not of x86_64, so it cannot run under that emulator")
    return [emulator("x86_64"), "-cpu", "Haswell", sys.executable], []


def graviton():
    """The same of AWS's arm64, on which the lean setting runs functions. Raises: UnavailableError."""
    qemu, root = emulator("arm64"), BUILD / "arm64"
    if not (root / ".done").exists():
        if not shutil.which("mmdebstrap"):
            raise UnavailableError("mmdebstrap is not installed (apt-get install mmdebstrap)")
        shutil.rmtree(root, ignore_errors=True)
        BUILD.mkdir(parents=True, exist_ok=True)
        command = ["mmdebstrap", "--variant=extract", "--architectures=arm64", "--include=python3,libstdc++6"]
        run_online([*command, "trixie", root])
        (root / "lib").symlink_to("usr/lib")  # which the package that was only unpacked would have made
        (root / "proc").mkdir()
        (root / "proc" / "cpuinfo").write_text(ARM_CPUINFO, encoding="utf-8")
        (root / ".done").touch()
    packages = installed()
    python = root / "usr" / "bin" / "python3.13"
    return [qemu, "-cpu", "neoverse-n1", "-L", root, python], [packages, ROOT / "layers" / "common"]


def emulator(architecture):
    """Where the emulator lies. Raises: UnavailableError."""
    name = EMULATORS[architecture]
    found = shutil.which(name) or shutil.which(f"{name}-static")
    if not found:
        raise UnavailableError(f"{name} is not installed (apt-get install qemu-user)")
    return found


def installed():
    """The folder with what infer needs on arm64, from the pins of its image."""
    locks = [ROOT / "layers" / "common" / "requirements.txt", ROOT / "functions" / "infer" / "requirements.txt"]
    pins = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    packages = BUILD / f"arm64-{pins[:12]}"
    if not packages.exists():
        platforms = [f"--platform={name}_aarch64" for name in ("manylinux_2_28", "manylinux_2_17", "manylinux2014")]
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--no-compile"]
        command += ["--only-binary=:all:", "--python-version=3.13", *platforms, f"--target={packages}.partial"]
        shutil.rmtree(f"{packages}.partial", ignore_errors=True)
        run_online([*command, *(f"--requirement={lock}" for lock in locks)])
        packages.with_name(f"{packages.name}.partial").rename(packages)
    return packages


def run_online(command):
    """Runs pip or mmdebstrap. Raises: UnavailableError where no package index can be reached."""
    unreachable = ("Failed to establish a new connection", "Temporary failure in name", "Temporary failure resolving")
    try:
        run(command, limit_s=600)
    except StackToolError as error:
        if any(sign in str(error) for sign in unreachable):
            raise UnavailableError("no package index can be reached") from error
        raise
