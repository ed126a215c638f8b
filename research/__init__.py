"""Simulations and the pilot's statistics: they read what the product decides and change nothing in it."""
