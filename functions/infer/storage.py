"""S3 key → photo bytes, and S3's failures as ours. Knows nothing of pictures but how large a file may be."""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from burnout.errors import PhotoStorageError
from functions.infer.image import MAX_BYTES, ImageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MISSING: Final = frozenset({"NoSuchKey", "404"})


def fetch_photo(client: "S3Client", bucket: str, key: str) -> bytes:
    """The photo's bytes.

    Raises: ImageError `no_such_photo`; ImageError `too_large`, before anything is read; PhotoStorageError for
    everything that S3 may do better next time.
    """
    try:
        answer = client.get_object(Bucket=bucket, Key=key)
        with answer["Body"] as body:
            if answer["ContentLength"] > MAX_BYTES:
                raise ImageError("too_large", f"over {MAX_BYTES} bytes")
            return body.read()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in MISSING:
            raise ImageError("no_such_photo", "nothing under this key") from error
        raise PhotoStorageError(f"get: {code}") from error
    except BotoCoreError as error:
        raise PhotoStorageError(f"get: {type(error).__name__}") from error
