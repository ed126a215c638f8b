"""aiogram is the second opinion on every signature; its import takes seconds, too long for a unit test."""

from aiogram.utils.web_app import check_webapp_signature
from hypothesis import given
from hypothesis import strategies as st

from functions.app.door import Launch
from tests.unit.app.test_door import NOW, TOKEN, launched, signed

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=20)
NAMES = st.from_regex(r"[a-z_]{1,12}", fullmatch=True).filter(lambda name: name not in {"hash", "auth_date", "user"})


@given(st.dictionaries(NAMES, WORDS, max_size=5))
def test_every_signature_that_aiogram_takes_is_taken(others):
    """Also with `signature`, which Telegram adds and signs like any other field."""
    init_data = signed(signature="x" * 86, **{name: value for name, value in others.items() if name != "signature"})

    assert check_webapp_signature(TOKEN, init_data)
    assert launched(init_data) == Launch(7, NOW)


@given(st.integers(0, 400), st.characters(min_codepoint=33, max_codepoint=126))
def test_no_changed_letter_lets_in_what_aiogram_refuses(place, letter):
    init_data = signed(chat_type="sender", signature="x" * 86)
    place %= len(init_data)
    forged = init_data[:place] + letter + init_data[place + 1 :]

    if not check_webapp_signature(TOKEN, forged):
        assert launched(forged) is None
