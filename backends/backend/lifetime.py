"""Stops the process on a signal, and when its parent has died."""

import ctypes
import os
import select
import signal
import sys
import threading
import time
from typing import Callable

GRACE_SECONDS = 5
PR_SET_PDEATHSIG = 1


def announce(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:
        # The reader of our output is closed; keep serving anyway.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def on_stop_signal(stop: Callable[[], None]) -> None:
    """Calls stop on the first SIGTERM or SIGINT; a second one ends the process at once."""
    def first(_signal, _frame):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: os._exit(0))
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, first)


def exit_with_parent(expected: int = 1) -> None:
    """Ends this process when its parent dies; expected is the parent's process id, or 1 for the current parent."""
    if os.name != "posix":
        return  # Windows keeps the id of a dead parent, and starts a venv's interpreter as a grandchild
    parent = os.getppid()

    def leave_if_orphaned(*_):
        if os.getppid() != parent:
            os._exit(0)

    if sys.platform.startswith("linux"):
        # The kernel signals the death of the parent's *thread* that started us, so the handler checks whether the process has died
        # as well. This needs a signal that can be caught and that the WSGI servers do not use.
        number = signal.SIGRTMIN + 1
        signal.signal(number, leave_if_orphaned)
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        leave_if_orphaned()
    else:
        threading.Thread(target=_watch, args=(leave_if_orphaned,), name="parent watch", daemon=True).start()

    if expected > 1 and parent != expected or parent == 1 and _output_is_abandoned():
        print("server.py: the parent process is gone", file=sys.stderr, flush=True)  # it died before watching began
        os._exit(0)


def die_with_parent() -> None:
    """Ends a forked worker when its parent dies. That parent has only one thread, so no check is needed."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _watch(leave_if_orphaned: Callable[[], None]) -> None:
    while True:
        time.sleep(0.5)
        leave_if_orphaned()


def _output_is_abandoned() -> bool:
    """When the parent is process 1 (init adopted us, or it is the container's host), a pipe without a reader means that we are orphaned."""
    poll = select.poll()
    poll.register(1, 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))
