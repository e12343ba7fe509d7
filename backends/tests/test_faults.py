import http.client
import json
import time

import pytest

NONE = {"healthy": True, "latencyMs": 0, "errorRate": 0.0, "errorStatus": 503, "abortRate": 0.0, "retryAfter": None}


def test_changes_add_up_until_reset(backend):
    assert backend.json("GET", "/fault") == NONE
    assert backend.json("POST", "/fault", {"latencyMs": 1, "retryAfter": 7}) == {**NONE, "latencyMs": 1, "retryAfter": 7}
    assert backend.json("POST", "/fault", {"retryAfter": None, "errorStatus": 500}) == {**NONE, "latencyMs": 1, "errorStatus": 500}
    assert backend.json("POST", "/fault", {})["latencyMs"] == 1
    assert backend.json("DELETE", "/fault") == NONE
    assert backend.json("GET", "/fault") == NONE


@pytest.mark.parametrize("key, value", [
    ("healthy", 1), ("healthy", "no"), ("latencyMs", -1), ("latencyMs", 60001), ("latencyMs", 1.5), ("latencyMs", True), ("errorRate", 1.1),
    ("errorRate", "0.5"), ("errorRate", None), ("errorStatus", 200), ("errorStatus", 600), ("abortRate", -0.1), ("retryAfter", -1), ("latency", 5)])
def test_bad_change_names_key_value_and_allowed(backend, key, value):
    response = backend.request("POST", "/fault", json.dumps({"errorRate": 0.5, key: value} if key != "errorRate" else {key: value}))
    assert response.status == 400
    [error] = json.loads(response.body)["errors"]
    assert (error["key"], error["value"]) == (key, value) and error["allowed"]
    assert backend.json("GET", "/fault") == NONE  # all or nothing


def test_all_bad_changes_are_told_at_once(backend):
    errors = backend.json("POST", "/fault", {"latencyMs": -1, "colour": "red"})["errors"]
    assert [error["key"] for error in errors] == ["latencyMs", "colour"]


@pytest.mark.parametrize("body", ["", "{", "[]", "5", "null", '{"errorRate": NaN}', b"\xff"])
def test_body_that_is_no_object_is_400(backend, body):
    assert backend.request("POST", "/fault", body).status == 400
    assert backend.json("GET", "/fault") == NONE


def test_latency_delays_all_but_health_and_fault(backend):
    backend.json("POST", "/fault", {"latencyMs": 300})

    def taken(path):
        started = time.monotonic()
        assert backend.get(path).status == 200
        return time.monotonic() - started

    assert taken("/") >= 0.3
    assert min(taken("/health"), taken("/health"), taken("/fault")) < 0.3


def test_errors_have_the_status_and_retry_after(backend):
    backend.json("POST", "/fault", {"errorRate": 1, "errorStatus": 502, "retryAfter": 3})
    response = backend.get("/api/info")
    assert (response.status, response.getheader("Retry-After"), json.loads(response.body)["status"]) == (502, "3", 502)
    assert (backend.get("/health").status, backend.get("/fault").status) == (200, 200)
    backend.json("POST", "/fault", {"retryAfter": None})
    assert backend.get("/").getheader("Retry-After") is None


def test_an_error_executes_nothing(backend):
    backend.json("POST", "/fault", {"errorRate": 1})
    assert backend.request("POST", "/once/a").status == 503
    backend.json("DELETE", "/fault")
    assert backend.json("GET", "/once") == {}


def test_abort_sends_the_head_and_half_of_the_body(backend):
    backend.json("POST", "/fault", {"abortRate": 1})
    whole = f"Hello from server-1 running on port {backend.port}!".encode()
    with pytest.raises(http.client.IncompleteRead) as broken:
        backend.get("/")
    assert broken.value.partial == whole[: (len(whole) + 1) // 2]
    assert broken.value.expected == len(whole) - len(broken.value.partial)
    assert (backend.get("/health").status, backend.get("/fault").status) == (200, 200)


def test_abort_of_a_stream_lacks_the_last_chunk(backend):
    backend.json("POST", "/fault", {"abortRate": 1})
    with pytest.raises(http.client.IncompleteRead):
        backend.get("/stream?chunks=2&ms=0")


def test_abort_comes_after_the_execution(backend):
    backend.json("POST", "/fault", {"abortRate": 1})
    with pytest.raises(http.client.IncompleteRead):
        backend.request("POST", "/once/a")
    backend.json("DELETE", "/fault")
    assert backend.json("GET", "/once") == {"a": 1}
