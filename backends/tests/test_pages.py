import hashlib
import json
import threading

import pytest


def test_root_says_name_and_port(backend):
    response = backend.get("/")
    assert response.status == 200
    assert response.body == f"Hello from server-1 running on port {backend.port}!".encode()
    assert response.getheader("Content-Type").startswith("text/plain")
    assert response.getheader("Content-Length") == str(len(response.body))


def test_root_says_the_published_port(start_werkzeug):
    assert start_werkzeug(PUBLIC_PORT="5001").get("/").body == b"Hello from server-1 running on port 5001!"


@pytest.mark.parametrize("path", ["/", "/health", "/api/info", "/echo", "/status/200", "/slow?ms=0", "/bytes/10", "/fault", "/once", "/stream?ms=0"])
def test_head_has_the_head_of_get_and_no_body(backend, path):
    get, head = backend.get(path), backend.request("HEAD", path)
    assert (head.status, head.body) == (get.status, b"")
    assert head.getheader("Content-Type") == get.getheader("Content-Type")


def test_health_follows_the_switch(backend):
    assert (backend.get("/health").status, backend.json("GET", "/health")["status"]) == (200, "healthy")
    backend.json("POST", "/fault", {"healthy": False})
    unhealthy = backend.get("/health")
    assert unhealthy.status == 503
    assert unhealthy.getheader("Content-Type") == "application/problem+json"
    backend.json("POST", "/fault", {"healthy": True})
    assert backend.get("/health").status == 200


def test_info_tells_name_port_and_headers(backend):
    info = json.loads(backend.get("/api/info", **{"X-Forwarded-For": "192.0.2.1"}).body)
    assert (info["name"], info["port"]) == ("server-1", backend.port)
    assert ["X-Forwarded-For", "192.0.2.1"] in info["headers"]
    assert info["pid"] > 1


def test_info_counts_each_of_many_concurrent_requests(backend):
    before = backend.json("GET", "/api/info")["requestsServed"]
    threads = [threading.Thread(target=lambda: [backend.get("/") for _ in range(10)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert backend.json("GET", "/api/info")["requestsServed"] == before + 81


@pytest.mark.parametrize("code", [200, 201, 204, 299, 301, 304, 404, 429, 500, 503, 599])
@pytest.mark.parametrize("method", ["GET", "POST", "PURGE"])
def test_status_answers_with_the_code(backend, code, method):
    response = backend.request(method, f"/status/{code}")
    assert response.status == code
    assert response.body == (b"" if code in (204, 304) else f'{{"status":{code},"name":"server-1"}}\n'.encode())


@pytest.mark.parametrize("path", ["/status/199", "/status/600", "/status/x", "/status/-1", "/status/2_0_0", "/bytes/x", "/bytes/1073741825",
                                  "/slow?ms=x", "/slow?ms=120001", "/slow?ms=", "/stream?chunks=0", "/stream?chunks=10001", "/stream?ms=1e3"])
def test_bad_number_is_400_and_says_what_is_allowed(backend, path):
    response = backend.get(path)
    problem = json.loads(response.body)
    assert (response.status, problem["status"]) == (400, 400)
    assert response.getheader("Content-Type") == "application/problem+json"
    assert problem["key"] in ("code", "count", "ms", "chunks") and ".." in problem["allowed"]


def test_slow_takes_its_time(backend):
    assert backend.get("/slow?ms=30").body == b"server-1 took its time: 30 ms\n"


@pytest.mark.parametrize("count", [0, 1, 65536, 65537, 3_000_000])
def test_bytes_are_as_many_as_asked_for(backend, count):
    response = backend.get(f"/bytes/{count}")
    assert response.getheader("Content-Length") == str(count)
    expected = (bytes(range(256)) * (count // 256 + 1))[:count]
    assert hashlib.sha256(response.body).digest() == hashlib.sha256(expected).digest()


def test_stream_is_chunked_and_arrives_piece_by_piece(backend):
    connection = backend.connect()
    connection.request("GET", "/stream?chunks=3&ms=100")
    response = connection.getresponse()
    assert response.getheader("Transfer-Encoding") == "chunked"
    assert response.read1() == b"server-1 chunk 1 of 3\n"  # before the others exist
    assert response.read() == b"server-1 chunk 2 of 3\nserver-1 chunk 3 of 3\n"
    connection.close()


@pytest.mark.parametrize("method, path, status", [("GET", "/nowhere", 404), ("DELETE", "/health", 405), ("GET", "/once/x", 405)])
def test_unknown_path_or_method_is_a_problem(backend, method, path, status):
    response = backend.request(method, path)
    assert (response.status, json.loads(response.body)["status"]) == (status, status)
    assert response.getheader("Content-Type") == "application/problem+json"
    assert (response.getheader("Allow") is not None) == (status == 405)
