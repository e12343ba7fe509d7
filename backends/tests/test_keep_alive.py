import http.client
import json
import socket
import statistics
import threading
import time

import pytest
from conftest import WAIT


def test_connection_serves_many_requests(backend):
    connection = backend.connect()
    connection.connect()
    used = connection.sock
    for path, status in [("/", 200), ("/nowhere", 404), ("/bytes/100000", 200), ("/status/503", 503), ("/fault", 200)] * 4:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        assert (response.status, response.version, connection.sock) == (status, 11, used)
    connection.close()


@pytest.mark.parametrize("headers, body", [({}, b"unread" * 1000), ({"Transfer-Encoding": "chunked"}, [b"un", b"read"])])
def test_unread_body_is_not_taken_for_the_next_request(backend, headers, body):
    connection = backend.connect()
    for _ in range(3):
        connection.request("POST", "/", body if headers else bytes(body), headers, encode_chunked=bool(headers))
        assert connection.getresponse().read().startswith(b"Hello from server-1")
    connection.close()


def test_connection_of_an_old_client_is_closed(backend):
    with socket.create_connection(("127.0.0.1", backend.port), timeout=WAIT) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))  # until it closes
    assert b"\r\nContent-Length: " in answer and answer.endswith(f"port {backend.port}!".encode())


def test_connection_close_is_obeyed(backend):
    with socket.create_connection(("127.0.0.1", backend.port), timeout=WAIT) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert b"\r\nConnection: close\r\n" in answer


def test_expect_100_continue_is_answered(backend):
    with socket.create_connection(("127.0.0.1", backend.port), timeout=WAIT) as client:
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 100 Continue\r\n")
        client.sendall(b"hello")
        response = http.client.HTTPResponse(client)
        response.begin()
        assert json.loads(response.read())["bodyLength"] == 5


def test_requests_on_a_kept_connection_do_not_stall(backend):
    """Nagle's algorithm and a delayed ACK together make 40 ms."""
    connection = backend.connect()
    taken = []
    for _ in range(50):
        started = time.perf_counter()
        connection.request("GET", "/api/info")
        connection.getresponse().read()
        taken.append(time.perf_counter() - started)
    connection.close()
    assert statistics.median(taken) < 0.03


def test_96_connections_at_once(backend):
    connections = [backend.connect() for _ in range(96)]
    answered, barrier = [], threading.Barrier(len(connections))

    def use(connection):
        connection.connect()
        barrier.wait(WAIT)  # all are open before the first request
        for _ in range(3):
            connection.request("GET", "/slow?ms=20")
            answered.append(connection.getresponse().read())
        barrier.wait(WAIT)  # and all are idle
        connection.request("GET", "/")
        answered.append(connection.getresponse().read())
        connection.close()

    threads = [threading.Thread(target=use, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answered) == 4 * 96


@pytest.mark.parametrize("head", [
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    b"Content-Length: x\r\n",
    b"Content-Length: -1\r\n",
])
def test_body_of_unclear_length_ends_the_connection(start_werkzeug, head):  # the others have their own parsers
    backend = start_werkzeug()
    with socket.create_connection(("127.0.0.1", backend.port), timeout=WAIT) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        try:
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        except ConnectionResetError:
            return
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1 ") == 1
