"""Every screen of the conversation, walked in both languages, is short enough for somebody who is tired."""

import re
from dataclasses import replace
from html import unescape

import pytest

from burnout.texts import LANGUAGES
from functions.webhook.dispatch import BUTTONS
from local.__main__ import main
from local.pictures import FOLDER
from local.screens import never_shown, plain, walked

LINES = 12  # of 38 letters
# Whoever asks for these wants to read: everything about their data, the whole notice, who runs the bot, all commands,
# the weekly question, whose words are the published ones, what stands in the bot's profile, all help lines.
READ_IN_FULL = ("/privacy", "read:all:en", "read:all:ru", "/developer_info", "commands", "question of the week",
                "profile_description", "lines")  # fmt: skip


@pytest.fixture(scope="module")
def walks():
    return {language: walked(language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits(walks, language):
    shown = [*walks[language].shown.values(), *plain(language)]
    long = [(each.lines, each.reached_by, each.text) for each in shown if each.lines > LINES]

    assert len(shown) > 400
    assert [each for each in long if not each[1].endswith(READ_IN_FULL)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_ends_twice_after_a_shortened_month(walks, language):
    assert [each.reached_by for each in walks[language].shown.values() if re.search(r"\w\.\.(?!\.)", each.text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_shown(walks, language):
    assert never_shown(walks[language]) == []


def test_a_sentence_that_nobody_sees_is_named(walks):
    walk = walks["en"]
    unseen = {text: shown for text, shown in walk.shown.items() if "from an older message" not in text}

    assert never_shown(replace(walk, shown=unseen)) == ["old_button"]


def test_the_readmes_conversation_is_what_the_bot_says(walks):
    page = (FOLDER / "conversation.html").read_text(encoding="utf-8")
    said = [unescape(re.sub("<.*?>", "", words)) for words in re.findall(r"<p>(.*?)</p>", page, re.S)]
    labels = {label for shown in walks["en"].shown.values() for row in shown.labels for label in row}

    assert len(said) == 3
    unseen = [words for words in said if not re.search(seen_as(words), "\n".join(walks["en"].shown))]
    assert unseen == []
    assert set(re.findall(r"<b>(.*?)</b>", page)) - labels == set()


def seen_as(words):
    """A pattern for the words with any share."""
    return re.sub(r"\d+%", r"\\d+%", re.escape(words))


def test_the_walk_presses_every_button_that_the_bot_has(walks):
    assert BUTTONS.keys() - set().union(*(walk.actions for walk in walks.values())) == set()


def test_the_command_lists_each_screen_with_its_lines_characters_and_way(capsys):
    assert main(["screens", "--language", "en", "--texts"]) == 0

    said = capsys.readouterr().out.splitlines()
    reminder = said.index("en   3    81  report function")
    assert said[reminder + 2] == "    How are you today? One tap is enough, or a selfie."
    assert "    [1]  [2]  [3]  [4]  [5]" in said[reminder:]
