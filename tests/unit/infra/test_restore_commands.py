"""`infra.restore` against an AWS that answers as AWS's own interface says, with databases that are really there.

What the function of the look does is done: its code is unpacked from what was sent, and reads these files.
"""

import importlib.util
import io
import json
import re
import shutil
import sqlite3
import zipfile
from datetime import UTC, datetime

import pytest

from infra import restore, restore_job, restore_look
from infra.templates import read
from tests.unit.infra.conftest import fails

WELL, BAD = 0, 1
FS, VAULT, STORE = (
    "fs-0123456789abcdef0",
    "burnout-prod-x",
    "arn:aws:lambda:eu-west-1:1:function:burnout-prod-store:live",
)
NEEDED = (
    "WebhookUrl",
    "AppUrl",
    "BotSecretArn",
    "PhotosBucketName",
    "InferFunctionAlias",
    "ReportFunctionAlias",
    "RestoreRoleArn",
)
RESTORED = "/aws-backup-restore_2026-11-29T14-00-00-000Z"


class Account:
    """A deployed stack, its file system and its copies, as far as `infra.restore` sees them."""

    def __init__(self, aws, files):
        self.aws, self.files, self.status = aws, files, ["PENDING", "RUNNING", "COMPLETED"]
        self.parameters = {"Stage": "prod", "DatabaseFolder": "/sqlite", "ReserveConcurrency": "true"}
        self.points = [
            self.point(20),
            self.point(28),
            self.point(29, status="EXPIRED"),
            self.point(30, file_system="x"),
        ]
        self.database("00", "a7")
        aws.answers |= {
            "DescribeStacks": self.described,
            "ListRecoveryPointsByBackupVault": self.listed,
            "GetRecoveryPointRestoreMetadata": {"RestoreMetadata": {"file-system-id": "?", "newFileSystem": "true"}},
            "StartRestoreJob": self.started,
            "DescribeRestoreJob": lambda _: {"Status": self.status.pop(0), "StatusMessage": "no right"},
            "GetFunctionConfiguration": {
                "FunctionName": "burnout-prod-store",
                "Role": "arn:aws:iam::1:role/store",
                "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"},
            },
            "DescribeAccessPoints": lambda _: {"AccessPoints": self.access_points},
            "CreateAccessPoint": {"AccessPointId": "fsap-1", "AccessPointArn": "arn:aws:elasticfilesystem:::fsap-1"},
            "DeleteFunction": fails("ResourceNotFoundException"),
            "GetFunction": {"Configuration": {"State": "Active"}},
            "Invoke": self.invoked,
        }

    def point(self, day, status="COMPLETED", file_system=FS):
        arn = f"arn:aws:elasticfilesystem:eu-west-1:1:file-system/{file_system}"
        made = datetime(2026, 11, day, 2, tzinfo=UTC)
        return {"RecoveryPointArn": f"point-{day}", "ResourceArn": arn, "Status": status, "CreationDate": made}

    def database(self, *names):
        for name in names:
            path = self.files / "sqlite" / f"{name}.sqlite"
            path.parent.mkdir(parents=True, exist_ok=True)
            with sqlite3.connect(path) as connection:
                connection.execute("CREATE TABLE entries (words TEXT)")
                connection.executemany("INSERT INTO entries VALUES (?)", [("x" * 200,)] * 100)
            connection.close()

    @property
    def access_points(self):
        made = self.aws.asked_to("CreateAccessPoint")
        return [
            {"AccessPointId": "fsap-1", "ClientToken": "burnout-prod-store-look", "LifeCycleState": "available"}
        ] * bool(made)

    def described(self, _):
        outputs = dict.fromkeys(NEEDED, "x") | {
            "BackupVaultName": VAULT,
            "FileSystemId": FS,
            "StoreFunctionAlias": STORE,
        }
        return {
            "Stacks": [
                {
                    "StackName": "burnout-prod",
                    "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()],
                    "Parameters": [{"ParameterKey": n, "ParameterValue": v} for n, v in self.parameters.items()],
                }
            ]
        }

    def listed(self, asked):
        limit = asked.get("ByCreatedBefore")
        return {"RecoveryPoints": [each for each in self.points if not limit or each["CreationDate"] < limit]}

    def started(self, _):
        """As AWS Backup: everything that was in the copy, below a folder with the time in its name."""
        self.copy(RESTORED)
        return {"RestoreJobId": "job-1"}

    def copy(self, restored):
        for folder in [each for each in self.files.iterdir() if each.name != restored.strip("/")]:
            shutil.copytree(folder, self.files / restored.strip("/") / folder.name)

    def invoked(self, asked):
        event = json.loads(asked["Payload"])
        said = {"ok": {}} if asked["FunctionName"] == STORE else self.looks(event)
        return {"Payload": io.BytesIO(json.dumps(said).encode())}

    def looks(self, event):
        (made, *_) = self.aws.asked_to("CreateFunction")
        with zipfile.ZipFile(io.BytesIO(made["Code"]["ZipFile"])) as archive:
            archive.extractall(self.files.parent / "code")
        name, handler = made["Handler"].split(".")
        spec = importlib.util.spec_from_file_location(name, self.files.parent / "code" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert module.FILES.as_posix() == made["FileSystemConfigs"][0]["LocalMountPath"]
        module.FILES = self.files
        return getattr(module, handler)(event, None)

    def concurrency(self):
        """What webhook, report and app may take, in the order in which it was said; None: no limit of their own."""
        said = ("PutFunctionConcurrency", "DeleteFunctionConcurrency")
        asked = [params for name, params in self.aws.calls if name in said]
        return [(each["FunctionName"][13:], each.get("ReservedConcurrentExecutions")) for each in asked]


@pytest.fixture
def account(aws, tmp_path, monkeypatch):
    (tmp_path / "files").mkdir()
    for module in (restore_job, restore_look):
        monkeypatch.setattr(module.time, "sleep", lambda _: None)
    return Account(aws, tmp_path / "files")


def restores(*arguments):
    return restore.main([*arguments, "--stack", "burnout-prod"])


STOPPED = [("webhook", 0), ("report", 0), ("app", 0)]


def test_newest_whole_copy_is_restored_beside_checked_and_the_switch_is_named(account, capsys):
    assert restores("--yes") == WELL

    (job,) = account.aws.asked_to("StartRestoreJob")
    assert job["RecoveryPointArn"] == "point-28"
    assert (job["Metadata"]["file-system-id"], job["Metadata"]["newFileSystem"]) == (FS, "false")
    said = capsys.readouterr().out
    assert "2 databases checked, 0 are not whole" in said
    assert f"--database-folder {RESTORED}/sqlite\n" in said
    assert account.concurrency() == STOPPED


def test_copy_of_before_a_moment_is_taken_when_one_is_named(account):
    restores("--yes", "--at", "2026-11-28T01:00")

    (job,) = account.aws.asked_to("StartRestoreJob")
    assert job["RecoveryPointArn"] == "point-20"


def test_damaged_file_of_the_copy_is_named_and_the_others_are_not(account, capsys):
    with (account.files / "sqlite" / "a7.sqlite").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4)

    assert restores("--yes") == BAD

    assert re.findall(r"^BAD (\S+):", capsys.readouterr().out, re.M) == [f"{RESTORED}/sqlite/a7.sqlite"]


