"""The bot for whoever hosts it alone: one process and a folder, without AWS and without a listening port."""


class RefusedError(Exception):
    """The bot does not start, or a command is not carried out; the text is the sentence that says what to do."""
