"""What redaction takes out of log lines, and that it does so for every logger, whatever set up the handlers."""

import io
import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnout.redaction import HIDDEN, UNREADABLE, WITHHELD, install, redact, redacted_logger

TOKEN = "123456789:AAGreatSecretTokenThatNobodyMayEverSee"
TOKENS = st.from_regex(r"[0-9]{5,12}:[A-Za-z0-9_-]{30,50}", fullmatch=True)


class Talker:
    """Its text shows the token, as an exception's or a URL object's does."""

    def __str__(self):
        return f"https://api.telegram.org/bot{TOKEN}/getMe"


@pytest.fixture
def lines(monkeypatch):
    """Everything that reaches a handler of the root logger, as Lambda's runtime would print it."""
    before = logging.getLogRecordFactory()
    install()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s %(extra)s", defaults={"extra": ""}))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)
    logging.setLogRecordFactory(before)


@pytest.fixture
def json_lines(lines, monkeypatch, request):
    """The lines of a function's own logger."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.name)  # a logger of its own for every test
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    return redacted_logger.__wrapped__(), stream.getvalue


@given(TOKENS, st.text(max_size=20), st.text(max_size=20))
def test_no_token_survives_wherever_it_stands(token, before, after):
    assert token not in redact(f"{before}{token}{after}")
    assert token not in redact(json.dumps(f"{before}\n{token}\n{after}"))
    assert token not in redact(repr(f"{before}\t{token}{after}".encode()))


@given(st.text(st.characters(exclude_characters="/", exclude_categories=("Z", "C")), min_size=1, max_size=50))
def test_what_stands_where_a_token_stands_in_a_url_is_taken_out_however_malformed(token):
    url = f"https://api.telegram.org/file/bot{token}/photos/1.jpg"

    assert redact(url) == f"https://api.telegram.org/file/bot{HIDDEN}/photos/1.jpg"


def test_percent_encoded_token_is_taken_out():
    assert redact("?next=bot123456789%3AAAGreatSecretTokenThatNobodyMayEverSee") == f"?next=bot{HIDDEN}"


@given(st.text(st.characters(codec="ascii", exclude_characters=":/"), max_size=60))
def test_text_without_a_token_is_untouched(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    "text", ["2026-11-24T03:48:08.123456+00:00", "arn:aws:lambda:eu-west-1:123456789012:function:x"]
)
def test_times_and_arns_are_untouched(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        (f"calling /bot{TOKEN}/getMe", ()),
        ("calling %s", (Talker(),)),
        ("calling %(url)s", ({"url": Talker()},)),
        ("%r of %d", ([TOKEN], 7)),
        (Talker(), ()),
        ({"url": f"/bot{TOKEN}/", TOKEN: (TOKEN, 1)}, ()),
        (TOKEN.encode(), ()),
    ],
)
@pytest.mark.parametrize("name", ["", "ours", "urllib3.connectionpool", "py.warnings"])
def test_message_and_arguments_of_every_logger_are_clean(lines, name, message, arguments):
    logging.getLogger(name).warning(message, *arguments)

    assert lines().startswith("WARNING")
    assert TOKEN not in lines()
    assert HIDDEN in lines()


def test_clean_line_is_the_same_as_ever(lines):
    logging.getLogger("ours").warning("%d of %s", 3, "five", extra={"extra": {"n": 1}})

    assert lines() == "WARNING ours 3 of five {'n': 1}\n"


@pytest.mark.parametrize("extra", [TOKEN, Talker(), {"deep": [{"er": (TOKEN,)}]}, {TOKEN: 1}, TOKEN.encode()])
def test_extra_fields_are_clean(lines, extra):
    logging.getLogger("ours").warning("said", extra={"extra": extra})

    assert "said" in lines()
    assert TOKEN not in lines()


def test_exception_its_causes_and_notes_are_clean(lines):
    try:
        try:
            raise ValueError(f"first {TOKEN}")
        except ValueError as error:
            error.add_note(f"a note with {TOKEN}")
            raise RuntimeError("second") from error
    except RuntimeError:
        logging.getLogger("ours").exception("it failed")

    assert "RuntimeError: second" in lines()
    assert f"ValueError: first {HIDDEN}" in lines()
    assert TOKEN not in lines()


def test_stack_is_clean(lines):
    exec(compile(f"log('said', stack_info=True)  # {TOKEN}", TOKEN, "exec"), {"log": logging.getLogger("o").warning})

    assert "Stack (most recent call last)" in lines()
    assert TOKEN not in lines()


def test_line_that_cannot_be_put_together_is_withheld_and_not_printed_in_parts(lines, capsys):
    logging.getLogger("ours").warning("%d", TOKEN)

    assert UNREADABLE in lines()
    assert TOKEN not in lines() + capsys.readouterr().err


@pytest.mark.parametrize("name", ["botocore.endpoint", "boto3", "urllib3.connectionpool", "PIL.TiffImagePlugin"])
def test_what_libraries_say_of_their_traffic_is_withheld_below_a_warning(lines, name):
    try:
        raise ValueError("the diary")
    except ValueError:
        logging.getLogger(name).debug("sent %s", "the diary", exc_info=True, stack_info=True)
    logging.getLogger(name).warning("a warning")

    assert lines() == f"DEBUG {name} {WITHHELD} \nWARNING {name} a warning \n"


def test_handler_that_is_added_later_gets_clean_records_too(lines):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger("ours.later")
    logger.addHandler(handler)

    logger.warning("calling %s", Talker())
    logger.removeHandler(handler)

    assert stream.getvalue() == f"calling https://api.telegram.org/bot{HIDDEN}/getMe\n"


def test_function_log_line_is_clean_json_in_every_field(json_lines):
    logger, written = json_lines
    logger.info("said", extra={"url": str(Talker()), "deep": {"er": [Talker()]}, "bytes": TOKEN.encode()})

    line = json.loads(written())
    assert TOKEN not in written()
    assert (line["message"], line["level"], line["url"]) == (
        "said",
        "INFO",
        f"https://api.telegram.org/bot{HIDDEN}/getMe",
    )


def test_install_twice_is_install_once(lines):
    install()
    install()

    logging.getLogger("ours").warning("once")
    assert lines() == "WARNING ours once \n"
