"""The imitation of Telegram, and what polls the real one."""
