"""The plain responses: hello, health, identity, any status, slow, large and streamed ones."""

import os
import time

from flask import Flask, Response, jsonify, request

from .any_method import any_method
from .problems import problem, query_number, whole_number

CHUNK = bytes(range(256)) * 256
MAX_BYTES = 1 << 30
MAX_SLOW_MS = 120_000
MAX_CHUNKS = 10_000
MAX_CHUNK_MS = 10_000


def register(app: Flask, name: str, port: int, faults, requests_served) -> None:
    greeting = f"Hello from {name} running on port {port}!"

    @any_method(app, "/")
    def hello():
        return Response(greeting, mimetype="text/plain")

    @app.get("/health")
    def health():
        if faults.current.healthy:
            return jsonify(status="healthy", name=name)
        return problem(503, f"{name} was told to be unhealthy", name=name)

    @app.get("/api/info")
    def info():
        return jsonify(name=name, port=port, pid=os.getpid(), requestsServed=requests_served.value, headers=list(request.headers.items()))

    @any_method(app, "/status/<code>")
    def status(code):
        number = whole_number("code", code, 200, 599)
        if number in (204, 304):
            return Response(status=number)
        return Response(f'{{"status":{number},"name":"{name}"}}\n', status=number, mimetype="application/json")

    @any_method(app, "/slow")
    def slow():
        milliseconds = query_number("ms", default=1000, highest=MAX_SLOW_MS)
        time.sleep(milliseconds / 1000)
        return Response(f"{name} took its time: {milliseconds} ms\n", mimetype="text/plain")

    @any_method(app, "/bytes/<count>")
    def some_bytes(count):
        total = whole_number("count", count, 0, MAX_BYTES)
        return Response(_repeat(total), mimetype="application/octet-stream", headers={"Content-Length": str(total)})

    @any_method(app, "/stream")
    def stream():
        chunks = query_number("chunks", default=10, highest=MAX_CHUNKS, lowest=1)
        pause = query_number("ms", default=100, highest=MAX_CHUNK_MS) / 1000
        return Response(_chunks(name, chunks, pause), mimetype="text/plain")


def _repeat(total: int):
    while total > 0:
        piece = CHUNK[:total]
        total -= len(piece)
        yield piece


def _chunks(name: str, count: int, pause: float):
    for number in range(1, count + 1):
        if number > 1:
            time.sleep(pause)
        yield f"{name} chunk {number} of {count}\n".encode()
