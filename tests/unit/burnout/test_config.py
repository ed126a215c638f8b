"""The configuration names every missing variable at once."""

from dataclasses import fields

import pytest

from burnout.config import ReportConfig, StoreConfig, WebhookConfig
from burnout.errors import ConfigError


def test_settings_are_read_from_the_environment():
    settings = StoreConfig.from_environment({"DATABASE_DIR": "/mnt/db", "PHOTOS_BUCKET": "photos", "OTHER": "x"})

    assert (settings.database_dir, settings.photos_bucket) == ("/mnt/db", "photos")


def test_limit_that_is_no_whole_number_is_named():
    variables = {field.name.upper(): "1" for field in fields(WebhookConfig)} | {"PHOTOS_PER_DAY": "1e9"}

    with pytest.raises(ConfigError, match=r"set PHOTOS_PER_DAY$"):
        WebhookConfig.from_environment(variables)


def test_every_missing_or_empty_variable_is_named_at_once():
    with pytest.raises(ConfigError, match=r"ReportConfig: set STORE_FUNCTION, TELEGRAM_SECRET_ARN, WEBHOOK_URL$"):
        ReportConfig.from_environment({"TELEGRAM_API_URL": "https://api.telegram.org"})
    with pytest.raises(ConfigError) as raised:
        WebhookConfig.from_environment({"PHOTOS_BUCKET": "photos", "INFER_FUNCTION": ""})

    assert str(raised.value) == (
        "WebhookConfig: set BASELINE_SHADOW_PERCENT, BASELINE_SHOWN_PERCENT, DATA_PLACE, INFER_FUNCTION, "
        "OPERATOR_CONTACT, PHOTOS_PER_DAY, PHOTOS_PER_HOUR, REPORT_FUNCTION, STORE_FUNCTION, TELEGRAM_API_URL, "
        "TELEGRAM_SECRET_ARN"
    )
