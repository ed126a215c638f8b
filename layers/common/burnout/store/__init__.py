"""What the store is asked and what it answers, by subject, and the client that asks it over Lambda."""
