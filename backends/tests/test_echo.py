import hashlib
import json

import pytest


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_echo_tells_method_and_headers(backend, method):
    echo = json.loads(backend.request(method, "/echo", headers={"X-One": "1", "Traceparent": "00-a-b-01"}).body)
    assert echo["method"] == method
    assert ["X-One", "1"] in echo["headers"] and ["Traceparent", "00-a-b-01"] in echo["headers"]


@pytest.mark.parametrize("target", ["/echo", "/echo/", "/echo/a%2Fb%20c/%C3%A9", "/echo/a//b", "/echo//a", "/echo/a/../b", "/echo/~a+b;c=d"])
def test_echo_tells_the_path_as_received(backend, target):
    echo = json.loads(backend.get(target + "?q=%20&r=a/b?c&empty=").body)
    assert (echo["path"], echo["query"]) == (target, "q=%20&r=a/b?c&empty=")


@pytest.mark.parametrize("size", [0, 5, 1_000_000])
def test_echo_digests_a_body_of_known_length(backend, size):
    body = b"x" * size
    echo = json.loads(backend.request("POST", "/echo", body).body)
    assert (echo["bodyLength"], echo["bodySha256"]) == (size, hashlib.sha256(body).hexdigest())


def test_echo_digests_a_chunked_body(backend):
    pieces = [b"a" * 10, b"b" * 100_000, b"c"]
    echo = json.loads(backend.request("POST", "/echo", iter(pieces), {"Transfer-Encoding": "chunked"}).body)
    assert (echo["bodyLength"], echo["bodySha256"]) == (100_011, hashlib.sha256(b"".join(pieces)).hexdigest())
