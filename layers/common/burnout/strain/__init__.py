"""How strained a person's days are, against which beginning, and what goes with the heavier ones. Pure."""
