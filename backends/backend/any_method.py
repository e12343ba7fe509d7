"""Routes for every method, known or not; Flask's decorators require a list of methods."""

from typing import Callable

from flask import Flask


def any_method(app: Flask, *paths: str) -> Callable:
    def register(view: Callable) -> Callable:
        app.view_functions[view.__name__] = view
        for path in paths:
            app.url_map.add(app.url_rule_class(path, endpoint=view.__name__))
        return view
    return register
