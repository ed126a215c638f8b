"""The bot without Telegram: a page in the browser of the same machine shows the conversation."""
