"""Errors as application/problem+json (RFC 9457), and validation of numbers in a URL."""

import json

from flask import Response, abort, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES


def problem(status: int, detail: str, **more) -> Response:
    body = {"status": status, "title": HTTP_STATUS_CODES.get(status, "Unknown"), "detail": detail, **more}
    return Response(json.dumps(body) + "\n", status=status, content_type="application/problem+json")


def from_http_exception(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response
    answer = problem(error.code or 500, error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def whole_number(what: str, text: str, lowest: int, highest: int) -> int:
    """The number in text, or a 400 that names the error and what is allowed."""
    if text.isascii() and text.isdigit() and len(text) <= 12 and lowest <= int(text) <= highest:
        return int(text)
    abort(problem(400, f"{what} is a whole number from {lowest} to {highest}, not '{text[:40]}'",
                  key=what, value=text[:40], allowed=f"{lowest}..{highest}"))


def query_number(name: str, default: int, highest: int, lowest: int = 0) -> int:
    text = request.args.get(name)
    return default if text is None else whole_number(name, text, lowest, highest)
