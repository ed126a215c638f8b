"""The folder: who may work in it, what it refuses in one sentence, and files in place of S3."""

import os
import stat
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count

import pytest

from burnout.errors import PhotoStorageError
from functions.store.database import transaction_on
from selfhost import RefusedError, config, folder
from selfhost.folder import kind_of_drive, opened
from selfhost.objects import FolderObjects
from tests.integration.store.test_full_disk import disk  # noqa: F401  (a fixture)

NOON = datetime(2026, 3, 2, 12, 0, 5, tzinfo=UTC)
TOKEN = "7000000001:AAGreatSecretTokenThatNobodyMayEverSee"
MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:30 / /home rw - btrfs /dev/sdb rw
31 22 0:31 / /mnt/share rw - cifs //nas/share rw
32 31 8:2 / /mnt/share/local rw - ext4 /dev/sdc rw
33 22 0:33 / /mnt/a\040b rw - fuse.sshfs anna@nas: rw
34 22 0:34 / /home rw - nfs4 nas:/home rw
35 22 0:35 / /mnt/Диск\040\134 rw - cifs //nas/two rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/var/x", "ext4"), ("/mnt/share/x", "cifs"), ("/mnt/sharex", "ext4"), ("/mnt/share/local", "ext4"),
     ("/mnt/a b/x", "fuse.sshfs"), ("/home/anna", "nfs4"), ("/mnt/Диск \\/x", "cifs")],
)  # fmt: skip
def test_the_drive_below_a_folder_is_known(path, kind):
    assert kind_of_drive(folder.Path(path), MOUNTS) == kind


def refused(root):
    with pytest.raises(RefusedError) as caught, opened(root):
        pass
    return str(caught.value)


def test_a_folder_on_a_network_drive_is_refused(tmp_path, monkeypatch):
    mounts = tmp_path / "mountinfo"
    mounts.write_bytes(b"21 1 8:1 / /old\xe9 rw - ext4 /dev/sda rw\n22 1 8:1 / / rw - nfs4 nas:/ rw\n")
    monkeypatch.setattr(folder, "_MOUNTS", mounts)

    assert "lies on a network drive (nfs4): take a folder on this machine's own disk" in refused(tmp_path / "data")


def test_a_folder_that_has_something_else_is_neither_taken_nor_closed(tmp_path):
    home = tmp_path / "home"
    (home / "store").mkdir(parents=True)
    home.chmod(0o755)

    assert "is no bot's folder, and not empty" in refused(home)
    assert (stat.S_IMODE(home.stat().st_mode), [each.name for each in home.iterdir()]) == (0o755, ["store"])


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "data").touch()

    assert refused(tmp_path / "data") == f"{tmp_path / 'data'} cannot be used: File exists"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_anothers_folder_is_refused(tmp_path):
    os.chown(tmp_path, 65534, -1)

    assert "belongs to another user" in refused(tmp_path)


def test_data_of_an_older_version_is_refused_with_the_way_out(tmp_path):
    store = tmp_path / "data" / "store"
    store.mkdir(parents=True)
    transaction_on(store / "00.sqlite", lambda connection: connection.execute("PRAGMA application_id = 1").fetchall())

    assert "start it once more and send /export" in refused(tmp_path / "data")


def test_a_second_one_is_told_who_works_there_and_a_killed_one_leaves_no_lock(tmp_path):
    hold = "import sys, time; from pathlib import Path; from selfhost.folder import opened\n"
    hold += f"with opened(Path({str(tmp_path / 'data')!r})): print('in', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True) as holder:
        holder.stdout.readline()
        said = refused(tmp_path / "data")
        holder.kill()

    assert said.endswith(f"(process {holder.pid}): stop it, or take another folder")
    with opened(tmp_path / "data"):
        pass


def test_whatever_was_open_to_others_is_the_owners_after_the_start(tmp_path):
    (tmp_path / "data").mkdir(mode=0o777)
    (tmp_path / "data").chmod(0o777)

    with opened(tmp_path / "data") as place:
        assert [stat.S_IMODE(each.stat().st_mode) for each in (place.root, place.objects)] == [0o700] * 2