def test_interrupted_restore_goes_on_with_its_job(account, capsys):
    account.started(None)

    assert restores("--job", "job-1") == WELL
    assert account.aws.asked_to("StartRestoreJob") == []
    assert f"--database-folder {RESTORED}/sqlite\n" in capsys.readouterr().out


def test_restore_that_aws_gives_up_says_why(account, capsys):
    account.status = ["RUNNING", "FAILED"]

    assert restores("--yes") == BAD
    assert "job job-1: FAILED, no right" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["", "n"])
def test_nothing_is_stopped_before_somebody_says_yes(answer, account, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: answer)

    assert restores() == BAD
    assert (account.concurrency(), account.aws.asked_to("StartRestoreJob")) == ([], [])


def test_stack_without_a_copy_is_left_as_it_is(account, capsys):
    account.points = []

    assert restores("--yes") == BAD
    assert f"{VAULT} has no whole copy of {FS}" in capsys.readouterr().err
    assert account.concurrency() == []


@pytest.mark.parametrize("reserves", ["true", "false"])
def test_after_the_switch_every_shard_is_swept_before_anybody_writes(reserves, account, capsys):
    restores("--yes")
    account.parameters |= {"DatabaseFolder": f"{RESTORED}/sqlite", "ReserveConcurrency": reserves}
    account.aws.calls.clear()

    assert restores("finish") == WELL

    assert "256 of 256 shards swept" in capsys.readouterr().out
    names = [name for name, _ in account.aws.calls]
    running = ("DeleteFunctionConcurrency", "PutFunctionConcurrency")[reserves == "true"]
    assert max(i for i, name in enumerate(names) if name == "Invoke") < names.index(running, names.index("Invoke"))
    as_the_template_says = (100, 2, 20) if reserves == "true" else (None, None, None)
    assert account.concurrency() == [*STOPPED, *zip(("webhook", "report", "app"), as_the_template_says, strict=True)]


