"""Every golden event belongs to a function that the stack has: a stray file would fail only in Docker."""

from infra.stack import events, sam


def test_every_golden_event_names_a_function():
    assert {function for function, _ in events.names()} == set(sam.FUNCTIONS)
