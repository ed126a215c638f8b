"""Copies: made while the bot is at work, and brought back."""

import os
import signal
import stat
from pathlib import Path

import pytest

from selfhost import RefusedError, copies
from selfhost.folder import OF_A_PAGE, Folder, opened
from tests import updates
from tests.integration.selfhost.conftest import ANN, BEN, WAIT_S, Hosted, agreed, donated, erase, people, ran
from tests.integration.selfhost.test_process import SELFIE
from tests.integration.store.test_full_disk import disk, fill  # noqa: F401  (a fixture)
from tests.unit.store.samples import DAY


def test_a_copy_has_everybody_and_is_its_owners(copied, hosted):
    assert people(copied, hosted) == [ANN, BEN]
    assert len(donated(copied)) == 2
    assert [
        each for each in copied.root.rglob("*") if stat.S_IMODE(each.stat().st_mode) & 0o177 and each.is_file()
    ] == []


@pytest.mark.parametrize("at", ["interrupted", "killed", "killed between two names"])
def test_a_backup_that_ends_early_leaves_one_whole_copy_and_nothing_half(copied, hosted, monkeypatch, at):
    def dies(*_):
        raise KeyboardInterrupt

    rename = Path.rename
    with monkeypatch.context() as patch:
        if at == "killed between two names":
            patch.setattr(Path, "rename", lambda path, to: dies() if path.name.endswith("-new") else rename(path, to))
        else:
            patch.setattr(copies, "_copy_objects", dies)
        if at != "interrupted":
            patch.setattr(copies, "_tidy", lambda _: None)  # the next tick does it
        with pytest.raises(KeyboardInterrupt):
            copies.back_up(hosted.folder, copied.root, hosted.now)
    erase(hosted, ANN)
    hosted.tick()

    assert people(copied, hosted) == [BEN]
    assert [each.name for each in copied.root.parent.iterdir() if "copy" in each.name] == ["copy"]


def test_a_copy_behind_a_link_is_one_that_erasures_reach(copied, hosted, tmp_path):
    (tmp_path / "link").symlink_to(copied.root)
    copies.back_up(hosted.folder, tmp_path / "link", hosted.now)
    (tmp_path / "inside").symlink_to(hosted.folder.root)

    with pytest.raises(RefusedError, match="lies inside"):
        copies.back_up(hosted.folder, tmp_path / "inside" / "copy", hosted.now)
    assert list(copies.remembered(hosted.folder)) == [copied.root]


def test_on_a_full_disk_a_known_copy_is_made_anew_and_another_is_refused(disk, tmp_path):  # noqa: F811
    hosted = Hosted(disk / "data")
    hosted.agree()
    copies.back_up(hosted.folder, tmp_path / "copy", hosted.now)
    fill(disk)

    copies.back_up(hosted.folder, tmp_path / "copy", hosted.now)
    with pytest.raises(RefusedError, match="No space left on device"):
        copies.back_up(hosted.folder, tmp_path / "another", hosted.now)

    assert list(copies.remembered(hosted.folder)) == [tmp_path / "copy"]


def test_restore_brings_back_all_but_those_whom_a_log_names(copied, hosted, tmp_path):
    copies.back_up(hosted.folder, tmp_path / "newer", hosted.now)
    copied.root.rename(tmp_path / "away")
    erase(hosted, ANN)
    hosted.folder.store.rename(tmp_path / "lost")
    for each in donated(hosted.folder):
        each.unlink()

    with opened(hosted.folder.root) as place:
        copies.restore(place, tmp_path / "away", hosted.now)

    assert people(hosted.folder, hosted) == [BEN]
    assert len(donated(hosted.folder)) == 1
    hosted.begin()
    assert hosted.take(updates.text("/history", BEN))[0] == 200


def test_another_copys_log_is_not_needed_where_the_folder_is_new(copied, hosted, tmp_path):
    """The erasure has reached the copy before the machine was lost."""
    erase(hosted, ANN)
    hosted.tick()

    with opened(tmp_path / "new machine") as place:
        copies.restore(place, copied.root, hosted.now)

    assert people(place, hosted) == [BEN]
    assert copies.remembered(place) == {copied.root: hosted.now}


def test_a_page_begins_from_a_copy_of_its_own_folder(hosted, tmp_path):
    (hosted.folder.root / OF_A_PAGE).touch()
    copies.back_up(hosted.folder, tmp_path / "copy", hosted.now)

    with opened(tmp_path / "new", to_restore=True) as place:
        copies.restore(place, tmp_path / "copy", hosted.now)

    assert (tmp_path / "new" / OF_A_PAGE).exists()


