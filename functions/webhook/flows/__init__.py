"""The conversations of the bot: each holds its commands, its buttons and its screens."""
