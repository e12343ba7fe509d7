"""The backends all peers share: nginx for responses, the sink of bench/Load for uploads."""

import os
from pathlib import Path

from .build import BENCH, OUTPUT
from .children import Children
from .peers import fill
from .ports import free_port, free_ports, wait_until_answers

SMALL = 54
FILES = {"10k": 10 * 1024, "1m": 1024 * 1024}


def _start_nginx(children: Children, directory: Path, cpus: set[int], files: int, addresses: list[str]) -> None:
    (directory / "files").mkdir(parents=True)
    for name, size in FILES.items():
        (directory / "files" / name).write_bytes(os.urandom(size))
    config = fill(
        BENCH / "backends" / "nginx.conf", directory / "nginx.conf", dir=directory, files=files, connections=files - 1200,
        listen="\n".join(f"        listen {address};" for address in addresses))
    child = children.start("backends", ["nginx", "-p", str(directory), "-e", "stderr", "-c", str(config)], cpus)
    host, _, port = addresses[-1].rpartition(":")
    wait_until_answers("backends (nginx)", child, int(port), children.log("backends"), host)


def five(children: Children, directory: Path, cpus: set[int], files: int) -> list[str]:
    addresses = [f"127.0.0.1:{port}" for port in free_ports(5)]
    _start_nginx(children, directory, cpus, files, addresses)
    return addresses


def sinks(children: Children, directory: Path, cpus: set[int], files: int) -> list[str]:
    """The sink; nginx would respond to an upload before it has read it."""
    ports = free_ports(5)
    child = children.start("backends", [str(OUTPUT / "load" / "Load"), "sink", ",".join(map(str, ports))], cpus)
    wait_until_answers("backends (sink)", child, ports[-1], children.log("backends"))
    return [f"127.0.0.1:{port}" for port in ports]


def thousand(children: Children, directory: Path, cpus: set[int], files: int) -> list[str]:
    """A thousand loopback addresses on one port."""
    port = free_port("127.0.100.1")
    addresses = [f"127.0.{100 + i // 250}.{1 + i % 250}:{port}" for i in range(1000)]
    _start_nginx(children, directory, cpus, files, addresses)
    return addresses
