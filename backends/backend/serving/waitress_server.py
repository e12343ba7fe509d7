"""Serves with waitress: one loop for the sockets, a thread pool for the requests."""

import logging
import time

import waitress
from waitress import wasyncore

from .. import lifetime
from . import BACKLOG, KEEP_ALIVE_SECONDS, MAX_CONNECTIONS, THREADS, Hooks

NAME = "waitress"


def run(listener, app, hooks: Hooks) -> None:
    server = waitress.create_server(
        app, sockets=[listener], threads=THREADS, connection_limit=MAX_CONNECTIONS, backlog=BACKLOG,
        channel_timeout=KEEP_ALIVE_SECONDS, asyncore_use_poll=True, log_socket_errors=False, ident=NAME)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of each request that waits briefly for a thread
    hooks.started()
    stopping = []

    def stop():
        stopping.append(True)
        server.pull_trigger()  # wakes the loop

    lifetime.on_stop_signal(stop)
    hooks.listening()
    while not stopping:
        _turn(server, timeout=1)
    _drain(server)
    hooks.stopped()


def _turn(server, timeout: float) -> None:
    wasyncore.loop(timeout=timeout, use_poll=True, map=server._map, count=1)


def _drain(server) -> None:
    # waitress' own shutdown stops the loop first, so responses that threads still produce would not be sent
    server.del_channel()
    server.socket.close()
    deadline = time.monotonic() + lifetime.GRACE_SECONDS
    while time.monotonic() < deadline:
        for channel in list(server.active_channels.values()):
            if not _busy(channel):
                channel.handle_close()
        if not server.active_channels:
            return
        _turn(server, timeout=0.05)


def _busy(channel) -> bool:
    return bool(channel.requests or channel.request or channel.total_outbufs_len)
