"""Reading updates: whatever arrives is an update or one clear error."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.webhook.updates import MalformedUpdateError, Update, parse_update
from tests import updates

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def encoded(value):
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"null", b"1", b"{}", b'{"update_id": "1"}', b'{"update_id": -1}', b'{"update_id": 1.5}',
     b'{"update_id": 99999999999999999999}', b"\xff\xfe", b'{"update_id": 1', b"[" * 100_000,
     b'{"update_id": 1, "message": {"message_id": 1}}', b'{"update_id": 1, "message": 5}',
     encoded({"update_id": 1, "message": {**updates.text("x")["message"], "date": "yesterday"}}),
     encoded({"update_id": 1, "message": {**updates.text("x")["message"], "photo": [{"file_id": 5}]}}),
     encoded({"update_id": 1, "callback_query": {"id": "1"}})],
)  # fmt: skip
def test_body_that_is_no_update_is_one_clear_error(body):
    with pytest.raises(MalformedUpdateError) as raised:
        parse_update(body)
    assert raised.value.__suppress_context__


def test_fields_of_a_future_api_are_ignored():
    update = updates.text("hi", hologram={"depth": 3}, text_of_2030=[1])

    assert parse_update(encoded(update | {"new_kind": {}})).message.text == "hi"


def test_error_never_quotes_the_body():
    with pytest.raises(MalformedUpdateError) as raised:
        parse_update(encoded({"update_id": 1, "message": {"text": "my secret diary"}}))
    assert "diary" not in str(raised.value)


@given(st.dictionaries(st.sampled_from(["message", "callback_query", "my_chat_member", "poll"]), json_values))
def test_any_json_is_an_update_or_malformed(contents):
    with contextlib.suppress(MalformedUpdateError):
        assert isinstance(parse_update(encoded({"update_id": 1, **contents})), Update)


@given(st.data())
def test_real_update_with_any_one_field_replaced_is_an_update_or_malformed(data):
    update = data.draw(st.sampled_from([updates.photo(), updates.text("/start"), updates.button("v1:up:1")]))
    (content,) = (value for key, value in update.items() if key != "update_id")
    content[data.draw(st.sampled_from(sorted(content)))] = data.draw(json_values)

    with contextlib.suppress(MalformedUpdateError):
        assert isinstance(parse_update(encoded(update)), Update)
