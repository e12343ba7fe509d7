import io
from email.message import Message

import pytest

pytest.importorskip("werkzeug")

from werkzeug.exceptions import BadRequest, HTTPException  # noqa: E402

from backend.serving.bodies import MAX_DRAINED, request_body  # noqa: E402


def body_of(raw, **headers):
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    source = io.BufferedReader(io.BytesIO(raw))
    return request_body(message, source), source


@pytest.mark.parametrize("raw, expected", [
    (b"0\r\n\r\n", b""),
    (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    (b"A;name=value\r\n0123456789\r\n1\r\nx\r\n000\r\n\r\n", b"0123456789x"),
    (b"1\r\nx\r\n0\r\nTrailer: value\r\nOther: value\r\n\r\n", b"x"),
])
def test_chunked_body_ends_at_its_end(raw, expected):
    body, source = body_of(raw + b"NEXT", Transfer_Encoding="chunked")
    assert body.read() == expected
    assert source.read() == b"NEXT"


@pytest.mark.parametrize("raw", [b"x\r\n", b"\r\n", b"-1\r\n", b"0x5\r\nhello\r\n", b"5\r\nhello world\r\n", b"5\r\nhel", b"5", b"1\r\nx\r\n0\r\n",
                                 b"1" * 5000 + b"\r\n", b"1;" + b"x" * 5000 + b"\r\n"])
def test_malformed_chunks_are_refused_and_break_the_connection(raw):
    body, _ = body_of(raw, Transfer_Encoding="chunked")
    with pytest.raises(BadRequest):
        body.read()
    assert body.broken and not body.drain()


def test_length_body_ends_at_its_length():
    body, source = body_of(b"helloNEXT", Content_Length="5")
    assert (body.read(), source.read()) == (b"hello", b"NEXT")


def test_length_body_that_breaks_off_is_refused():
    body, _ = body_of(b"hel", Content_Length="5")
    with pytest.raises(BadRequest):
        body.read()
    assert body.broken


def test_drain_skips_what_was_not_read():
    body, source = body_of(b"x" * 1000 + b"NEXT", Content_Length="1000")
    body.read(10)
    assert body.drain() and source.read() == b"NEXT"


def test_drain_gives_up_on_a_large_rest():
    body, _ = body_of(b"x" * (MAX_DRAINED + 200_000), Content_Length=str(MAX_DRAINED + 200_000))
    assert not body.drain()


@pytest.mark.parametrize("headers", [
    {"Content_Length": "5", "Transfer_Encoding": "chunked"},
    {"Transfer_Encoding": "gzip, chunked"},
    {"Content_Length": "+5"},
    {"Content_Length": "5 5"},
])
def test_unclear_framing_is_refused(headers):
    with pytest.raises(HTTPException):
        body_of(b"", **headers)
