"""`python -m tests.fuzz TARGET SECONDS [FILE ...]`: one coverage-guided run, on Linux, or these files once more.

types: conversations from the Bot API's types. bytes: mutated JSON. photos: mutated pictures, the real models behind.
Atheris is libFuzzer for Python: it sees our lines and those of Pillow's parsers in Python; it drives
msgspec and the C decoders blindly. It stops at the first failure, or at what hangs for 30 s, and keeps that input in
build/fuzz/TARGET/.
"""

import json
import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["burnout", "functions", "PIL"]):
    from tests import updates
    from tests.fuzz import photo_mutations
    from tests.fuzz.bot_api_updates import COMMANDS, TAGS, bot_survives
    from tests.fuzz.hostile_heif import HOSTILE
    from tests.fuzz.properties import check_update, fresh_bot, photographer

TESTS = Path(__file__).parents[1]
LONGEST = 65_536  # bytes of an input
photographer().check_photo((TESTS / "photos" / "selfie.jpg").read_bytes())  # loads what is loaded once


def one_body(body: bytes) -> None:
    """A request's body reaches a bot whose person 7 has agreed, twice."""
    with fresh_bot() as bot:
        check_update(bot, body)
        check_update(bot, body)


def one_photo(photo: bytes) -> None:
    """A photo is analysed within its time and memory."""
    photographer().check_photo(photo)


def spoil(photo: bytes, most_bytes: int, seed: int) -> bytes:
    """Every fourth mutation is libFuzzer's own; it crosses those of the formats."""
    mutated = atheris.Mutate(photo, most_bytes) if seed % 4 == 0 or not photo else photo_mutations.spoilt(photo, seed)
    return mutated[:most_bytes]


def _bodies() -> list[bytes]:
    buttons = [updates.button(f"v1:{tag}:{fields}") for tag in TAGS for fields in ("en", "1:en", "5:5", "555:3")]
    words = [updates.text(f"/{command} Berlin") for command in COMMANDS]
    photos = [updates.photo(), updates.photo(media_group_id="1"), updates.document("image/heic"), updates.photo(9)]
    groups = [updates.membership("kicked"), updates.membership("member", chat_type="group")]
    return [json.dumps(update).encode() for update in (*buttons, *words, *photos, *groups)]


target, seconds, *again = sys.argv[1:]
run = {"types": bot_survives.hypothesis.fuzz_one_input, "bytes": one_body, "photos": one_photo}[target]
seeds = {
    "types": [random.Random(number).randbytes(4096) for number in range(50)],  # Hypothesis's choices, not JSON
    "bytes": [*_bodies(), *(path.read_bytes() for path in (TESTS / "fuzz/corpus/updates").iterdir())],
    "photos": [
        *photo_mutations.seeds(TESTS / "photos"),
        *(path.read_bytes() for path in (TESTS / "fuzz/corpus/photos").iterdir()),
        *(photo for _, make in HOSTILE.values() if len(photo := make()) <= LONGEST),
    ],
}[target]
folder = Path("build/fuzz") / target
corpora = [folder / "found", folder / "seeds"]
for each in corpora:
    each.mkdir(parents=True, exist_ok=True)
for number, seed in enumerate(seeds):
    (folder / "seeds" / str(number)).write_bytes(seed)
flags = ["-timeout=30", "-rss_limit_mb=0", f"-max_len={LONGEST}", "-len_control=0", "-print_final_stats=1"]
flags += [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/"]
options = {"custom_mutator": spoil} if target == "photos" else {}
atheris.Setup([sys.argv[0], *flags, *(again or map(str, corpora))], run, **options)
atheris.Fuzz()
