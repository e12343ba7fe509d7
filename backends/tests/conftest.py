"""Runs real backends as processes on free ports. BACKEND_PYTHON names a different interpreter for them."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "server.py"
PYTHON = os.environ.get("BACKEND_PYTHON", sys.executable)
SERVERS = ("waitress", "gunicorn", "werkzeug")
WAIT = 20

sys.path.insert(0, str(SCRIPT.parent))


def clean_environment(**extra):
    ours = ("PORT", "HOST", "PUBLIC_PORT", "QUIET", "EXIT_WITH_PARENT")
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("OTEL_")}
    return {**kept, **extra}


def run_server(*arguments, **environment):
    """Runs server.py until it exits, for invalid command lines."""
    return subprocess.run([PYTHON, str(SCRIPT), *arguments], env=clean_environment(**environment),
                          capture_output=True, text=True, timeout=WAIT)


class Backend:
    def __init__(self, server, *arguments, cwd=None, **environment):
        self.process = subprocess.Popen(
            [PYTHON, str(SCRIPT), "server-1", "0", "--server", server, *arguments],
            env=clean_environment(**environment), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.announcement = self.process.stdout.readline()
        if not self.announcement:
            self.process.wait(WAIT)
            raise AssertionError(self.process.stderr.read())
        self.port = int(self.announcement.split(":")[2].split()[0])

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)

    def request(self, method, path, body=None, headers=None):
        """A response with its body, on its own connection."""
        connection = self.connect()
        try:
            headers = headers or {}
            connection.request(method, path, body, headers, encode_chunked="Transfer-Encoding" in headers)
            response = connection.getresponse()
            response.body = response.read()
            return response
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def json(self, method, path, body=None):
        return json.loads(self.request(method, path, None if body is None else json.dumps(body)).body)

    def end(self):
        """Stops it and returns exit code, standard output and standard error."""
        self.process.terminate()
        return self.ended()

    def ended(self):
        output, errors = self.process.communicate(timeout=WAIT)
        return self.process.returncode, output, errors

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        self.process.wait(WAIT)


def require(server):
    found = subprocess.run([PYTHON, "-c", f"import {server}"], capture_output=True, timeout=WAIT).returncode == 0
    if not found:
        pytest.skip(f"{server} is not installed for {PYTHON}")


@pytest.fixture(scope="session", params=SERVERS)
def server(request):
    """The name of each WSGI server in turn."""
    require(request.param)
    return request.param


@pytest.fixture(scope="session")
def shared(server):
    backend = Backend(server)
    yield backend
    backend.kill()


@pytest.fixture
def backend(shared):
    """A running backend with faults and counts reset; all tests share the process."""
    shared.request("DELETE", "/fault")
    shared.request("DELETE", "/once")
    return shared


@pytest.fixture
def start(server):
    """Starts a separate backend for a test."""
    with _starting(server) as start:
        yield start


@pytest.fixture
def start_werkzeug():
    """The same, for tests where one WSGI server is enough."""
    with _starting("werkzeug") as start:
        yield start


@contextlib.contextmanager
def _starting(server):
    started = []

    def start(*arguments, **options):
        started.append(Backend(server, *arguments, **options))
        return started[-1]

    try:
        yield start
    finally:
        for backend in started:
            backend.kill()
