"""The imitation of Telegram; its queue and its chats are selfhost's as well."""
