"""Object names: two folders a person, whose name does not identify the person."""

import msgspec
import pytest

from burnout.photos import DONATED, PHOTOS, folder_of
from burnout.values import PhotoFolder, PhotoKey

PSEUDONYM = "7f" + "0123456789abcdef" * 2


@pytest.mark.parametrize("prefix", [PHOTOS, DONATED])
def test_folder_and_the_keys_in_it_are_what_the_store_takes(prefix):
    folder = folder_of(prefix, PSEUDONYM[:32])

    assert folder == f"{prefix}7f0123456789abcdef0123456789abcd/"
    assert msgspec.convert(folder, PhotoFolder) == folder
    assert msgspec.convert(f"{folder}12", PhotoKey) == f"{folder}12"


@pytest.mark.parametrize("key", ["photos/7/12", "models/mvp.onnx", f"erasures/{PSEUDONYM[:32]}/1", "photos//1"])
def test_no_other_name_is_a_photos(key):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(key, PhotoKey)
