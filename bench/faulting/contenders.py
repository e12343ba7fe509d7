"""The proxies, each with one configuration for every fault."""

from dataclasses import dataclass
from pathlib import Path

from harness import build
from harness.peers import Caddy, DotnetProxy, HAProxy, Nginx, Peer, Setting, fill

CONFIGURATIONS = Path(__file__).resolve().parent / "peers"

# The defaults plus a health path, a probe interval and the time an attempt may take.
SETTINGS = [
    "--LoadBalancer:Health:Active:Path", "/health", "--LoadBalancer:Health:Active:Interval", "00:00:01",
    "--LoadBalancer:Retry:PerAttemptTimeout", "00:00:02",
]


@dataclass
class FaultHAProxy(HAProxy):
    def argv(self, setting: Setting) -> list[str]:
        servers = "\n".join(f"    server server-{i} {backend}" for i, backend in enumerate(setting.backends, 1))
        configuration = fill(CONFIGURATIONS / "haproxy.cfg", setting.directory / "haproxy.cfg", port=setting.port, servers=servers)
        return [self.program, "-db", "-f", str(configuration)]


@dataclass
class FaultNginx(Nginx):
    def argv(self, setting: Setting) -> list[str]:
        servers = "\n".join(f"        server {backend} max_fails=3 fail_timeout=2s;" for backend in setting.backends)
        config = fill(CONFIGURATIONS / "nginx.conf", setting.directory / "nginx.conf", dir=setting.directory, port=setting.port, servers=servers)
        return [self.program, "-p", str(setting.directory), "-e", "stderr", "-c", str(config)]


@dataclass
class FaultCaddy(Caddy):
    def argv(self, setting: Setting) -> list[str]:
        config = fill(CONFIGURATIONS / "Caddyfile", setting.directory / "Caddyfile", port=setting.port, servers=" ".join(setting.backends))
        return [self.program, "run", "--config", str(config), "--adapter", "caddyfile"]


@dataclass
class FaultOurs(DotnetProxy):
    def argv(self, setting: Setting) -> list[str]:
        return [*super().argv(setting), *SETTINGS]


def contenders(directory: Path, label: str) -> list[Peer]:
    return [
        FaultOurs("ours", "LoadBalancer.dll", f"nothing found in {directory}", [], {"DOTNET_EnableDiagnostics": "0"}, directory, label, admin=True),
        FaultHAProxy("haproxy", "haproxy", "apt-get install haproxy", ["haproxy", "-v"]),
        FaultNginx("nginx", "nginx", "apt-get install nginx", ["nginx", "-v"]),
        FaultCaddy("caddy", "caddy", "apt-get install caddy", ["caddy", "version"]),
    ]


def ours_as_published(directory: Path | None, no_build: bool) -> tuple[Path, str]:
    """The directory of a published build of ours and what it is."""
    if directory:
        return directory.resolve(), "as given"
    return (build.OUTPUT / "ours" if no_build else build.publish("ours")), build.commit()
