"""Who an update came from, and the terms on which the operator serves them."""

from dataclasses import dataclass, fields
from typing import Self

from burnout.config import WebhookConfig
from burnout.store.check_ins import Begun, Limit, PhotoTerms
from burnout.texts import language_of
from burnout.values import Language, PhotoFolder, notice_version
from functions.webhook.updates import User


@dataclass(frozen=True)
class Terms:
    """What the operator has decided and the bot tells people."""

    photos_per_hour: int
    photos_per_day: int
    operator_contact: str
    data_place: str  # an AWS region, or "self"
    baseline_shadow_percent: int = 0
    baseline_shown_percent: int = 0
    app_url: str = ""  # of the Mini App; "" where there is none

    @classmethod
    def of(cls, config: WebhookConfig) -> Self:
        """The terms in the function's configuration, which cannot know its own address."""
        return cls(**{field.name: getattr(config, field.name) for field in fields(cls) if field.name != "app_url"})

    @property
    def notice(self) -> int:
        """The version of the notice that people must have agreed to, or a newer one."""
        return notice_version(self.baseline_shown_percent)

    @property
    def photo(self) -> PhotoTerms:
        """The terms of a photo, for the store."""
        return PhotoTerms(notice=self.notice, per_hour=self.photos_per_hour, per_day=self.photos_per_day)


@dataclass(frozen=True)
class Person:
    """Who an update came from, as far as the bot knows."""

    id: int
    language: Language
    consented: bool  # to the notice as it is now, also to what it says of a comparison
    known: bool  # to any version of the notice, so that there is something to export or to erase
    photo_folder: PhotoFolder | None
    limit: Limit | None  # what their photo meets
    low_ratings: int = 0  # how many of 1 or 2 they have given: which sentence comes


def person_of(sender: User, begun: Begun, terms: Terms) -> Person:
    """Who wrote or pressed; they read the language that they chose, else the one that Telegram tells."""
    language = begun.language or language_of(sender.language_code)
    return Person(
        sender.id,
        language,
        # A yes to the present notice comes with a folder: somebody without one would be asked again, and get it.
        consented=(begun.consent_version or 0) >= terms.notice and begun.photo_folder is not None,
        known=begun.consent_version is not None,
        photo_folder=begun.photo_folder,
        limit=begun.limit,
        low_ratings=begun.low_ratings,
    )


def stranger(sender: User) -> Person:
    """Who wrote or pressed, when nothing is known of them."""
    language = language_of(sender.language_code)
    return Person(sender.id, language, consented=False, known=False, photo_folder=None, limit=None)