def test_a_disk_with_little_room_is_said(tmp_path, monkeypatch):
    with opened(tmp_path / "data") as place:
        assert place.warning() is None
        monkeypatch.setattr(folder, "LITTLE_BYTES", 1 << 60)
        assert "MB are free for" in place.warning()


# ------------------------------------------------ objects


@pytest.fixture
def objects(tmp_path):
    (tmp_path / "objects").mkdir()
    return FolderObjects(tmp_path / "objects", tmp_path, lambda: NOON)


def test_objects_are_listed_in_their_order_by_prefix_and_with_their_time(objects):
    for key in ("photos/ab/2", "photos/ab/10", "photos/abc/1", "donated/ab/1"):
        objects.put(key, key.encode())

    assert [found.key for found in objects.listed("photos/ab/")] == ["photos/ab/10", "photos/ab/2"]
    assert [found.key for found in objects.listed("photos/", after="photos/ab/10")] == ["photos/ab/2", "photos/abc/1"]
    assert {found.modified_at_utc for found in objects.listed("")} == {NOON}
    assert (objects.read("photos/ab/2"), objects.read("photos/ab/3")) == (b"photos/ab/2", None)
    assert objects.delete_all(["photos/ab/2", "photos/gone"]) == 2
    assert objects.read("photos/ab/2") is None


def test_a_put_that_was_killed_leaves_nothing(objects, tmp_path):
    (tmp_path / "objects" / ".unfinished").write_bytes(b"half a face")

    objects.tidy()

    assert list((tmp_path / "objects").iterdir()) == []


def test_no_key_leaves_the_folder(objects, tmp_path):
    objects.put("photos/../../../escaped", b"")

    assert [each.parent for each in tmp_path.rglob("*escaped*")] == [tmp_path / "objects"]


def test_a_mark_has_the_reserve_of_a_full_disk(disk):  # noqa: F811
    (disk / "objects").mkdir()
    objects = FolderObjects(disk / "objects", disk, lambda: NOON)
    (disk / "reserve").write_bytes(bytes(2**20))
    with suppress(OSError):
        for number in count():  # an empty file takes a place of its own
            (disk / str(number)).touch()
    with pytest.raises(PhotoStorageError):
        objects.put("photos/1", b"")

    objects.mark("erasures/00/abc")

    assert objects.read("erasures/00/abc") == b""


# ------------------------------------------------ config


def test_a_token_is_taken_out_of_the_variables(monkeypatch):
    monkeypatch.setenv(config.TOKEN_VARIABLE, TOKEN)

    assert config.taken_token(None) == TOKEN
    assert config.TOKEN_VARIABLE not in os.environ  # noqa: TID251


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [(TOKEN, 0o644, "others can read"), (TOKEN, 0o640, "others can read"), ("", 0o600, "is empty"),
     ("123456:your-token", 0o600, "has no token"), (b"\xff", 0o600, "no text"), (None, 0o600, "No such file")],
)  # fmt: skip
def test_a_file_without_a_token_of_ones_own_is_refused(tmp_path, content, mode, sentence):
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        file.chmod(mode)

    with pytest.raises(RefusedError, match=sentence) as caught:
        config.taken_token(file)
    assert TOKEN not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own way")
def test_nobody_else_of_the_account_reads_the_memory_of_a_process_that_has_prepared():
    asked = "import ctypes; from pathlib import Path; from selfhost import config; config.prepare(Path('/nowhere'))"
    asked += "; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE

    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True).stdout == b"0\n"


def test_a_log_that_cannot_be_opened_costs_its_lines_and_no_more(tmp_path):
    (tmp_path / "log.jsonl").mkdir()
    asked = "from pathlib import Path; from selfhost import config; from burnout.redaction import redacted_logger"
    asked += f"; config.log_to(Path({str(tmp_path / 'log.jsonl')!r})); redacted_logger().error('store')"

    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")
