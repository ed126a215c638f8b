"""Every pin of what is deployed has a wheel for Lambda's Python 3.13 on x86_64: AWS's build needs no compiler."""

import pytest

from infra.stack.command import ROOT, UnavailableError
from tests.build.other_processors import run_online

LOCKS = [f"{folder}/requirements.txt" for folder in ("layers/common", "functions/infer", "functions/report")]
# Amazon Linux 2023 has glibc 2.34: it runs what was built for 2.28, 2.17 and what says 2014, its older name.
PLATFORMS = [
    part for name in ("manylinux_2_28", "manylinux_2_17", "manylinux2014") for part in ("--platform", f"{name}_x86_64")
]


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_every_pin_has_a_wheel_for_the_runtime(lock, runtime, tmp_path):
    # By the runtime's own Python, or the markers would be this machine's.
    command = [runtime, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command += [*PLATFORMS, "--python-version", "3.13", "--dest", tmp_path, "--requirement", ROOT / lock]
    try:
        run_online(command)
    except UnavailableError as reason:
        pytest.skip(str(reason))

    assert list(tmp_path.glob("*.whl"))
    assert not list(tmp_path.glob("*.tar.gz"))
