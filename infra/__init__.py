"""The AWS stack: its templates, what it costs, and the stack run for real in Docker."""
