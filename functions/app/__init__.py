"""The Mini App: what Telegram signed → one person's data, read and written through the store. No SQL, no pictures."""
