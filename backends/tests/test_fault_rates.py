"""Rates need many requests: tested without a socket and with a seeded random source."""

from random import Random

import pytest

pytest.importorskip("flask")

from backend.app import create_app  # noqa: E402


def test_error_rate_is_kept():
    client = create_app("server-1", 5001, Random(1)).test_client()
    client.post("/fault", json={"errorRate": 0.3})
    failed = sum(client.get("/").status_code == 503 for _ in range(1000))
    assert 250 < failed < 350


def test_abort_rate_is_kept():
    client = create_app("server-1", 5001, Random(2)).test_client()
    client.post("/fault", json={"abortRate": 0.1})

    def aborted():
        try:
            return not client.get("/").data
        except ConnectionResetError:
            return True

    assert 70 < sum(aborted() for _ in range(1000)) < 130
