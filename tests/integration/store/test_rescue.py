"""What was set aside comes back once, nothing that is newer changes, and nobody returns who was erased."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from burnout.clock import now_utc
from burnout.store.check_ins import Rate, Undo
from burnout.store.people import Consent
from burnout.store.privacy import DAMAGED_FOR, TABLES, Erase, Sweep
from functions.store.erasure import log_key
from functions.store.files import journal_of
from infra import rescue
from tests.integration.store.processes import ROOT
from tests.integration.store.rescuing import LATER, ME, PAGE, overwritten, rows_of
from tests.unit.store.samples import DAY, HOUR, NOON, agree, record


def test_a_second_rescue_changes_nothing_and_one_that_was_killed_is_finished(bot, monkeypatch):
    before, merged = rows_of(bot.live), []
    bot.set_aside()

    def killed(aside, user_id):
        merged.append(user_id)
        if len(merged) == 3:
            raise KeyboardInterrupt
        settle(aside, user_id)

    settle = rescue.settle
    monkeypatch.setattr(rescue, "settle", killed)
    with pytest.raises(KeyboardInterrupt):
        bot.rescue()
    monkeypatch.undo()

    said = bot.rescue()

    assert "people: 40 rows read: 37 merged, 1 already there, 0 refused, 2 settled before" in said
    assert rows_of(bot.live) == before
    assert "check_ins: 400 rows read: 0 merged, 0 already there, 0 refused, 400 settled before" in bot.rescue()
    assert rows_of(bot.live) == before


def test_who_agreed_anew_keeps_their_new_rows_and_gets_the_history_without_its_photos(bot):
    key = f"donated/{bot.pseudonym()}/1"
    bot(record(1, user_id=ME, message_id=11, photo_folder=f"donated/{bot.pseudonym()}/"))
    bot.set_aside()
    bot(Consent(user_id=ME, chat_id=ME, version=2, language="ru"))
    bot(record(2, user_id=ME, message_id=12))
    bot(Rate(user_id=ME, message_id=12, rating=5))
    before = rows_of(bot.live)

    bot.rescue()

    after = rows_of(bot.live)
    assert all(before[table] <= after[table] for table in TABLES)
    assert bot.check_ins() == set(range(1, 13))
    assert not any(key in row for row in after["check_ins"])


def test_a_donated_photo_of_who_did_not_have_to_agree_anew_stays_theirs(bot):
    key = f"donated/{bot.pseudonym()}/1"
    bot(record(1, user_id=ME, message_id=11, photo_folder=f"donated/{bot.pseudonym()}/"))
    bot.set_aside()

    bot.rescue()

    assert any(key in row for row in rows_of(bot.live)["check_ins"])


def lose_people(bot):
    """Nobody's agreement can be read: the pages with the pseudonyms are zeros."""
    content, mine = bot.live.read_bytes(), bot.pseudonym().encode()
    for at in range(0, len(content), PAGE):
        if mine in content[at : at + PAGE]:
            overwritten(bot.live, at, bytes(PAGE))


def erased_before(bot):
    """Logged, then killed; and the shard was found malformed before a sweep could finish it."""
    bot.objects.mark(log_key(bot.pseudonym()))
    bot.set_aside()


def erased_before_and_back(bot):
    erased_before(bot)
    bot(agree(user_id=ME))


def erased_unknown(bot):
    bot.set_aside()
    bot(Erase(user_id=ME))


def erased_anew(bot):
    bot.set_aside()
    bot(agree(user_id=ME))
    bot(Erase(user_id=ME))


def erased_by_a_sweep(bot):
    """Logged, then killed: they had agreed anew, and the log knows their new name only."""
    bot.set_aside()
    bot(agree(user_id=ME))
    bot.objects.mark(log_key(bot.pseudonym()))
    assert bot(Sweep(shard=0x79, at_utc=LATER)).people == 1


def erased_before_a_second_loss(bot):
    """Logged by their new name, then killed; the shard with that name was lost as well."""
    first = bot.set_aside()
    for file in (first, journal_of(first)):
        file.rename(str(file).replace("damaged-20", "damaged-19"))
    bot(agree(user_id=ME))
    erased_before(bot)


def erased_and_back(bot):
    erased_anew(bot)
    bot(agree(user_id=ME))


def erased_after_a_rescue(bot):
    bot.set_aside()
    bot.rescue()
    bot(Erase(user_id=ME))


def erased_without_a_readable_pseudonym(bot):
    bot.objects.mark(log_key(bot.pseudonym()))
    lose_people(bot)
    bot.set_aside()
    bot(agree(user_id=ME))


