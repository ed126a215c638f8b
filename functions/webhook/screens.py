"""What a person sees: sentences with their buttons, as data, and what a command or a press leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from burnout.telegram.buttons import Action, data_of
from burnout.telegram.calls import BotCall, Button, Keyboard, edit_message, send_message
from burnout.texts import short_date, text
from burnout.values import Language


@dataclass(frozen=True)
class Screen:
    """A sentence in Telegram's HTML, and the buttons under it."""

    html: str
    keyboard: Keyboard = ()

    def sent_to(self, chat_id: int, *, reply_to: int | None = None) -> BotCall:
        """A new message, as a reply to the message of this number."""
        return send_message(chat_id, self.html, keyboard=self.keyboard, reply_to=reply_to)

    def replacing(self, chat_id: int, message_id: int) -> BotCall:
        """The bot's message `message_id`, changed to this."""
        return edit_message(chat_id, message_id, self.html, keyboard=self.keyboard)


@dataclass(frozen=True)
class Reply:
    """What a command or a pressed button leads to."""

    screen: Screen | None = None  # after a command a new message; after a press the message with the button becomes it
    notice: str = ""  # after a press it pops up for a moment; plain text, at most 200 characters
    then: BotCall | None = None  # a further call for the chat
    is_ended: bool = False  # the press: its spinner ended before something slow began
    outcome: str = ""  # "": the command's own name, or "button"
    leads_on: bool = False  # after a press that means nothing any more: the home screen comes below, or the notice


def sentence(key: str, language: Language, **values: object) -> Screen:
    """One sentence without buttons."""
    return Screen(text(key, language, **values))


def stale(language: Language) -> Reply:
    """The reply to a button that has no meaning any more, or never had one."""
    return Reply(notice=text("old_button", language), leads_on=True)


def button(key: str, language: Language, action: Action, *values: object) -> Button:
    """A button with the label `key`."""
    return text(key, language), data_of(action, *values)


def choice(label: str, stands: bool, action: Action, *values: object) -> Button:
    """A button with this label, ticked when it is what stands now."""
    return marked(label, stands), data_of(action, *values)


def marked(label: str, chosen: bool) -> str:
    """A button's label, with a tick when it is what stands now."""
    return f"✓ {label}" if chosen else label


def in_rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    """The buttons in rows of so many."""
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def with_ways(key: str, language: Language) -> Screen:
    """One sentence, and where to go on."""
    ways = [button("button_history", language, "hist", 7), button("button_home", language, "home")]
    return Screen(text(key, language), [ways])


def at_time(local: datetime, language: Language) -> str:
    """A moment by the person's clock: "18 Nov, 14:05"."""
    return f"{short_date(local.date(), language)}, {local:%H:%M}"


def led_by(lead: str, html: str) -> str:
    """The text below a sentence that says why it comes, if there is one."""
    return f"{lead}\n\n{html}" if lead else html


def place_of(data_place: str, language: Language) -> str:
    """Where the data lies, in words: an AWS region's name, or the operator's own machine for "self"."""
    if data_place == "self":
        return text("place_self", language)
    return text("place_aws", language, region=data_place)
