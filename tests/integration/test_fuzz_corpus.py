"""The bot survives what fuzzing found and hostile input made by hand; `make fuzz` looks for more."""

import json
from pathlib import Path

import pytest

from functions.webhook.updates import MalformedUpdateError, parse_update
from tests import updates
from tests.fuzz.bot_api_updates import bot_survives
from tests.fuzz.photo_mutations import seeds, spoilt
from tests.fuzz.properties import LEAK, check_update, fresh_bot, photographer

TESTS = Path(__file__).parents[1]
CORPUS = TESTS / "fuzz" / "corpus"
UPDATES, PHOTOS = (sorted((CORPUS / kind).iterdir()) for kind in ("updates", "photos"))


@pytest.mark.parametrize("path", UPDATES, ids=lambda path: path.stem)
def test_update_is_answered_or_malformed(path):
    with fresh_bot() as bot:
        check_update(bot, path.read_bytes())
        check_update(bot, path.read_bytes())


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.name)
def test_photo_gives_faces_or_an_error_code(path):
    photographer().check_photo(path.read_bytes())


def test_bot_survives_conversations_of_the_bot_apis_own_types():
    bot_survives()


def test_spoilt_photos_give_faces_or_an_error_code():
    outcomes = {
        photographer().check_photo(spoilt(photo, seed)) for photo in seeds(TESTS / "photos") for seed in range(8)
    }

    assert outcomes > {"not_an_image", "damaged", "1 faces"}


@pytest.mark.parametrize("words", ["/timezone " + "a " * 400_000, "/" + "я" * 900_000, "/timezone " + "é" * 900_000])
def test_a_megabyte_of_words_is_answered(words):
    with fresh_bot() as bot:
        check_update(bot, json.dumps(updates.text(words)).encode())


def test_date_that_no_calendar_reaches_is_malformed():
    with pytest.raises(MalformedUpdateError):
        parse_update((CORPUS / "updates" / "date_after_the_last_year.json").read_bytes())


@pytest.mark.parametrize(
    "words", ["ValueError: x", "KeyError", "Traceback (most", "Screen(text=1)", "<Bot object at 0x7f>", "It is None."]
)
def test_words_of_an_exception_or_a_repr_are_recognised(words):
    assert LEAK.search(words)