@pytest.mark.parametrize(
    "history",
    [
        erased_before,
        erased_before_and_back,
        erased_unknown,
        erased_anew,
        erased_by_a_sweep,
        erased_before_a_second_loss,
        erased_and_back,
        erased_after_a_rescue,
        erased_without_a_readable_pseudonym,
    ],
    ids=lambda history: history.__name__,
)
def test_nobody_comes_back_who_was_erased_and_the_others_do(bot, history):
    history(bot)

    bot.rescue()
    said = bot.rescue()

    assert bot.check_ins() == set()
    if history is not erased_without_a_readable_pseudonym:
        assert len(rows_of(bot.live)["check_ins"]) == 390
    else:
        assert "no pseudonym could be read" in said


def test_whose_agreement_is_lost_waits_until_they_agree_again(bot):
    lose_people(bot)
    bot.set_aside()

    assert "their agreement could not be read" in bot.rescue()
    assert bot.check_ins() == set()

    bot(agree(user_id=ME))
    bot.rescue()
    assert len(bot.check_ins()) == 10


def test_what_was_undone_after_a_rescue_stays_undone(bot):
    bot.set_aside()
    bot.rescue()
    bot(Undo(user_id=ME, message_id=10))

    bot.rescue()

    assert bot.check_ins() == set(range(1, 10))


def test_whose_time_is_over_does_not_come_back(bot):
    bot.set_aside()

    said = bot.rescue(NOON + 181 * DAY)

    assert not any(rows_of(bot.live).values())
    assert "40 people: past their time, or erased" in said


def test_somebody_of_another_shard_is_refused(bot):
    with closing(sqlite3.connect(bot.live)) as connection:
        connection.execute("UPDATE check_ins SET user_id = 1 WHERE user_id = ?", (ME,))
        connection.commit()
    bot.set_aside()

    assert "1 people: not of this shard" in bot.rescue()

    assert not bot.check_ins(1)


def test_the_command_lists_rescues_and_wants_the_erasure_log(bot, capsys, tmp_path):
    pair, log = bot.set_aside(), tmp_path / "erasures.txt"

    assert rescue.main(["--data", str(bot.root)]) == 0
    listed = capsys.readouterr().out
    assert f"{pair.name}: {pair.stat().st_size} bytes and a journal" in listed
    assert "1 databases were set aside" in listed

    with pytest.raises(SystemExit):
        rescue.main(["--data", str(bot.root), "--rescue", "79"])
    for words, wrong in (("<html>", 1), ("None\n", 0), (f"erasures/78/{'0' * 64}\terasures/79/{'0' * 64}", 0)):
        log.write_text(words)
        assert rescue.main(["--data", str(bot.root), "--rescue", "79", "--erasures", str(log)]) == wrong
    assert "40 people" in capsys.readouterr().out
    assert rescue.erasures(log, 0x79) == {f"erasures/79/{'0' * 64}"}
    assert rescue.main(["--data", str(tmp_path / "wrong")]) == 1
    assert rescue.main(["--data", str(bot.root), "--rescue", "78", "--erasures", str(log)]) == 1
    assert "nothing of 78.sqlite was set aside" in capsys.readouterr().err
    assert not (bot.root / "78.sqlite").exists()


def test_a_sweep_deletes_the_pair_with_its_notes_after_its_time(bot):
    bot.set_aside()
    bot(Erase(user_id=ME))
    assert any("settled" in file.name for file in bot.root.iterdir())

    assert bot(Sweep(shard=0x79, at_utc=now_utc() + DAMAGED_FOR - HOUR)).files == 0
    assert bot(Sweep(shard=0x79, at_utc=now_utc() + DAMAGED_FOR + HOUR)).files == 3
    assert not any("damaged" in file.name for file in bot.root.iterdir())


def test_the_commands_of_the_operations_page_list_and_rescue(bot, tmp_path):
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    commands = re.findall(r"^ +(python -m infra\.rescue .*)$", page, re.M)
    bot.live.unlink()
    bot(agree(user_id=ME), now_utc())
    pair = bot.set_aside()
    (tmp_path / "erasures.txt").touch()
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    around = {"PATH": path, "PYTHONPATH": str(ROOT), "DB": str(bot.root), "SHARD": "79"}
    script = "; ".join(["set -eu", *commands])

    said = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=around, check=True, capture_output=True, text=True)

    assert len(commands) == 2
    assert f"{pair.name}: {pair.stat().st_size} bytes" in said.stdout
    assert "people: 1 rows read: 1 merged" in said.stdout
