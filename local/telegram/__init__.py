"""The imitation of Telegram, and what talks to the real one from a terminal."""
