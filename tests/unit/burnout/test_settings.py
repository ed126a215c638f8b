"""Settings name every missing variable at once."""

import pytest

from burnout.errors import SettingsError
from burnout.settings import ReportSettings, StoreSettings, WebhookSettings


def test_settings_are_read_from_the_environment():
    settings = StoreSettings.from_environment({"DATABASE_DIR": "/mnt/db", "PHOTOS_BUCKET": "photos", "OTHER": "x"})

    assert (settings.database_dir, settings.photos_bucket) == ("/mnt/db", "photos")


def test_every_missing_or_empty_variable_is_named_at_once():
    with pytest.raises(SettingsError, match=r"ReportSettings: set STORE_FUNCTION, TELEGRAM_SECRET_ARN, WEBHOOK_URL$"):
        ReportSettings.from_environment({"TELEGRAM_API_URL": "https://api.telegram.org"})
    with pytest.raises(SettingsError) as raised:
        WebhookSettings.from_environment({"PHOTOS_BUCKET": "photos", "INFER_FUNCTION": ""})

    assert str(raised.value) == (
        "WebhookSettings: set INFER_FUNCTION, REPORT_FUNCTION, STORE_FUNCTION, TELEGRAM_API_URL, TELEGRAM_SECRET_ARN"
    )
