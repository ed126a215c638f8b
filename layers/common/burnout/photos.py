"""Photos in S3: their keys, and put, get and delete. A photo lives there only as long as its analysis."""

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from burnout.errors import PhotoStorageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PHOTOS: Final = "photos/"  # until their analysis is recorded
DONATED: Final = "donated/"  # as long as the person gives them to the improvement of the model
PREFIX: Final = PHOTOS
# One retry inside, the rest by Telegram's redelivery: a slow S3 must not eat the webhook's 25 s.
S3_CONFIG: Final = Config(
    retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=1, read_timeout=5, max_pool_connections=50
)


def user_prefix(pseudonym_key: str, user_id: int) -> str:
    """Where all photos of one person lie, ending in "/".

    The person's id goes through HMAC-SHA256 under a secret, cut to 128 bits: an object's name tells nobody whose face
    it is, and the same person's photos still share a prefix, so that they can be erased together.
    """
    digest = hmac.new(pseudonym_key.encode(), str(user_id).encode(), hashlib.sha256).hexdigest()
    return f"{PREFIX}{digest[:32]}/"


def folder_of(prefix: str, pseudonym: str) -> str:
    """Where one person's photos lie under a prefix, ending in "/"."""
    return f"{prefix}{pseudonym}/"


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
