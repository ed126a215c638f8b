"""Bodies of Bot API calls."""

import pytest

from local.telegram.forms import FormError, parse_form


def test_urlencoded_text_stays_text_and_json_inside_is_decoded():
    form = parse_form("application/x-www-form-urlencoded", b"text=%7B%D1%8F&allowed_updates=%5B%22message%22%5D&empty=")

    assert form.params == {"text": "{я", "allowed_updates": ["message"], "empty": ""}


def test_multipart_files_keep_every_byte():
    data = bytes(range(256)) * 200_000 + b"\r\n--\r\n\r\n"  # 51 MB, as the largest export

    body = b"".join(
        [
            b'--edge\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n5\r\n',
            '--edge\r\nContent-Disposition: form-data; name="caption"\r\n\r\nдиаграмма\r\n'.encode(),
            b'--edge\r\nContent-Disposition: form-data; name="reply_markup"\r\n\r\n{"inline_keyboard": []}\r\n',
            b'--edge\r\nContent-Disposition: form-data; name="photo"; filename="chart.png"\r\n',
            b"Content-Type: image/png\r\n\r\n" + data + b"\r\n--edge--\r\n",
        ]
    )

    form = parse_form('multipart/form-data; boundary="edge"', body)

    assert form.params == {"chat_id": "5", "caption": "диаграмма", "reply_markup": {"inline_keyboard": []}}
    assert (form.uploads["photo"].file_name, form.uploads["photo"].data) == ("chart.png", data)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b"\xff"),
        ("application/x-www-form-urlencoded", b"\xff=1"),
        ("application/x-www-form-urlencoded", b"reply_markup={"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nno name\r\n--b--"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut off'),
    ],
)
def test_a_body_that_is_not_what_its_type_says_is_refused(content_type, body):
    with pytest.raises(FormError):
        parse_form(content_type, body)
