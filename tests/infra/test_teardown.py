"""infra/teardown.sh with an `aws` that remembers what it deleted: all of it, once, and again after a failure."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "infra" / "teardown.sh"
# What is gone says so, as AWS does; one call may fail. A stack that is gone is found among the deleted ones.
AWS = """#!/bin/sh
echo "$*" >>calls
case "$1 $2" in
  "$FAILS") echo "An error occurred (Throttling)" >&2; exit 255 ;;
  "cloudformation describe-stacks") [ ! -e stack ] && echo "does not exist" >&2 && exit 254; echo arn:stack/it ;;
  "cloudformation list-stacks") echo '"arn:stack/it"' ;;
  "cloudformation describe-stack-resource") echo "the-$6" ;;
  "cloudformation delete-stack") rm -f stack ;;
  "backup list-backup-vaults") echo the-BackupVault ;;
  "backup list-recovery-points-by-backup-vault") cat points ;;
  "backup delete-recovery-point") : >points ;;
  "efs delete-file-system") [ -e "$1" ] && echo "(FileSystemNotFound)" >&2 && exit 254; : >"$1" ;;
  "kms schedule-key-deletion") [ -e "$1" ] && echo "is pending deletion." >&2 && exit 254; : >"$1" ;;
esac
"""


@pytest.fixture
def teardown(tmp_path):
    """Runs the script in an account with a stack; (exit status, the calls of aws)."""
    (tmp_path / "aws").write_text(AWS.replace("calls", f"{tmp_path}/calls", 1), encoding="utf-8")
    (tmp_path / "aws").chmod(0o755)
    (tmp_path / "infra").mkdir()
    script = tmp_path / "infra" / "teardown.sh"
    script.write_bytes(SCRIPT.read_bytes())
    (tmp_path / "points").write_text("arn:aws:backup:one\tarn:aws:backup:two\n", encoding="utf-8")
    (tmp_path / "stack").touch()

    def run(stage, fails="", **variables):
        environment = {"PATH": f"{tmp_path}:{os.defpath}", "PYTHON": "aws", "FAILS": fails, **variables}
        (tmp_path / "calls").write_text("", encoding="utf-8")
        status = subprocess.run(["bash", script, stage], env=environment, timeout=60, check=False).returncode
        calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
        return status, [call for call in calls if call.split()[1].startswith(("infra", "delete", "rb", "schedule"))]

    return run


DELETED = [
    "-m infra.webhook delete --secret-arn burnout/dev/telegram",
    "cloudformation delete-stack --stack-name arn:stack/it",
    "secretsmanager delete-secret --secret-id burnout/dev/telegram --force-delete-without-recovery",
    "s3 rb s3://the-PhotosBucket --force",
    "efs delete-file-system --file-system-id the-FileSystem",
    "backup delete-recovery-point --backup-vault-name the-BackupVault --recovery-point-arn arn:aws:backup:one",
    "backup delete-recovery-point --backup-vault-name the-BackupVault --recovery-point-arn arn:aws:backup:two",
    "backup delete-backup-vault --backup-vault-name the-BackupVault",
    "ecr delete-repository --repository-name burnout/dev/infer --force",
    "cloudformation delete-stack --stack-name burnout-images-dev",
    "kms schedule-key-deletion --key-id the-Key --pending-window-in-days 7",
]


def test_everything_is_deleted_and_the_key_last(teardown):
    assert teardown("dev") == (0, DELETED)


@pytest.mark.parametrize(
    "failing", ["s3 rb", "efs delete-file-system", "ecr delete-repository", "kms schedule-key-deletion"]
)
def test_after_a_failure_it_is_run_again_and_finishes(teardown, failing):
    failed, before = teardown("dev", fails=failing)
    finished, after = teardown("dev")

    assert (failed != 0, finished) == (True, 0)
    assert before[-1].startswith(failing)
    assert {*before, *after} == set(DELETED)
    assert teardown("dev")[0] == 0  # nothing is left to delete


@pytest.mark.parametrize("confirmed", ["", "burnout-dev", "prod"])
def test_what_people_use_is_deleted_only_by_its_name(teardown, confirmed):
    assert teardown("prod", CONFIRM=confirmed) == (2, [])
    assert teardown("prod", CONFIRM="burnout-prod")[0] == 0