def test_a_restore_that_was_killed_is_typed_again_before_anything_is_answered(copied, hosted, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "_sweep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    new = tmp_path / "new"
    with opened(new) as place, pytest.raises(KeyboardInterrupt):
        copies.restore(place, copied.root, hosted.now)
    monkeypatch.undo()

    with pytest.raises(RefusedError, match="did not come to its end: type it again"), opened(new):
        pass
    with opened(new, to_restore=True) as place:
        copies.restore(place, copied.root, hosted.now)
    with opened(new):
        assert people(place, hosted) == [ANN, BEN]


def test_what_is_no_copy_or_would_lose_something_is_refused(copied, hosted, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").touch()

    with pytest.raises(RefusedError, match="is no copy of this bot's, and not empty"):
        copies.back_up(hosted.folder, tmp_path / "mine", hosted.now)
    with pytest.raises(RefusedError, match="lies inside"):
        copies.back_up(hosted.folder, hosted.folder.root / "copy", hosted.now)
    for place in (tmp_path / "mine" / "letter", tmp_path / "mine" / "letter" / "copy", tmp_path / ("x" * 300)):
        with pytest.raises(RefusedError, match="no copy is made at"):
            copies.back_up(hosted.folder, place, hosted.now)
    with pytest.raises(RefusedError, match="has databases: move that folder away first"):
        copies.restore(hosted.folder, copied.root, hosted.now)
    with pytest.raises(RefusedError, match="no whole copy"):
        copies.restore(Folder(tmp_path / "new"), tmp_path / "mine", hosted.now)
    (tmp_path / "mine" / "made").write_text("2026-13")
    with pytest.raises(RefusedError, match="no whole copy"):
        copies.restore(Folder(tmp_path / "new"), tmp_path / "mine", hosted.now)
    why = f"is of {hosted.now:%Y-%m-%d}: an erasure is remembered for 90 days, .* Restore a newer one, and destroy this"
    with pytest.raises(RefusedError, match=why):
        copies.restore(Folder(tmp_path / "new"), copied.root, hosted.now + 86 * DAY)


def test_a_copy_of_another_bots_is_neither_replaced_nor_changed(copied, hosted, tmp_path):
    other = Hosted(tmp_path / "other")
    for user_id in (ANN, BEN):
        other.agree(user_id)
        other.take(updates.button("v1:donate:on", user_id))
        other.take(updates.photo(user_id))
    stick = tmp_path / "stick"
    copies.back_up(other.folder, stick, hosted.now)
    stick.rename(tmp_path / "away")
    copied.root.rename(stick)  # of two sticks the other one is put in
    before = {each: each.is_file() and each.read_bytes() for each in stick.rglob("*")}

    with pytest.raises(RefusedError, match="stick is a copy of another bot's, and would be lost"):
        copies.back_up(other.folder, stick, hosted.now)
    erase(other, ANN)
    other.tick()

    assert {each: each.is_file() and each.read_bytes() for each in stick.rglob("*")} == before


def test_a_bot_that_was_brought_back_makes_its_next_copy_in_place_of_the_one_it_came_from(copied, hosted, tmp_path):
    with opened(tmp_path / "new", to_restore=True) as place:
        copies.restore(place, copied.root, hosted.now)

    copies.back_up(place, copied.root, hosted.now + DAY)

    assert people(copied, hosted) == [ANN, BEN]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_copy_by_another_user_would_leave_files_that_the_bot_cannot_open(copied, hosted, tmp_path):
    os.chown(hosted.folder.root, 65534, -1)

    with pytest.raises(RefusedError, match="belongs to another user"):
        copies.back_up(hosted.folder, tmp_path / "another", hosted.now)


def test_a_second_copy_takes_the_place_of_the_first(copied, hosted):
    erase(hosted, ANN)

    copies.back_up(hosted.folder, copied.root, hosted.now)

    assert people(copied, hosted) == [BEN]
    assert [each.name for each in copied.root.parent.iterdir() if each.name.startswith("copy")] == ["copy"]


def test_the_commands_work_beside_a_running_bot(start, telegram, tmp_path):
    process = start()
    person = agreed(telegram)
    made = ran("backup", tmp_path / "copy", "--data", tmp_path / "data")
    refused = ran("restore", tmp_path / "copy", "--data", tmp_path / "data")
    person.send_photo(SELFIE)
    assert person.wait_for_answer(WAIT_S).labels
    process.send_signal(signal.SIGTERM)
    process.wait(WAIT_S)
    restored = ran("--data", tmp_path / "new", "restore", tmp_path / "copy")

    assert (made.returncode, made.stdout.splitlines()[0].startswith("copied to ")) == (0, True)
    assert (refused.returncode, "another bot works in" in refused.stderr) == (3, True)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert list((tmp_path / "new" / "store").glob("*.sqlite"))