def test_nobody_writes_before_the_switch(account, capsys):
    restores("--yes")

    assert restores("finish") == BAD
    assert "nothing was restored to /sqlite" in capsys.readouterr().err
    assert account.concurrency() == STOPPED * 2


def test_second_restore_takes_the_databases_in_use_and_not_the_older_ones(account, capsys):
    restores("--yes")
    account.parameters["DatabaseFolder"] = f"{RESTORED}/sqlite"
    later = RESTORED.replace("2026", "2027")
    account.copy(later)
    account.status = ["COMPLETED"]

    assert restores("--job", "job-2") == WELL
    assert f"--database-folder {later}{RESTORED}/sqlite\n" in capsys.readouterr().out


def test_older_files_are_deleted_once_nobody_needs_them(account, capsys):
    restores("--yes")
    account.parameters["DatabaseFolder"] = f"{RESTORED}/sqlite"
    (account.files / "sqlite" / "00.sqlite-journal").touch()

    assert restores("tidy", "--yes") == WELL

    assert "3 files deleted" in capsys.readouterr().out
    left = {file.relative_to(account.files).as_posix() for file in account.files.rglob("*") if file.is_file()}
    assert left == {f"{RESTORED[1:]}/sqlite/{name}.sqlite" for name in ("00", "a7")}


def test_look_leaves_neither_function_nor_access_point(account):
    restores("--yes")

    names = [name for name, _ in account.aws.calls]
    assert names[-2:] == ["DescribeAccessPoints", "DeleteAccessPoint"]
    assert "DeleteFunction" in names[names.index("CreateFunction") :]
    (made,) = account.aws.asked_to("CreateFunction")
    assert made["Role"] == "arn:aws:iam::1:role/store"


def test_look_has_the_stores_user_and_a_file_system_that_asks_for_its_role_only():
    resources = read()["Resources"]
    user = resources["AccessPoint"]["Properties"]["PosixUser"]
    statements = resources["FileSystem"]["Properties"]["FileSystemPolicy"]["Statement"]
    (mounts,) = (each for each in statements if each["Effect"] == "Allow")

    assert {name: int(number) for name, number in user.items()} == restore_look._USER
    assert mounts["Principal"] == {"AWS": {"Fn::GetAtt": ["StoreRole", "Arn"]}}
    assert mounts["Condition"] == {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}  # by any access point
