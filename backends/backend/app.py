"""The Flask application, with all routes."""

import threading
from random import Random
from typing import Optional

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import PathConverter

from . import echo, fault_routes, once, pages, problems
from .faults import Faults


class AnyPath(PathConverter):
    """The rest of the path, including empty segments."""
    regex = ".*?"
    part_isolating = False


class Counter:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.value = 0

    def increment(self) -> None:
        with self._lock:
            self.value += 1


def create_app(name: str, port: int, random: Optional[Random] = None) -> Flask:
    """Creates the application of the backend with this name; port is the one that clients use."""
    app = Flask("backend", static_folder=None)
    app.json.sort_keys = False
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # keep the path as received: a redirect would hide what the balancer sent
    app.url_map.converters["anypath"] = AnyPath
    app.register_error_handler(HTTPException, problems.from_http_exception)

    requests_served = Counter()
    app.before_request(requests_served.increment)
    faults = Faults()
    fault_routes.register(app, faults, random or Random())
    pages.register(app, name, port, faults, requests_served)
    echo.register(app)
    once.register(app)
    return app
