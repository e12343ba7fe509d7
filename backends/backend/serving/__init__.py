"""Selects the WSGI server and opens its socket; each server is a module with NAME and run(listener, app, hooks)."""

import errno
import importlib
import os
import socket
from dataclasses import dataclass
from typing import Callable

BACKLOG = 1024
THREADS = 128
MAX_CONNECTIONS = 1024
KEEP_ALIVE_SECONDS = 120
PREFERENCE = ("waitress", "gunicorn", "werkzeug")


class CannotServe(Exception):
    """The reason in one line."""


@dataclass(frozen=True)
class Hooks:
    listening: Callable[[], None]  # called once, when connections are accepted
    started: Callable[[], None]  # called in the serving process before the first request
    stopped: Callable[[], None]  # called in the serving process after the last request


def choose(wanted: str):
    for name in PREFERENCE if wanted == "auto" else (wanted,):
        try:
            return importlib.import_module(f"{__name__}.{name}_server")
        except ImportError:
            continue
    raise CannotServe(f"{wanted} is not installed; --server auto takes what is there")


def listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise CannotServe(f"host {host} is no address to listen on: {error.strerror}") from error

    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # on Windows the option would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be listened on: {error.strerror}"
        raise CannotServe(f"port {port} on {host} {reason}") from error
    return listener


def url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
