"""AWS Backup's part of a restore: which copy of the databases, and the job that puts it beside the present ones."""

import time
from datetime import datetime
from typing import Any, Final

_ENDED_BADLY: Final = ("ABORTED", "FAILED")
_POLL_S: Final = 15

Point = dict[str, Any]


class RestoreError(Exception):
    """The restore cannot go on. The text says why, in one line."""


def newest_point(backup: Any, vault: str, file_system: str, before: datetime | None) -> Point:
    """The newest whole copy of the file system, made before a moment. Raises: RestoreError; ClientError."""
    limit = {"ByCreatedBefore": before} if before else {}
    pages = backup.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=vault, **limit)
    points: list[Point] = [
        point
        for page in pages
        for point in page["RecoveryPoints"]
        if point["Status"] == "COMPLETED" and point["ResourceArn"].endswith(f"/{file_system}")
    ]
    if not points:
        raise RestoreError(f"{vault} has no whole copy of {file_system}{f' of before {before}' if before else ''}")
    return max(points, key=lambda point: point["CreationDate"])


def start(backup: Any, vault: str, file_system: str, point: Point, role: str) -> str:
    """The job that restores the copy into a new folder of the same file system. Raises: ClientError."""
    arn = point["RecoveryPointArn"]
    known = backup.get_recovery_point_restore_metadata(BackupVaultName=vault, RecoveryPointArn=arn)["RestoreMetadata"]
    ours = {"file-system-id": file_system, "newFileSystem": "false", "Encrypted": "true", "CreationToken": arn[-64:]}
    started = backup.start_restore_job(RecoveryPointArn=arn, IamRoleArn=role, Metadata=known | ours, ResourceType="EFS")
    return str(started["RestoreJobId"])


def wait(backup: Any, job: str) -> None:
    """Returns when the job has put all files there; prints how far it is. Raises: RestoreError; ClientError."""
    said = ""
    while True:
        now = backup.describe_restore_job(RestoreJobId=job)
        if now["Status"] == "COMPLETED":
            return
        if now["Status"] in _ENDED_BADLY:
            raise RestoreError(f"job {job}: {now['Status']}, {now.get('StatusMessage', 'without a reason')}")
        if (progress := f"{now['Status']} {now.get('PercentDone', '')}") != said:
            print(f"job {job}: {progress}", flush=True)
        said = progress
        time.sleep(_POLL_S)


def folder_of(files: list[str], present: str) -> str:
    """Where the restored databases lie, of a list of all that were ever restored. Raises: RestoreError.

    The newest restore counts. A copy has the present folder at its old place, and what an earlier restore left
    beside it as well.
    """
    if not files:
        raise RestoreError("the store's user sees no restored databases: look at the file system from an instance")
    newest = max(file.split("/")[1] for file in files)
    folders = {file.rpartition("/")[0] for file in files if file.startswith(f"/{newest}/")}
    wanted = f"/{newest}{present}"
    if wanted in folders:
        return wanted
    if len(folders) > 1:
        raise RestoreError(f"{newest} has databases in {', '.join(sorted(folders))}: one of them is DatabaseFolder")
    return folders.pop()
