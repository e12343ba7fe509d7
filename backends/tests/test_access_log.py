import re

from backend.access_log import printable

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LINE = re.compile(r"(\S+) (\S+) (\d{3}|-)( aborted)? (\d+\.\d)ms traceparent=(\S+)")


def test_line_for_each_request(start):
    backend = start()
    backend.get("/", traceparent=TRACEPARENT)
    backend.get("/status/503?x=%20y")
    backend.request("HEAD", "/bytes/5")
    code, output, errors = backend.end()
    lines = [LINE.fullmatch(line).groups() for line in output.splitlines()]
    assert {(method, path, status, traceparent) for method, path, status, _, _, traceparent in lines} == {
        ("GET", "/", "200", TRACEPARENT), ("GET", "/status/503?x=%20y", "503", "-"), ("HEAD", "/bytes/5", "200", "-")}
    assert len(lines) == 3
    assert (code, errors) == (0, "")


def test_line_has_the_time_of_the_whole_stream_and_tells_aborts(start):
    backend = start()
    backend.get("/stream?chunks=2&ms=60")
    backend.json("POST", "/fault", {"abortRate": 1})
    try:
        backend.get("/")
    except OSError:
        pass
    except Exception as broken:
        assert type(broken).__name__ == "IncompleteRead"
    _, output, _ = backend.end()
    # a line is written after its response, so the lines of two requests may be swapped
    lines = {line[1]: line for line in (LINE.fullmatch(line).groups() for line in output.splitlines())}
    assert float(lines["/stream?chunks=2&ms=60"][4]) >= 60
    assert lines["/"][:4] == ("GET", "/", "200", " aborted")


def test_line_can_not_be_forged(start_werkzeug):
    backend = start_werkzeug()
    backend.get("/", traceparent="a\xe9\xff")
    assert backend.end()[1].endswith(" traceparent=a\\xe9\\xff\n")
    assert printable("GET /\x1b[31m\r\nGET /") == "GET /\\x1b[31m\\x0d\\x0aGET /"
    assert len(printable("x" * 100_000)) == 1024


def test_quiet_by_option_and_by_environment(start_werkzeug):
    for backend in (start_werkzeug("--quiet"), start_werkzeug(QUIET="1")):
        backend.get("/")
        assert backend.end() == (0, "", "")
