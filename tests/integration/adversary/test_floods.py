"""The flood benchmarks in small: what they claim holds, whatever the machine's speed."""

import re

from local.__main__ import main


def test_wrong_secret_is_refused_without_store_s3_or_telegram(capsys, tmp_path):
    status = main(["bench-secret", "--requests", "32", "--out", str(tmp_path)])

    rows = re.findall(r"^(gateway|handler) +(wrong|right) +(\d+) +(\d+)", capsys.readouterr().out, re.MULTILINE)
    sizes = ("100", "65536", "1048576")
    assert status == 0
    assert {row[1:] for row in rows} == {
        (s, n, {"wrong": "401", "right": "200"}[s]) for s in ("wrong", "right") for n in sizes
    }
    assert len(rows) == 12


def test_a_flooder_gets_30_answers_and_one_sentence_and_the_others_all_of_theirs(capsys, tmp_path):
    status = main(["bench-flood", "--photos", "8", "--per-minute", "60", "--out", str(tmp_path)])

    said = capsys.readouterr().out
    got, analysed = map(int, re.search(r"got (\d+) messages\n.* (\d+) photos analysed", said).groups())
    assert status == 0
    assert 0 < got <= 31
    assert analysed <= 30
    assert re.findall(r"^with(?:out)? flooder +8 +8 ", said, re.MULTILINE)
