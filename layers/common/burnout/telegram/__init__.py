"""The Bot API: what is called, the buttons' callback data, and the client that calls."""
