"""Runs the suites one after the other, so that they don't compete for processors or ports, and prints the totals.

A passing suite prints one line, a failing one its whole output. Logs and result files stay in artifacts/tests.
The last line has the totals; the exit code is 0 if nothing failed and every suite could run.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from eng.results import Outcome
from eng.suite import Suite

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "artifacts" / "tests"
NEEDS_ASPIRE = ("AppHost.Tests", "Hosting.Tests")
SOLUTIONS = {"build": "AspireLB.sln", "build of bench": "bench/Bench.sln"}


def main(names: list[str]) -> int:
    # A background job inherits Ctrl+C as ignored, and so would every process that a test ends with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # nohup ignores SIGHUP, and programs inherit that. A handler is not inherited, so with one they get the default.
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # exit by an exception, so that running commands are ended
    os.environ.update(DOTNET_NOLOGO="1", DOTNET_CLI_TELEMETRY_OPTOUT="1", PYTHONDONTWRITEBYTECODE="1")
    native = "--native" in names
    names = [name for name in names if name != "--native"]
    dotnet, python = dotnet_suites(), python_suites()
    known = [suite.name for suite in dotnet + python]
    if unknown := set(names) - set(known):
        print(f"No suite is called {', '.join(sorted(unknown))}; there are {', '.join(known)}.", file=sys.stderr)
        return 2

    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    chosen = [suite for suite in dotnet + python if not names or suite.name in names]
    total = Outcome()
    if any(suite in dotnet for suite in chosen):
        for name, solution in SOLUTIONS.items():
            built = build(name, solution).run(OUTPUT)
            total += built
            if built.failed and name == "build":
                chosen = [suite for suite in chosen if suite not in dotnet]
    for suite in chosen:
        total += suite.run(OUTPUT)
    if native:
        total += run_native()
    print(f"\n{total}")
    return 1 if total.failed else 0


def build(name: str, solution: str) -> Suite:
    # -warnaserror: the warnings of NuGet and MSBuild count too, which no project setting reaches.
    return Suite(name, ["dotnet", "build", solution, "-warnaserror", "-v", "quiet"], None)


def dotnet_suites() -> list[Suite]:
    projects = sorted(ROOT.glob("tests/*/*.Tests.csproj"))
    if os.environ.get("UseAspire") == "false":  # a package feed without Aspire: projects that need it are built empty
        projects = [project for project in projects if project.stem not in NEEDS_ASPIRE]
    arguments = ["--no-build", "--results-directory", str(OUTPUT)]
    return [
        Suite(
            project.stem,
            ["dotnet", "test", str(project), *arguments, "--logger", f"trx;LogFileName={project.stem}.trx"],
            OUTPUT / f"{project.stem}.trx",
        )
        for project in projects
    ]


def run_native() -> Outcome:
    """Compiles the balancer to machine code and runs the end-to-end tests against that program."""
    directory = OUTPUT / "native"
    publish = [
        "dotnet", "publish", "LoadBalancer", "-c", "Release", "-p:Native=true", "--use-current-runtime", "-warnaserror", "-v", "quiet",
        "-o", str(directory),
    ]
    built = Suite("native build", publish, None).run(OUTPUT)
    if built.failed:
        return built
    results = OUTPUT / "native.trx"
    command = [
        "dotnet", "test", str(ROOT / "tests/LoadBalancer.Tests"), "--no-build", "--results-directory", str(OUTPUT),
        "--logger", "trx;LogFileName=native.trx", "--filter", "FullyQualifiedName~.EndToEnd.",
    ]
    built += Suite("native", command, results, environment={"ASPIRELB_PROGRAM": str(directory / "LoadBalancer")}).run(OUTPUT)
    return built


def python_suites() -> list[Suite]:
    folders = {"docs": "tests/docs", "backends": "backends/tests", "containers": "tests/containers"}
    python = python_with("pytest", "flask")
    return [
        Suite(
            name,
            python and [python, "-m", "pytest", "-p", "no:cacheprovider", folder, f"--junit-xml={OUTPUT / name}.xml"],
            OUTPUT / f"{name}.xml",
            missing="no Python here has both Flask and pytest: python3 -m pip install -r backends/requirements-test.txt",
        )
        for name, folder in folders.items()
        if (ROOT / folder).is_dir()
    ]


def python_with(*modules: str) -> str | None:
    candidates = [os.environ.get("PYTHON"), str(ROOT / "backends/.venv/bin/python"), sys.executable, "python3", "/usr/bin/python3", "python"]
    for candidate in filter(None, candidates):
        try:
            subprocess.run([candidate, "-c", f"import {', '.join(modules)}"], check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError):
            continue
        return candidate
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
