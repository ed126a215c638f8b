"""Both catalogues say the same things, safely, with the right plural forms and without medical claims."""

import ast
import re
import tomllib
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale

from burnout.texts import LANGUAGES, language_of, percent, plural, short_dates, text

FOLDER = Path(__file__).parents[3] / "layers/common/burnout/texts"
FILES = {language: sorted((FOLDER / language).glob("*.toml")) for language in LANGUAGES}
PARTS = {language: {file.name: tomllib.loads(file.read_text()) for file in FILES[language]} for language in LANGUAGES}
CATALOGUES = {
    language: {key: value for part in parts.values() for key, value in part.items()}
    for language, parts in PARTS.items()
}
WORDING = Path(__file__).parents[3] / "docs" / "wording.md"
FORBIDDEN = {
    language: [
        word
        for row in re.findall(rf"^\| {language} \| (.+?) \|", WORDING.read_text(encoding="utf-8"), re.M)
        for word in re.findall(r"`(.+?)`", row)
    ]
    for language in LANGUAGES
}
GENDERED = re.compile(r"\bвы (\w+ )?\w+ла?\b|\w\(л?а\)", re.I)
QUOTED = re.compile(r"week_(stem|\d)$")  # the weekly question's own words, as published: its Russian is ours


def placeholders(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_have_the_same_files_keys_and_placeholders(language):
    english, other = CATALOGUES["en"], CATALOGUES[language]

    assert {name: part.keys() for name, part in PARTS[language].items()} == {
        name: part.keys() for name, part in PARTS["en"].items()
    }
    assert len(other) == sum(map(len, PARTS[language].values()))  # no file overrides another's sentence
    sentences = [key for key, value in english.items() if isinstance(value, str)]
    assert {key: placeholders(english[key]) for key in sentences} == {
        key: placeholders(other[key]) for key in sentences
    }


def test_every_sentence_is_said():
    rooms = [FOLDER.parents[3] / room for room in ("functions", "layers/common/burnout", "infra", "local", "selfhost")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for room in rooms for file in sorted(room.rglob("*.py"))]
    code = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr)]
    written = {node.value for node in code if isinstance(node, ast.Constant)}
    made = [
        "".join(re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in node.values)
        for node in code
        if isinstance(node, ast.JoinedStr)
    ]
    page = (FOLDER.parents[3] / "web" / "src").rglob("*.ts*")
    written |= {name for file in page for name in re.findall(r'"(page_\w+)"', file.read_text(encoding="utf-8"))}
    named = re.compile("|".join(each for each in made if re.search("[a-z]{3}", each.replace(r"\w+", ""))))
    numbered = re.compile(r"(warm_\w+)_\d")  # one of several, by its number

    assert [
        key for key in CATALOGUES["en"] if key not in written and not named.fullmatch(numbered.sub(r"\1", key))
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_counted_nouns_have_exactly_the_languages_plural_forms(language):
    nouns = {key: value for key, value in CATALOGUES[language].items() if isinstance(value, dict)}

    assert nouns
    of_unicode = {*Locale(language).plural_form.tags, "other"}
    assert {key: set(forms) for key, forms in nouns.items()} == dict.fromkeys(nouns, of_unicode)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_fits_telegram(language):
    for key, value in CATALOGUES[language].items():
        for sentence in value.values() if isinstance(value, dict) else [value]:
            assert 1 <= len(sentence) <= 4096, key
            assert set(re.findall(r"</?([a-z]+)", sentence)) <= {"b", "i", "code", "a"}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_forbidden_word_in_either_language(language):
    words = [re.escape(word).replace("…", r"\w*") for word in FORBIDDEN[language]]
    forbidden = re.compile(rf"\b({'|'.join(words)})\b|{GENDERED.pattern}", re.I)

    found = {
        key: said.group()
        for key, value in CATALOGUES[language].items()
        for sentence in (value.values() if isinstance(value, dict) else [value])
        if (said := (GENDERED if QUOTED.match(key) else forbidden).search(sentence))
    }

    assert len(FORBIDDEN[language]) >= 10
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_exclaimed(language):
    assert [key for key, value in CATALOGUES[language].items() if "!" in str(value)] == []


@pytest.mark.parametrize(
    "key",
    [
        "first_alerts",
        "settings_ask_alerts",
        "report_alert",
        "course_calm_above",
        "course_raised_above",
        "course_high_above",
    ],
)
def test_what_strain_is_compared_with_has_one_name(key):
    assert "your own first weeks" in CATALOGUES["en"][key]
    assert "ваши первые недели" in CATALOGUES["ru"][key]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_fits_a_callback_answer(language):
    for key, value in CATALOGUES[language].items():
        if re.match(r"(settings_)?noted_|notice_|stale_|\w+_coming$", key):
            assert len(value) <= 180, key


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "0 отметок"), (1, "1 отметка"), (2, "2 отметки"), (5, "5 отметок"), (11, "11 отметок"), (12, "12 отметок"),
     (21, "21 отметка"), (22, "22 отметки"), (25, "25 отметок"), (111, "111 отметок"), (1001, "1\xa0001 отметка")],
)  # fmt: skip
def test_russian_counts(n, words):
    assert plural("check_ins", "ru", n) == words


@pytest.mark.parametrize(("n", "words"), [(0, "0 check-ins"), (1, "1 check-in"), (21, "21 check-ins")])
def test_english_counts(n, words):
    assert plural("check_ins", "en", n) == words


def test_values_are_escaped_and_cannot_add_markup():
    hostile = "<a href='tg://user?id=1'>&\u202e{rating}"

    assert text("noted_rating", "en", rating=hostile) == (
        "Noted: &lt;a href=&#x27;tg://user?id=1&#x27;&gt;&amp;\u202e{rating} of 5."
    )


@pytest.mark.parametrize(("code", "language"), [("ru", "ru"), ("RU-ru", "ru"), ("uk", "en"), ("", "en"), (None, "en")])
def test_language_of_a_tag(code, language):
    assert language_of(code) == language


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 11, 18), date(2026, 11, 24), "18 нояб. – 24 нояб."),
        (date(2026, 11, 24), date(2026, 11, 24), "24 нояб."),
        (date(2025, 11, 25), date(2026, 11, 24), "25 нояб. – 24 нояб."),
        (date(2025, 11, 24), date(2026, 11, 24), "24 нояб. 2025 – 24 нояб. 2026"),
    ],
)
def test_dates_have_their_years_only_where_they_would_be_ambiguous(first, last, shown):
    assert short_dates(first, last, "ru") == shown


def test_percentages_are_written_as_each_language_writes_them():
    assert (percent(0.684, "en"), percent(0.684, "ru")) == ("68%", "68\xa0%")
