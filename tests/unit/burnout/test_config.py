"""Settings name every missing variable at once."""

from dataclasses import fields

import pytest

from burnout.config import ReportSettings, StoreSettings, WebhookSettings
from burnout.errors import SettingsError


def test_settings_are_read_from_the_environment():
    settings = StoreSettings.from_environment({"DATABASE_DIR": "/mnt/db", "PHOTOS_BUCKET": "photos", "OTHER": "x"})

    assert (settings.database_dir, settings.photos_bucket) == ("/mnt/db", "photos")


def test_limit_that_is_no_whole_number_is_named():
    variables = {field.name.upper(): "1" for field in fields(WebhookSettings)} | {"PHOTOS_PER_DAY": "1e9"}

    with pytest.raises(SettingsError, match=r"set PHOTOS_PER_DAY$"):
        WebhookSettings.from_environment(variables)


def test_every_missing_or_empty_variable_is_named_at_once():
    with pytest.raises(SettingsError, match=r"ReportSettings: set STORE_FUNCTION, TELEGRAM_SECRET_ARN, WEBHOOK_URL$"):
        ReportSettings.from_environment({"TELEGRAM_API_URL": "https://api.telegram.org"})
    with pytest.raises(SettingsError) as raised:
        WebhookSettings.from_environment({"PHOTOS_BUCKET": "photos", "INFER_FUNCTION": ""})

    assert str(raised.value) == (
        "WebhookSettings: set BASELINE_SHOWN_PERCENT, DATA_PLACE, INFER_FUNCTION, OPERATOR_CONTACT, PHOTOS_PER_DAY, "
        "PHOTOS_PER_HOUR, REPORT_FUNCTION, STORE_FUNCTION, TELEGRAM_API_URL, TELEGRAM_SECRET_ARN"
    )
