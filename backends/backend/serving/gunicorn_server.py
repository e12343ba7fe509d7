"""Serves with gunicorn: one worker, because faults and counts are kept in one process, with a thread pool."""

import os
import selectors
import signal

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from .. import lifetime
from . import BACKLOG, KEEP_ALIVE_SECONDS, MAX_CONNECTIONS, THREADS, Hooks

NAME = "gunicorn"


def run(listener, app, hooks: Hooks) -> None:
    try:
        GracefulArbiter(Served(listener.detach(), app, hooks)).run()
    except SystemExit as ended:  # an arbiter returns this way
        if ended.code:
            raise


class GracefulArbiter(Arbiter):
    """Lets requests finish after Ctrl+C, as after SIGTERM."""

    def handle_int(self) -> None:
        self.handle_term()

    handle_quit = handle_hup = handle_int


class Served(BaseApplication):
    def __init__(self, listener: int, app, hooks: Hooks) -> None:
        self._listener = listener
        self._app = app
        self._hooks = hooks
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"fd://{self._listener}",
            "backlog": BACKLOG,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "worker_connections": MAX_CONNECTIONS + THREADS,
            "keepalive": KEEP_ALIVE_SECONDS,
            "graceful_timeout": lifetime.GRACE_SECONDS + 3,  # the master waits longer than the worker needs
            "timeout": 0,  # the master must not kill a worker that was paused on purpose
            "loglevel": "warning",
            "limit_request_line": 0,
            "limit_request_field_size": 65536,
            "when_ready": lambda arbiter: self._hooks.listening(),
            "post_fork": _leave_stopping_to_the_master,
            "post_worker_init": self._begin,
            "worker_exit": self._end,
        }
        if os.access("/dev/shm", os.W_OK):
            settings["worker_tmp_dir"] = "/dev/shm"  # keep the heartbeat in memory, which also works with a read-only root file system
        for key, value in settings.items():
            self.cfg.set(key, value)

    def load(self):
        return self._app

    def _begin(self, worker) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal also sends Ctrl+C to the worker
        # gunicorn's loop would notice a signal up to a second late; watching its own wake-up pipe makes it immediate
        worker.poller.register(worker.PIPE[0], selectors.EVENT_READ, lambda pipe: os.read(pipe, 4096))
        worker.cfg.set("graceful_timeout", lifetime.GRACE_SECONDS)
        self._hooks.started()

    def _end(self, arbiter, worker) -> None:
        if worker.booted:
            self._hooks.stopped()
            os._exit(0)  # otherwise the interpreter waits for request threads whose grace period is over


def _leave_stopping_to_the_master(arbiter, worker) -> None:
    lifetime.die_with_parent()
    if os.getppid() != arbiter.pid:
        os._exit(0)
