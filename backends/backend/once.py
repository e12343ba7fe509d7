"""/once/<id>: counts how often each id was executed here, so that a test can detect a retried request."""

import threading
from collections import Counter

from flask import Flask, jsonify

from .problems import problem

MAX_IDS = 10_000
MAX_ID_LENGTH = 128


def register(app: Flask) -> None:
    lock, counts = threading.Lock(), Counter()

    @app.route("/once/<key>", methods=["POST", "PUT", "PATCH"])
    def execute(key):
        if len(key) > MAX_ID_LENGTH:
            return problem(400, f"an id has at most {MAX_ID_LENGTH} characters")
        with lock:
            if key not in counts and len(counts) >= MAX_IDS:
                return problem(507, f"{MAX_IDS} ids are counted already; DELETE /once forgets them")
            counts[key] += 1
            count = counts[key]
        return jsonify(id=key, count=count)

    @app.get("/once")
    def executed():
        with lock:
            return jsonify(dict(counts))

    @app.delete("/once")
    def forget():
        with lock:
            counts.clear()
        return "", 204
