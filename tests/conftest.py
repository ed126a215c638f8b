"""How much Hypothesis tries: little while one works (`make test-unit`), its usual hundred in `make test`.

Derandomised: the gate must not depend on chance. A slow machine is not a failure either.
"""

import gc
import signal

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.measures"]

ALWAYS = {"deadline": None, "derandomize": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=25, **ALWAYS)
settings.register_profile("thorough", max_examples=100, **ALWAYS)
settings.load_profile("quick")


def pytest_configure():
    """Ctrl-C means something: a shell that starts the tests in the background has every process of theirs ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish():
    """Thousands of tests and every module are there to stay: the collector need not look through them again."""
    gc.freeze()
