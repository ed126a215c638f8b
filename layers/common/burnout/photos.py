"""Photos in S3: their keys, and put, get and delete. A photo lives there only as long as its analysis."""

from typing import TYPE_CHECKING, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from burnout.errors import PhotoStorageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PHOTOS: Final = "photos/"  # until their analysis is recorded
DONATED: Final = "donated/"  # as long as the person donates them to the improvement of the model
# One retry inside, the rest by Telegram's redelivery: a slow S3 must not eat the webhook's 25 s.
S3_CONFIG: Final = Config(
    retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=1, read_timeout=4, max_pool_connections=50
)


def folder_of(prefix: str, pseudonym: str) -> str:
    """Where one person's photos lie under a prefix, ending in "/"."""
    return f"{prefix}{pseudonym}/"


def key_of(folder: str, update_id: int) -> str:
    """Where an update's photo lies in a folder, the same for every attempt."""
    return f"{folder}{update_id}"


def pseudonym_of(folder: str) -> str:
    """Whose photos lie in a folder."""
    return folder.split("/")[1]


class PhotoBucket:
    """The bucket of photos. Every method may run twice with one effect."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, content: bytes) -> None:
        """The photo is in S3 under `key`. Raises: PhotoStorageError."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content)
        except (ClientError, BotoCoreError) as error:
            raise PhotoStorageError(f"put: {type(error).__name__}") from error

    def delete(self, key: str) -> None:
        """No photo is in S3 under `key`. Raises: PhotoStorageError."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            raise PhotoStorageError(f"delete: {type(error).__name__}") from error
