"""The only reader of the environment: one frozen dataclass per function, every missing variable named at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from burnout.errors import ConfigError


@dataclass(frozen=True)
class _FromEnvironment:
    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The configuration of this process. Raises: ConfigError naming every variable that is missing or no number."""
        values: dict[str, Any] = {}
        wrong = []
        for field in fields(cls):
            variable = field.name.upper()
            value = environment.get(variable, "")
            if value and (field.type is str or value.isdecimal()):
                values[field.name] = value if field.type is str else int(value)
            else:
                wrong.append(variable)
        if wrong:
            raise ConfigError(f"{cls.__name__}: set {', '.join(sorted(wrong))}")
        return cls(**values)


@dataclass(frozen=True)
class WebhookConfig(_FromEnvironment):
    """The webhook's environment."""

    telegram_secret_arn: str  # Secrets Manager: {"token": ..., "webhook_secret": ...}
    telegram_api_url: str  # https://api.telegram.org, or the fake one's address
    photos_bucket: str
    infer_function: str  # name, or alias ARN
    store_function: str
    report_function: str
    photos_per_hour: int  # that one person may send
    photos_per_day: int
    operator_contact: str  # who answers for people's data: a name with an address or a @username, shown in /privacy
    data_place: str  # where the data lies: an AWS region, or "self" for the operator's own machine
    baseline_shadow_percent: int  # of people's photos baseline reads beside mvp, and nobody sees it
    baseline_shown_percent: int  # of people read baseline's answers instead of mvp's; their notice says so


@dataclass(frozen=True)
class StoreConfig(_FromEnvironment):
    """The store's environment."""

    database_dir: str  # where the 256 databases lie
    photos_bucket: str  # to delete photos from


@dataclass(frozen=True)
class AppConfig(_FromEnvironment):
    """The Mini App's environment."""

    telegram_secret_arn: str  # as the webhook's: the token signs what Telegram's app opens the page with
    store_function: str
    report_function: str
    baseline_shown_percent: int  # as the webhook's: which notice people must have agreed to


@dataclass(frozen=True)
class ReportConfig(_FromEnvironment):
    """The report function's environment."""

    telegram_secret_arn: str  # as the webhook's
    telegram_api_url: str
    store_function: str
    webhook_url: str  # the public address of the webhook, for the canary
