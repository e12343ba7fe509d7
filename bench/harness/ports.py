"""Free loopback ports, and waiting until a server accepts on one."""

import http.client
import random
import socket
import time


def free_port(address: str = "127.0.0.1") -> int:
    """Chosen below the range of outgoing connections, so that none of those can take the port before it is bound."""
    for _ in range(1000):
        port = random.randint(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind((address, port))
                return port
            except OSError:
                continue
    raise RuntimeError("found no free port between 10000 and 32000")


def free_ports(count: int) -> list[int]:
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return sorted(ports)


def answers(address: str, port: int) -> bool:
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_answers(name: str, child, port: int, log, address: str = "127.0.0.1", seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not answers(address, port):
        if child.poll() is not None or time.monotonic() > until:
            tail = log.read_text(errors="replace")[-2000:]
            reason = f"ended with code {child.poll()}" if child.poll() is not None else f"did not answer within {seconds:.0f} s"
            raise RuntimeError(f"{name} {reason}:\n{tail}")
        time.sleep(0.05)
