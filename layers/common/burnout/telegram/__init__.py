"""The Bot API: calls as data, the buttons' callback data, and the client that sends the calls."""
