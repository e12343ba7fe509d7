"""Child processes that never outlive the benchmark."""

import ctypes
import os
import resource
import signal
import subprocess
from pathlib import Path

PR_SET_PDEATHSIG = 1
PRIORITY = -10
_libc = ctypes.CDLL(None)


def raise_file_limit() -> int:
    """Raises the soft limit of open files to the hard one, which children inherit, and returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    hard = hard if 0 < hard < 1_000_000 else 1_000_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _raise_priority() -> None:
    """Raises the priority above all other processes, including the kernel's group for the session. Needs root; a quiet machine does not need it."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
        Path("/proc/self/autogroup").write_text(str(PRIORITY))
    except OSError:
        pass


class Children:
    """Starts children in their own process groups and ends each by its own id, at exit at the latest."""

    def __init__(self, directory: Path, raises_priority: bool = False):
        self._directory = directory
        self.raises_priority = raises_priority
        self._running: list[subprocess.Popen] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self._running[:]):
            self.stop(child)

    def start(self, name: str, argv: list[str], cpus: set[int], env: dict[str, str] | None = None, **streams) -> subprocess.Popen:
        def prepare():
            # TERM instead of KILL: nginx's master then ends its workers too.
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            os.sched_setaffinity(0, cpus)
            if self.raises_priority:
                _raise_priority()

        with open(self.log(name), "ab") as log:
            child = subprocess.Popen(
                argv, env={**os.environ, **(env or {})}, preexec_fn=prepare, start_new_session=True,
                stdin=streams.get("stdin", subprocess.DEVNULL), stdout=streams.get("stdout", log), stderr=log, cwd=self._directory)
        self._running.append(child)
        return child

    def log(self, name: str) -> Path:
        return self._directory / f"{name}.log"

    def stop(self, child: subprocess.Popen) -> None:
        if child in self._running:
            self._running.remove(child)
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream:
                stream.close()
