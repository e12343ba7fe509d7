"""/fault, and the faults applied to all other responses."""

import errno
import json
import time
from random import Random

from flask import Flask, Response, jsonify, request

from .faults import Faults, Rejected, as_json
from .problems import problem

NEVER_FAULTY = ("/health", "/fault")


def register(app: Flask, faults: Faults, random: Random) -> None:
    @app.get("/fault")
    def show_faults():
        return jsonify(as_json(faults.current))

    @app.post("/fault")
    def change_faults():
        try:
            return jsonify(as_json(faults.change(json.loads(request.get_data()))))
        except Rejected as rejected:
            return problem(400, str(rejected), errors=rejected.errors)
        except ValueError as error:
            return problem(400, f"the body is not JSON: {error}")

    @app.delete("/fault")
    def reset_faults():
        return jsonify(as_json(faults.reset()))

    @app.before_request
    def delay_or_fail():
        now = faults.current
        if request.path.rstrip("/") in NEVER_FAULTY:
            return None
        if now.latencyMs:
            time.sleep(now.latencyMs / 1000)
        if random.random() >= now.errorRate:
            return None
        answer = problem(now.errorStatus, "an error was asked for at /fault")
        if now.retryAfter is not None:
            answer.headers["Retry-After"] = str(now.retryAfter)
        return answer

    @app.after_request
    def break_off(response: Response) -> Response:
        if request.path.rstrip("/") not in NEVER_FAULTY and random.random() < faults.current.abortRate:
            response.response = _half_of(response.response)
            response.direct_passthrough = True  # the head keeps the full length
        return response


def _half_of(body):
    """Sends half of the body's first piece, then closes the connection."""
    for piece in body:
        piece = piece if isinstance(piece, bytes) else piece.encode()
        yield piece[: (len(piece) + 1) // 2]
        break
    # Every WSGI server treats an OSError as a closed connection: it closes its side and sends nothing more.
    raise ConnectionResetError(errno.ECONNRESET, "broken off as asked for at /fault")
