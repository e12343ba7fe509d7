"""The proxies: how each is found, configured and started."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .build import BENCH

TEMPLATES = BENCH / "peers"


@dataclass(frozen=True)
class Setting:
    """A proxy's settings: working directory, listen port, and backends as host:port."""

    directory: Path
    port: int
    admin_port: int
    backends: list[str]
    files: int


def fill(template: Path, target: Path, **values) -> Path:
    text = re.sub(r"@([A-Z]+)@", lambda match: str(values[match[1].lower()]), template.read_text())
    target.write_text(text)
    return target


@dataclass
class Peer:
    name: str
    program: str
    install: str
    version_argv: list[str]
    env: dict[str, str] = field(default_factory=dict)

    def available(self) -> bool:
        return shutil.which(self.program) is not None

    def version(self) -> str:
        done = subprocess.run(self.version_argv, capture_output=True, text=True, timeout=30)
        found = re.search(r"\d+\.\d+(\.\d+)?\S*", done.stdout + done.stderr)
        return found[0] if found else "unknown"

    def argv(self, setting: Setting) -> list[str]:
        raise NotImplementedError

    def environment(self, setting: Setting) -> dict[str, str]:
        """With its own home directory, in which Caddy keeps state between runs."""
        return {"HOME": str(setting.directory), "XDG_CONFIG_HOME": str(setting.directory), "XDG_DATA_HOME": str(setting.directory), **self.env}


class Nginx(Peer):
    def argv(self, setting: Setting) -> list[str]:
        config = fill(
            TEMPLATES / "nginx.conf", setting.directory / "nginx.conf", dir=setting.directory, port=setting.port, files=setting.files,
            connections=setting.files - 100, keepalive=max(256, 2 * len(setting.backends)),
            servers="\n".join(f"        server {backend};" for backend in setting.backends))
        return [self.program, "-p", str(setting.directory), "-e", "stderr", "-c", str(config)]


class HAProxy(Peer):
    def argv(self, setting: Setting) -> list[str]:
        config = fill(
            TEMPLATES / "haproxy.cfg", setting.directory / "haproxy.cfg", port=setting.port,
            maxconn=(setting.files - 100 - len(setting.backends)) // 2,
            servers="\n".join(f"    server server-{i} {backend} check inter 5s" for i, backend in enumerate(setting.backends, 1)))
        return [self.program, "-db", "-f", str(config)]


class Caddy(Peer):
    def argv(self, setting: Setting) -> list[str]:
        config = fill(TEMPLATES / "Caddyfile", setting.directory / "Caddyfile", port=setting.port, servers=" ".join(setting.backends))
        return [self.program, "run", "--config", str(config), "--adapter", "caddyfile"]


@dataclass
class DotnetProxy(Peer):
    """A published .NET proxy, managed or native, that accepts --Backends and --Urls."""

    directory: Path = Path()
    build: str = ""
    admin: bool = False

    def available(self) -> bool:
        return (self.directory / self.program).exists()

    def version(self) -> str:
        return self.build

    def argv(self, setting: Setting) -> list[str]:
        program = str(self.directory / self.program)
        run = ["dotnet", program] if program.endswith(".dll") else [program]
        argv = [*run, "--Backends", ",".join(f"http://{backend}" for backend in setting.backends),
                "--Urls", f"http://127.0.0.1:{setting.port}", "--Logging:LogLevel:Default", "Warning"]
        return argv + (["--Admin:Urls", f"http://127.0.0.1:{setting.admin_port}"] if self.admin else [])


def c_and_go_peers() -> list[Peer]:
    return [
        Nginx("nginx", "nginx", "apt-get install nginx", ["nginx", "-v"]),
        HAProxy("haproxy", "haproxy", "apt-get install haproxy", ["haproxy", "-v"]),
        # One core, one worker, as for the others.
        Caddy("caddy", "caddy", "apt-get install caddy", ["caddy", "version"], {"GOMAXPROCS": "1"}),
    ]


def ours(name: str, directory: Path, build: str, env: dict[str, str] | None = None) -> Peer:
    # The variables that the image sets.
    env = {"DOTNET_EnableDiagnostics": "0", **(env or {})}
    program = "LoadBalancer.dll" if (directory / "LoadBalancer.dll").exists() else "LoadBalancer"  # the latter is a native build
    return DotnetProxy(name, program, f"nothing found in {directory}", [], env, directory, build, admin=True)


def stock_yarp(directory: Path, build: str) -> Peer:
    return DotnetProxy("stock-yarp", "StockYarp.dll", f"nothing found in {directory}", [], {}, directory, build)
