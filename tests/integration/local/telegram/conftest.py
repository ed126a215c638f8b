"""A fake Telegram on a real socket, with a bot, a webhook and somebody to talk to."""

import io

import pytest
from PIL import Image

from local.telegram.server import FakeTelegram
from tests.integration.local.telegram.sides import SECRET, Bot, Webhook


@pytest.fixture
def telegram():
    with FakeTelegram(seed=5) as fake:
        yield fake


@pytest.fixture
def bot(telegram):
    client = Bot(telegram)
    yield client
    client.close()


@pytest.fixture
def webhook(telegram):
    endpoint = Webhook()
    telegram.set_webhook(endpoint.url, SECRET)
    yield endpoint
    telegram.stop()
    endpoint.stop()


@pytest.fixture
def anna(telegram):
    """Somebody who has pressed Start, so that the bot may write to her."""
    person = telegram.person(first_name="Anna", language_code="ru")
    person.send_text("/start")
    return person


@pytest.fixture(scope="session")
def jpeg():
    """A photo of 1000 × 750."""
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((1000, 750)).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()
