"""What a conversation is made of: rows of commands and of buttons, each with who may use it and what answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from burnout.report_requests import ReportRequest, Show
from burnout.store.people import ReadSettings, Settings
from burnout.telegram.buttons import Action
from burnout.telegram.calls import BotCall, chat_action
from burnout.values import Language, Span
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.person import Person
from functions.webhook.screens import Reply
from functions.webhook.updates import Message

_COMING: Final[dict[Show, Literal["typing", "upload_document"]]] = {
    "why": "typing",
    "export": "upload_document",
    "page": "upload_document",
}


@dataclass(frozen=True)
class Context:
    """Who asks, and everything that an answer may need besides the values of a button."""

    person: Person
    deps: Deps
    trace: RequestTrace
    words: str = ""  # what follows a command
    first_minute: bool = False  # the words answer the first minute's question for a city
    pressed_date_s: int = 0  # when the message with the pressed button was sent, Unix time; 0: too old to tell
    query_id: str = ""  # of the press
    replied_to: Message | None = None  # what the message with the pressed button replies to

    @property
    def language(self) -> Language:
        """The language that the person reads."""
        return self.person.language


@dataclass(frozen=True)
class Command:
    """`/name`, what answers it, and who else may use it than those who agreed to the notice as it is now."""

    name: str
    answer: Callable[[Context], Reply]
    older: bool = False  # may somebody who agreed to an older notice
    stranger: bool = False  # may somebody whom the bot does not know


@dataclass(frozen=True)
class Press:
    """The button of an action, what answers it (it takes the button's values), and who else may press it."""

    action: Action
    answer: Callable[..., Reply]
    older: bool = False
    stranger: bool = False


@dataclass(frozen=True)
class Flow:
    """One conversation: what a person can write and press in it."""

    commands: tuple[Command, ...] = ()
    buttons: tuple[Press, ...] = ()


def settings_of(context: Context) -> Settings | None:
    """The person's settings; none for a stranger, and for somebody who was erased meanwhile."""
    return context.deps.store(ReadSettings(user_id=context.person.id))


def ordered(show: Show, context: Context, days: Span = 0) -> BotCall:
    """The report function was asked; the chat shows meanwhile what is coming.

    A repeated update asks again: the report function answers each `update_id` once. Raises: FunctionUnavailableError.
    """
    user_id = context.person.id
    context.deps.order_report(ReportRequest(user_id=user_id, update_id=context.trace.update_id, show=show, days=days))
    return chat_action(user_id, _COMING.get(show, "upload_photo"))
