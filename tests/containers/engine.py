"""The container engine's command line: docker or podman, whichever answers."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

# Far beyond what a slow machine needs: only something that hangs takes as long.
PATIENCE_SECONDS = 300
# Base images with this label stand in for the real ones where no registry is reachable (.ci/stand-ins).
STAND_IN = "aspirelb.stand-in"


class Engine:
    def __init__(self, name: str):
        self.name = name

    def __call__(self, *arguments: str, seconds: float = PATIENCE_SECONDS) -> str:
        done = self.attempt(*arguments, seconds=seconds)
        assert done.returncode == 0, f"{self.name} {' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def attempt(self, *arguments: str, seconds: float = PATIENCE_SECONDS) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([self.name, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)

    def inspect(self, kind: str, name: str) -> dict:
        return json.loads(self(kind, "inspect", name))[0]

    def build(self, context: Path, tag: str, base_images: "list[str]") -> None:
        options = []
        if self.name == "podman":
            # OCI's own image format has no health check; no layer of a test's build is worth keeping.
            options += ["--format=docker", "--layers=false"]
        if any(STAND_IN in (self.inspect("image", image)["Config"].get("Labels") or {}) for image in base_images):
            packages = Path.home() / ".nuget"
            packages.mkdir(exist_ok=True)
            options += ["--pull=never", "--network=host", "-v", f"{packages}:/root/.nuget", "-v", "/etc/ssl/certs:/etc/ssl/certs:ro"]
        self("build", *options, "--tag", tag, str(context), seconds=3 * PATIENCE_SECONDS)

    def wait_until_healthy(self, container: str) -> None:
        """Waits for the image's own HEALTHCHECK to pass."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._healthy(container):
            state = self.inspect("container", container)["State"]
            logs = self.attempt("logs", container)
            assert state["Running"], f"{container} ended with exit code {state['ExitCode']}\n{logs.stdout}{logs.stderr}"
            assert time.monotonic() < deadline, f"{container} did not get healthy\n{state}\n{logs.stdout}{logs.stderr}"
            time.sleep(0.2)

    def _healthy(self, container: str) -> bool:
        if self.name == "podman":  # its timer is systemd's, which is not everywhere: ask for a check now
            return self.attempt("healthcheck", "run", container).returncode == 0
        return self.inspect("container", container)["State"]["Health"]["Status"] == "healthy"


def find_engine() -> "Engine | None":
    for name in filter(None, [os.environ.get("CONTAINER_ENGINE"), "docker", "podman"]):
        if shutil.which(name) and Engine(name).attempt("info").returncode == 0:
            return Engine(name)
    return None
