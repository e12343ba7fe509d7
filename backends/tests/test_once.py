import threading

import pytest

from backend import once


def test_counts_by_id(backend):
    assert backend.json("POST", "/once/a") == {"id": "a", "count": 1}
    assert backend.json("PUT", "/once/a", {"some": "body"}) == {"id": "a", "count": 2}
    backend.json("PATCH", "/once/b%20c")
    assert backend.json("GET", "/once") == {"a": 2, "b c": 1}
    assert backend.request("DELETE", "/once").status == 204
    assert backend.json("GET", "/once") == {}


def test_counts_under_concurrency(backend):
    threads = [threading.Thread(target=lambda: [backend.request("POST", "/once/x") for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert backend.json("GET", "/once") == {"x": 80}


def test_long_id_is_400(backend):
    assert backend.request("POST", "/once/" + "x" * 128).status == 200
    assert backend.request("POST", "/once/" + "x" * 129).status == 400


def test_number_of_ids_is_bounded(monkeypatch):
    pytest.importorskip("flask")
    from backend.app import create_app
    monkeypatch.setattr(once, "MAX_IDS", 3)
    client = create_app("server-1", 5001).test_client()
    assert [client.post(f"/once/{number}").status_code for number in (1, 2, 3, 4, 1)] == [200, 200, 200, 507, 200]
