import http.client
import os
import subprocess
import sys

import pytest
from conftest import PYTHON, SCRIPT, WAIT, clean_environment, run_server

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a parent's death is watched on POSIX systems")

# A host that starts the backend from a thread that then ends, as in thread pools, and waits to be killed.
HOST = """
import subprocess, sys, threading
thread = threading.Thread(target=lambda: subprocess.Popen(sys.argv[1:]))
thread.start()
thread.join()
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def host(server):
    """The host's process and the backend's port. Both share the output, which ends when both have closed it."""
    process = subprocess.Popen([sys.executable, "-c", HOST, PYTHON, str(SCRIPT), "server-1", "0", "--server", server],
                               env=clean_environment(EXIT_WITH_PARENT="1"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    first = {process.stdout.readline(), process.stdout.readline()}
    announcement = (first - {"started\n"}).pop()
    yield process, int(announcement.split(":")[2].split()[0])
    process.kill()
    process.communicate(timeout=WAIT)


def test_backend_and_its_workers_die_with_the_host(host):
    process, port = host
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    connection.request("GET", "/")  # served although the thread that started it has ended
    assert connection.getresponse().read()
    connection.close()
    process.kill()
    process.stdin = None
    process.communicate(timeout=WAIT)
    with pytest.raises(OSError):
        http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT).request("GET", "/")


def test_parent_that_died_before_the_watch_began():
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(WAIT)
    ended = run_server("server-1", "0", EXIT_WITH_PARENT=str(dead.pid))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "server.py: the parent process is gone\n")
