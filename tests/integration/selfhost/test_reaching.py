"""Erasures on their way to the copies: each one arrives, and a drive that hangs or is away holds nothing up."""

import os
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from selfhost import RefusedError, copies
from selfhost.chat import serving
from selfhost.folder import Folder
from tests import updates
from tests.integration.selfhost.conftest import ANN, BEN, WAIT_S, donated, erase, people


def holding(place, words):
    content = {each: each.read_bytes() if each.is_file() else b"" for each in place.root.rglob("*")}
    return [each for each, written in content.items() if words in each.name.encode() + written]


@pytest.mark.parametrize("away", [False, True], ids=["there", "away for a while"])
def test_an_erasure_reaches_every_copy_and_leaves_no_byte(copied, hosted, tmp_path, away):
    copies.back_up(hosted.folder, tmp_path / "another", hosted.now)
    if away:
        copied.root.rename(tmp_path / "elsewhere")
    pseudonym = erase(hosted, ANN)
    hosted.tick()
    if away:
        (tmp_path / "elsewhere").rename(copied.root)
        assert holding(copied, pseudonym)
        hosted.tick()

    for place in (copied, Folder(tmp_path / "another")):
        assert people(place, hosted) == [BEN]
        assert holding(place, pseudonym) == []
        assert len(donated(place)) == 1


def test_an_erasure_that_was_killed_halfway_to_a_copy_is_finished(copied, hosted, monkeypatch):
    erase(hosted, ANN)
    monkeypatch.setattr(copies, "fulfil", lambda *_: (_ for _ in ()).throw(OSError("pulled out")))
    with pytest.raises(OSError, match="pulled out"):
        copies.reach(hosted.folder, copied.root, hosted.now)
    monkeypatch.undo()

    hosted.tick()

    assert people(copied, hosted) == [BEN]


def test_whoever_is_erased_while_a_copy_is_made_is_not_in_it_for_long(copied, hosted, tmp_path, monkeypatch):
    copy_objects = copies._copy_objects

    def erased_first(*what):
        if ANN in people(hosted.folder, hosted):
            erase(hosted, ANN)
        copy_objects(*what)

    monkeypatch.setattr(copies, "_copy_objects", erased_first)
    copies.back_up(hosted.folder, tmp_path / "another", hosted.now)
    hosted.tick()

    assert people(Folder(tmp_path / "another"), hosted) == [BEN]


def test_a_copys_place_that_cannot_be_looked_at_does_not_stop_the_others(copied, hosted):
    for place in (b"/" + b"x" * 300, b"\xff", b"\0" * 20):
        note = copies.note_of(hosted.folder, Path(os.fsdecode(place)))
        note.write_bytes(place)
        os.utime(note, (0, 0))  # so old that its name, which no terminal can print, is said
    erase(hosted, ANN)

    hosted.tick()

    assert people(copied, hosted) == [BEN]
    assert '"error_types":["OSError"]' in hosted.folder.log.read_text()


@pytest.fixture
def pipe(copied):
    """A copy on a drive that hangs: without a reader, whoever writes there waits for ever."""
    os.mkfifo(copied.objects / ".unfinished")
    yield copied.objects / ".unfinished"
    with suppress(FileNotFoundError):
        let_go(copied.objects / ".unfinished")


def let_go(pipe):
    """The drive was pulled out, or has come back."""
    os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))


def ends(work, *arguments):
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    thread.join(WAIT_S)
    return not thread.is_alive()


def test_a_drive_that_hangs_holds_up_neither_the_bot_nor_another_copy(copied, pipe, hosted, tmp_path):
    another = Folder(tmp_path / "another")
    copies.back_up(hosted.folder, another.root, hosted.now)
    erase(hosted, ANN)

    for _ in range(2):
        assert ends(hosted.bot.tick, hosted.now)
        hanging, done = (hosted.bot.reaching._under_way[place.root] for place in (copied, another))
        assert done.wait(WAIT_S) == 0
    assert hosted.take(updates.photo(BEN))[0] == 200
    assert people(another, hosted) == [BEN]
    assert hanging.poll() is None

    let_go(pipe)
    assert hanging.wait(WAIT_S) == 1
    pipe.unlink()
    hosted.tick()
    assert people(copied, hosted) == [BEN]


@pytest.mark.usefixtures("pipe")
def test_a_drive_that_hangs_does_not_hold_up_forgetting_all(hosted, monkeypatch):
    monkeypatch.setattr(serving, "_REACHED_S", 0.5)
    erase(hosted, ANN)

    assert ends(serving._remove, hosted.folder)
    assert not hosted.folder.root.exists()


def test_nobody_changes_a_copy_while_somebody_else_does(copied, hosted, monkeypatch):
    """Or a backup would take the place of a copy in which an erasure is half carried out, and count as swept."""
    monkeypatch.setattr(copies, "_TURN_S", 0)
    erase(hosted, ANN)
    with copies._alone(hosted.folder, copied.root):
        copies.reach(hosted.folder, copied.root, hosted.now)
        with pytest.raises(RefusedError, match="is being made, or an erasure is carried to it: wait"):
            copies.back_up(hosted.folder, copied.root, hosted.now)

    assert people(copied, hosted) == [ANN, BEN]


def test_that_a_copy_is_old_is_said_once_wherever_it_is(copied, hosted, capsys):
    made, place = hosted.now, copied.root
    place.rename(place.with_name("away"))

    said = []
    for days in (59, 61, 62):
        hosted.now = made + timedelta(days=days)
        hosted.tick()
        said.append(capsys.readouterr().out.count(f"the copy at {place} is of {made:%Y-%m-%d}. If it is away"))
    hosted.begin()  # it has been forgotten
    copies.note_of(hosted.folder, place).unlink()
    hosted.tick()

    assert said == [0, 1, 0]
    assert "the copy at" not in capsys.readouterr().out


def test_a_new_copy_in_the_place_of_an_old_one_is_not_old(copied, hosted, capsys):
    os.utime(copies.note_of(hosted.folder, copied.root), (0, 0))
    copies.back_up(hosted.folder, copied.root, hosted.now)

    hosted.tick()

    assert "the copy at" not in capsys.readouterr().out
