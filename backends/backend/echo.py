"""/echo: returns what arrived, to compare it with what was sent."""

import hashlib
from urllib.parse import quote

from flask import Flask, abort, jsonify, request

from .any_method import any_method
from .problems import problem

READ_SIZE = 64 * 1024


def register(app: Flask) -> None:
    @any_method(app, "/echo", "/echo/<anypath:rest>")
    def echo(rest=""):
        length, digest = _digest_body()
        return jsonify(
            method=request.method,
            path=raw_target(request.environ).partition("?")[0],
            query=raw_query(request.environ),
            headers=list(request.headers.items()),
            bodyLength=length,
            bodySha256=digest)


def raw_target(environ) -> str:
    """The path and query of the request line with percent-escapes unchanged, if the WSGI server provides them."""
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not target:
        query = environ.get("QUERY_STRING", "")
        return quote(environ.get("PATH_INFO", "").encode("latin-1")) + ("?" + query if query else "")
    if not target.startswith("/") and "://" in target:  # absolute form
        authority_and_path = target.split("://", 1)[1]
        return "/" + authority_and_path.partition("/")[2]
    return target


def raw_query(environ) -> str:
    return raw_target(environ).partition("?")[2]


def _digest_body():
    digest, length = hashlib.sha256(), 0
    try:
        while piece := request.stream.read(READ_SIZE):
            digest.update(piece)
            length += len(piece)
    except OSError:  # gunicorn reports an aborted body or malformed chunks this way
        abort(problem(400, "the request body broke off"))
    return length, digest.hexdigest()
