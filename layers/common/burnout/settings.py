"""The only reader of the environment: one frozen dataclass per function, every missing variable named at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from burnout.errors import SettingsError


@dataclass(frozen=True)
class _FromEnvironment:
    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings of this process. Raises: SettingsError naming every missing or empty variable."""
        wanted = {field.name: field.name.upper() for field in fields(cls)}
        missing = sorted(variable for variable in wanted.values() if not environment.get(variable))
        if missing:
            raise SettingsError(f"{cls.__name__}: set {', '.join(missing)}")
        return cls(**{name: environment[variable] for name, variable in wanted.items()})


@dataclass(frozen=True)
class WebhookSettings(_FromEnvironment):
    """The webhook's environment."""

    telegram_secret_arn: str  # Secrets Manager: {"token": ..., "webhook_secret": ...}
    telegram_api_url: str  # https://api.telegram.org, or the fake one's address
    photos_bucket: str
    infer_function: str  # name, or alias ARN
    store_function: str
    report_function: str


@dataclass(frozen=True)
class StoreSettings(_FromEnvironment):
    """The store's environment."""

    database_dir: str  # where the 256 databases lie
    photos_bucket: str  # to delete photos from


@dataclass(frozen=True)
class ReportSettings(_FromEnvironment):
    """The report function's environment."""

    telegram_secret_arn: str  # as the webhook's
    telegram_api_url: str
    store_function: str
