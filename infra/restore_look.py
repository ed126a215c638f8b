"""A look at what AWS Backup restored: a function that lives as long as the look, with the store's role and network.

The store sees one folder of the file system, its access point's; nothing else of the stack sees any. So a function of
one file (infra/integrity.py) mounts the root of it, as the store's user and under the same policy.
"""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config

from infra import integrity
from infra.restore_job import RestoreError

_USER: Final = {"Uid": 1000, "Gid": 1000}  # the store's, see infra/template.yaml
_ONE_CHECK_S: Final = 900
_PATIENT: Final = Config(retries={"total_max_attempts": 1}, read_timeout=_ONE_CHECK_S)
_WAIT: Final = {"Delay": 5, "MaxAttempts": 60}
_POINT_WAIT_S: Final = 2
_POINT_TRIES: Final = 60


@dataclass(frozen=True)
class Look:
    """The function, while it is there."""

    lambdas: Any
    name: str

    def __call__(self, **event: str) -> Any:
        """As `integrity.lambda_handler`. Raises: RestoreError with what the function said; ClientError."""
        answer = self.lambdas.invoke(FunctionName=self.name, Payload=json.dumps(event))
        said = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RestoreError(f"{self.name} cannot look at the files: {said}")
        return said


@contextmanager
def looking(session: boto3.Session, store: str, file_system: str) -> Iterator[Look]:
    """The look at a store's file system; function and access point are gone afterwards.

    Raises: RestoreError; ClientError; BotoCoreError.
    """
    lambdas: Any = session.client("lambda", config=_PATIENT)
    efs: Any = session.client("efs")
    as_store = lambdas.get_function_configuration(FunctionName=store)
    name = f"{as_store['FunctionName']}-look"
    _remove(lambdas, efs, name, file_system)  # of a look that was killed
    try:
        point = efs.create_access_point(
            ClientToken=name, FileSystemId=file_system, PosixUser=_USER, RootDirectory={"Path": "/"}
        )
        _wait_for(efs, point["AccessPointId"])
        _create(lambdas, name, as_store, point["AccessPointArn"])
        yield Look(lambdas, name)
    finally:
        _remove(lambdas, efs, name, file_system)


def _create(lambdas: Any, name: str, as_store: dict[str, Any], access_point: str) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.write(Path(integrity.__file__), "integrity.py")
    lambdas.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=as_store["Role"],
        Handler="integrity.lambda_handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=_ONE_CHECK_S,
        MemorySize=1769,
        VpcConfig={key: as_store["VpcConfig"][key] for key in ("SubnetIds", "SecurityGroupIds")},
        FileSystemConfigs=[{"Arn": access_point, "LocalMountPath": integrity.FILES.as_posix()}],
    )
    lambdas.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=_WAIT)


def _wait_for(efs: Any, access_point: str) -> None:
    for _ in range(_POINT_TRIES):
        (point,) = efs.describe_access_points(AccessPointId=access_point)["AccessPoints"]
        if point["LifeCycleState"] == "available":
            return
        time.sleep(_POINT_WAIT_S)
    raise RestoreError(f"{access_point} is {point['LifeCycleState']}")


def _remove(lambdas: Any, efs: Any, name: str, file_system: str) -> None:
    with suppress(lambdas.exceptions.ResourceNotFoundException):
        lambdas.delete_function(FunctionName=name)
    for point in efs.describe_access_points(FileSystemId=file_system)["AccessPoints"]:
        if point["ClientToken"] == name:
            efs.delete_access_point(AccessPointId=point["AccessPointId"])
