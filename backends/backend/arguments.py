"""Parses the command line and the environment; an error is one line and exit code 2."""

import argparse
import re
from dataclasses import dataclass
from typing import Mapping, NoReturn, Optional, Sequence

SERVERS = ("auto", "waitress", "gunicorn", "werkzeug")
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Settings:
    name: str
    port: int
    host: str
    public_port: Optional[int]
    server: str
    quiet: bool
    exit_with_parent: int


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (--help tells more)\n")


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    parser = OneLineParser(prog="server.py", allow_abbrev=False, description="A test backend.",
                           epilog="Environment: PORT, HOST, PUBLIC_PORT (the port that / tells), QUIET=1, EXIT_WITH_PARENT=1, OTEL_*.")
    parser.add_argument("name", metavar="NAME", type=_name, help="what it calls itself, for example server-1")
    parser.add_argument("port", metavar="PORT", nargs="?", type=_port("PORT"), help="port to listen on; 0 takes a free one (default: $PORT)")
    parser.add_argument("--host", help="address to listen on (default: $HOST or 127.0.0.1)")
    parser.add_argument("--server", choices=SERVERS, default="auto", help="WSGI server; auto takes the first that is installed")
    parser.add_argument("--quiet", action="store_true", help="no log line for each request")
    given = parser.parse_args(arguments)

    def variable(name, convert):
        text = environment.get(name, "").strip()
        try:
            return convert(text) if text else None
        except argparse.ArgumentTypeError as error:
            parser.error(f"environment variable {name}: {error}")

    port = given.port if given.port is not None else variable("PORT", _port("PORT"))
    if port is None:
        parser.error("no port: give one after the name, or in the environment variable PORT")
    return Settings(
        name=given.name,
        port=port,
        host=given.host or variable("HOST", str) or "127.0.0.1",
        public_port=variable("PUBLIC_PORT", _port("PUBLIC_PORT", lowest=1)),
        server=given.server,
        quiet=given.quiet or bool(variable("QUIET", _switch)),
        exit_with_parent=variable("EXIT_WITH_PARENT", _parent) or 0)


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a name: up to 63 letters, digits, '.', '_' and '-'")
    return text


def _port(what: str, lowest: int = 0):
    def convert(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text[:6]) <= 65535):
            raise argparse.ArgumentTypeError(f"{text!r} is not a port: {what} is a number from {lowest} to 65535")
        return int(text)
    return convert


def _switch(text: str) -> bool:
    if text.lower() not in ("0", "1", "false", "true"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither 1 nor 0")
    return text.lower() in ("1", "true")


def _parent(text: str) -> int:
    """0: do not watch; 1: the current parent; above: the parent's process id."""
    if text.isascii() and text.isdigit():
        return int(text)
    return int(_switch(text))
