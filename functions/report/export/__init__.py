"""Everything that is kept about a person, as one file for them."""
