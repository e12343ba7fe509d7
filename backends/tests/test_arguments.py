import http.client
import socket
import subprocess

import pytest
from conftest import PYTHON, SCRIPT, WAIT, Backend, clean_environment, run_server


@pytest.mark.parametrize("arguments, environment, said", [
    ([], {}, "NAME"),
    (["server-1"], {}, "PORT"),
    (["server 1", "0"], {}, "'server 1' is not a name"),
    (["", "0"], {}, "is not a name"),
    (["x" * 64, "0"], {}, "is not a name"),
    (["server-1", "abc"], {}, "'abc' is not a port"),
    (["server-1", "-1"], {}, "'-1' is not a port"),
    (["server-1", "65536"], {}, "'65536' is not a port"),
    (["server-1"], {"PORT": "http"}, "PORT: 'http' is not a port"),
    (["server-1", "0"], {"PUBLIC_PORT": "0"}, "PUBLIC_PORT: '0' is not a port"),
    (["server-1", "0"], {"QUIET": "maybe"}, "QUIET: 'maybe' is neither"),
    (["server-1", "0"], {"EXIT_WITH_PARENT": "maybe"}, "EXIT_WITH_PARENT: 'maybe'"),
    (["server-1", "0", "more"], {}, "more"),
    (["server-1", "0", "--colour"], {}, "--colour"),
    (["server-1", "0", "--server", "apache"], {}, "apache"),
    (["server-1", "0", "--host", "no.such.host.invalid"], {}, "no.such.host.invalid"),
    (["server-1", "0"], {"HOST": "192.0.2.1"}, "192.0.2.1"),
])
def test_bad_argument_is_one_line_and_code_2(arguments, environment, said):
    refused = run_server(*arguments, **environment)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert len(refused.stderr.splitlines()) == 1 and said in refused.stderr


def test_port_in_use_is_one_line_and_code_2(server):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run_server("server-1", port, "--server", server)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == f"server.py: port {port} on 127.0.0.1 is in use\n"


def test_missing_server_is_one_line_and_code_2(tmp_path):
    (tmp_path / "waitress.py").write_text("raise ImportError('not here')\n")
    refused = run_server("server-1", "0", "--server", "waitress", PYTHONPATH=str(tmp_path))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "server.py: waitress is not installed; --server auto takes what is there\n"


def test_missing_flask_is_one_line_and_code_2(tmp_path):
    (tmp_path / "flask.py").write_text("raise ModuleNotFoundError('No module', name='flask')\n")
    refused = run_server("server-1", "0", PYTHONPATH=str(tmp_path))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "server.py: flask is not installed: python3 -m pip install -r requirements.txt\n"


def test_auto_takes_the_first_that_is_there(tmp_path):
    for missing in ("waitress", "gunicorn"):
        (tmp_path / f"{missing}.py").write_text("raise ImportError('not here')\n")
    backend = Backend("auto", PYTHONPATH=str(tmp_path))
    try:
        assert backend.announcement.endswith(" (werkzeug)\n")
    finally:
        backend.kill()


def test_announcement_names_address_and_server(start, server, tmp_path):
    backend = start(cwd=tmp_path)
    assert backend.announcement == f"server-1 listening on http://127.0.0.1:{backend.port} ({server})\n"
    assert backend.get("/").status == 200


def test_port_of_the_arguments_wins_over_the_environment(start_werkzeug):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert start_werkzeug(PORT=str(taken.getsockname()[1])).get("/").status == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_listens_on_ipv6(start, server):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"no IPv6 loopback: {error}")
    process = subprocess.Popen([PYTHON, str(SCRIPT), "server-1", "0", "--server", server, "--host", "::1"],
                               env=clean_environment(), stdout=subprocess.PIPE, text=True)
    try:
        announcement = process.stdout.readline()
        assert announcement.startswith("server-1 listening on http://[::1]:")
        connection = http.client.HTTPConnection("::1", int(announcement.split("]:")[1].split()[0]), timeout=WAIT)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        process.kill()
        process.communicate(timeout=WAIT)


def test_help_tells_usage():
    helped = run_server("--help")
    assert helped.returncode == 0 and "NAME" in helped.stdout and helped.stderr == ""
