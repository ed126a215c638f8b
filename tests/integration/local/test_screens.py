"""Every screen of the conversation, walked in both languages, is short enough for somebody who is tired."""

import pytest

from burnout.texts import LANGUAGES
from functions.webhook.dispatch import BUTTONS
from local.__main__ import main
from local.screens import walked

LINES = 12  # of 38 letters
# Whoever asks for these wants to read: everything about their data, who runs the bot, all commands, and the weekly
# question, whose words are the published ones.
READ_IN_FULL = ("/privacy", "/developer_info", "commands", "ask:2026-W47")


@pytest.fixture(scope="module")
def walks():
    return {language: walked(language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_fits(walks, language):
    shown = walks[language].shown.values()
    long = [(each.lines, each.reached_by, each.text) for each in shown if each.lines > LINES]

    assert len(shown) > 150
    assert [each for each in long if not each[1].endswith(READ_IN_FULL)] == []


def test_the_walk_presses_every_button_that_the_bot_has(walks):
    assert BUTTONS.keys() - set().union(*(walk.actions for walk in walks.values())) == set()


def test_the_command_lists_each_screen_with_its_lines_characters_and_way(capsys):
    assert main(["screens", "--language", "en", "--texts"]) == 0

    said = capsys.readouterr().out.splitlines()
    reminder = said.index("en   3    81  report function")
    assert said[reminder + 2] == "    How are you today? One tap is enough, or a selfie."
    assert "    [1]  [2]  [3]  [4]  [5]" in said[reminder:]
