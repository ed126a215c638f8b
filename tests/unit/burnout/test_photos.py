"""Object names: one folder a person, and nobody can tell whose."""

from hypothesis import given
from hypothesis import strategies as st

from burnout.photos import user_prefix

people = st.integers(1, 2**53 - 1)


@given(people, people)
def test_prefix_is_one_per_person(one, other):
    assert (user_prefix("key", one) == user_prefix("key", other)) == (one == other)


@given(people)
def test_prefix_depends_on_the_key_and_hides_the_person(person):
    prefix = user_prefix("key", person)

    assert prefix.startswith("photos/")
    assert prefix.endswith("/")
    assert len(prefix) == len("photos/") + 32 + 1
    assert prefix != user_prefix("other key", person)
