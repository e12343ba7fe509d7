import signal
import socket
import threading
import time

import pytest
from conftest import SERVERS, WAIT, Backend, require


def begin_stream(backend, path="/stream?chunks=5&ms=100"):
    """An unfinished response; its connection stays open while it is referenced."""
    connection = backend.connect()
    connection.request("GET", path)
    response = connection.getresponse()
    assert response.read1()
    return response


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_lets_a_request_in_flight_finish(start, number):
    backend = start()
    response = begin_stream(backend)
    backend.process.send_signal(number)
    assert response.read().endswith(b"server-1 chunk 5 of 5\n")
    code, _, errors = backend.ended()
    assert (code, errors) == (0, "")


def test_idle_backend_stops_and_frees_its_port(start):
    backend = start()
    idle = backend.connect()
    idle.request("GET", "/")
    idle.getresponse().read()
    code, _, errors = backend.end()
    assert (code, errors) == (0, "")
    socket.create_server(("127.0.0.1", backend.port), reuse_port=False).close()
    idle.close()


def test_endless_request_does_not_hold_up_the_end():
    """Stops all servers in parallel: each takes its five seconds of grace."""
    problems = []

    def stop_one(server):
        backend = Backend(server)
        try:
            response = begin_stream(backend, "/stream?chunks=100&ms=1000")
            started = time.monotonic()
            code, _, errors = backend.end()
            taken = time.monotonic() - started
            if (code, errors) != (0, "") or not 4 < taken < WAIT:
                problems.append(f"{server}: {code} after {taken:.1f} s: {errors}")
            response.close()
        except Exception as error:
            problems.append(f"{server}: {error!r}")
        finally:
            backend.kill()

    def is_here(server):
        try:
            require(server)
            return True
        except pytest.skip.Exception:
            return False

    threads = [threading.Thread(target=stop_one, args=(server,)) for server in SERVERS if is_here(server)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT * 2)
    assert not problems


def test_killed_backend_is_gone_at_once(start):
    backend = start()
    backend.process.kill()
    backend.ended()  # its output is closed: no worker is left that could write
    with pytest.raises(OSError):
        backend.get("/")
