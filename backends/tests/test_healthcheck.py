import subprocess

from conftest import PYTHON, SCRIPT, WAIT, clean_environment


def check(port):
    return subprocess.run([PYTHON, str(SCRIPT.parent / "healthcheck.py")], env=clean_environment(PORT=str(port), http_proxy="http://127.0.0.1:1"),
                          capture_output=True, text=True, timeout=WAIT)


def test_health_check_of_the_image(start_werkzeug):
    backend = start_werkzeug("--quiet")
    assert check(backend.port).returncode == 0
    backend.json("POST", "/fault", {"healthy": False})
    assert check(backend.port).returncode == 1
    backend.end()
    gone = check(backend.port)
    assert gone.returncode == 1 and gone.stderr.startswith("unhealthy: ")
