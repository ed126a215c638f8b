"""How much Hypothesis tries: little while one works (`make test-unit`), its usual hundred in `make test`."""

from hypothesis import settings

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=100, deadline=None)
settings.load_profile("quick")
