"""What a person may type instead of pressing a button: one digit. Other words are not read."""

from typing import Literal
from unicodedata import category, digit

from burnout.values import Rating

_KEYCAP = "\ufe0f\u20e3"  # what makes the emoji 3️⃣ of a 3


def rating_in(words: str) -> Rating | Literal["unclear"] | None:
    """The rating that the words are, in any script; "unclear" for other numbers, None for words.

    Marks that nobody sees, such as those of a keyboard that writes from right to left, do not count.
    """
    shown = [sign for sign in words if not (sign.isspace() or sign in _KEYCAP or category(sign) == "Cf")]
    value = digit(shown[0], 0) if len(shown) == 1 else 0
    if 1 <= value <= 5:
        return value
    kinds = {category(sign) for sign in shown}
    has_number = any(kind[0] == "N" for kind in kinds)
    return "unclear" if has_number and all(kind[0] in "NP" or kind == "Sm" for kind in kinds) else None
