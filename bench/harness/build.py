"""Release builds of all AspireLB programs in the benchmark."""

import platform
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
OUTPUT = BENCH / "artifacts"

PROJECTS = {
    "ours": ROOT / "LoadBalancer" / "LoadBalancer.csproj",
    "native": ROOT / "LoadBalancer" / "LoadBalancer.csproj",
    "stock-yarp": BENCH / "stock-yarp" / "StockYarp.csproj",
    "load": BENCH / "Load" / "Load.csproj",
    "allocation-hook": BENCH / "AllocationHook" / "AllocationHook.csproj",
}

# The same options for dotnet publish as in the Dockerfile.
ARCHITECTURE = "arm64" if platform.machine() == "aarch64" else "x64"
AS_IN_THE_IMAGE = ["--arch", ARCHITECTURE, "--no-self-contained", "-p:UseAppHost=false"]
OPTIONS = {"ours": AS_IN_THE_IMAGE, "native": ["--arch", ARCHITECTURE, "-p:Native=true"]}


def publish(name: str) -> Path:
    """Builds it and returns the directory."""
    target = OUTPUT / name
    print(f"publishing {name} …", flush=True)
    argv = ["dotnet", "publish", str(PROJECTS[name]), "-c", "Release", "-o", str(target), "-v", "q", "--nologo"]
    argv += OPTIONS.get(name, [])
    done = subprocess.run(argv, capture_output=True, text=True, timeout=1800)
    if done.returncode != 0:
        raise RuntimeError(f"dotnet publish {name} failed:\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    return target


def commit() -> str:
    """The built commit, marked if the tree has changes."""
    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, timeout=30).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + (" with changes" if git("status", "--porcelain", "--untracked-files=no") else "")
