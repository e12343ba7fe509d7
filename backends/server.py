#!/usr/bin/env python3
"""One test backend: python server.py NAME [PORT]. Its routes are in backend/ and described in README.md."""

import os
import sys

from backend import lifetime
from backend.arguments import parse


def main() -> int:
    settings = parse(sys.argv[1:], os.environ)
    if settings.exit_with_parent:
        lifetime.exit_with_parent(settings.exit_with_parent)

    try:
        from backend.app import create_app
    except ModuleNotFoundError as missing:
        return refuse(f"{missing.name} is not installed: python3 -m pip install -r requirements.txt")

    from backend import serving, telemetry
    from backend.access_log import AccessLog

    try:
        wsgi_server = serving.choose(settings.server)
        listener = serving.listen(settings.host, settings.port)
    except serving.CannotServe as reason:
        return refuse(str(reason))

    port = listener.getsockname()[1]
    app = create_app(settings.name, settings.public_port or port)
    telemetry_switch = telemetry.Switch(app, settings.name)
    address = serving.url(settings.host, port)
    wsgi_server.run(listener, AccessLog(app, quiet=settings.quiet), serving.Hooks(
        listening=lambda: lifetime.announce(f"{settings.name} listening on {address} ({wsgi_server.NAME})"),
        started=telemetry_switch.on,
        stopped=telemetry_switch.off))
    return 0


def refuse(reason: str) -> int:
    print(f"server.py: {reason}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
