"""A page that a person can take to a doctor: their last 90 days on one sheet of A4."""
