"""The bot for whoever hosts it alone: one process and a folder, without AWS and without a listening port."""
