"""The two images as people run them: without privileges, on a read-only file system, the balancer in front of five servers."""

import re
import time
import urllib.error
import urllib.request

import pytest

from engine import Engine

NAMES = [f"server-{number}" for number in range(1, 6)]
HARDENED = ["--read-only", "--tmpfs", "/tmp", "--cap-drop=ALL", "--security-opt", "no-new-privileges"]
IMAGES = ["balancer", "backend"]


@pytest.fixture(scope="module")
def stack(engine: Engine, images: dict, prefix: str):
    """Five backends and the balancer on a network of their own: {"server-1": container, …, "balancer": container}, all healthy."""
    containers = {name: f"{prefix}-{name}" for name in [*NAMES, "balancer"]}
    try:
        engine("network", "create", prefix)
        for number, name in enumerate(NAMES, 1):
            run(engine, containers[name], prefix, name, ["-e", f"PUBLIC_PORT={5000 + number}"], images["backend"], name)
        for name in NAMES:
            engine.wait_until_healthy(containers[name])
        backends = ",".join(f"http://{name}:8000" for name in NAMES)
        options = ["-e", f"Backends={backends}", "-p", "127.0.0.1::8080", "-p", "127.0.0.1::9090"]
        run(engine, containers["balancer"], prefix, "balancer", options, images["balancer"])
        engine.wait_until_healthy(containers["balancer"])
        yield containers
    finally:
        engine.attempt("rm", "--force", *containers.values())
        engine.attempt("network", "rm", prefix)
        left = engine("ps", "--all", "--quiet", "--filter", f"name={prefix}") + engine("network", "ls", "--quiet", "--filter", f"name={prefix}")
        assert not left, f"left behind: {left}"


def run(engine: Engine, container: str, network: str, alias: str, options: list, image: str, *arguments: str) -> None:
    engine("run", "--detach", "--name", container, "--network", network, "--network-alias", alias, *HARDENED, *options, image, *arguments)


def url(engine: Engine, container: str, port: int) -> str:
    return "http://" + engine("port", container, f"{port}/tcp").splitlines()[0]


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as response:
        return response.read().decode().strip()


def test_Stack_TenRequests_ReachTheServersInOrderTwice(engine, stack):
    address = url(engine, stack["balancer"], 8080)

    answers = [get(address) for _ in range(10)]

    assert answers == [f"Hello from server-{number} running on port {5000 + number}!" for number in [1, 2, 3, 4, 5] * 2]


def test_Stack_AdminListener_IsNotReachableFromOutsideTheContainer(engine, stack):
    with pytest.raises(OSError) as refused:
        get(url(engine, stack["balancer"], 9090) + "/health")
    assert not isinstance(refused.value, urllib.error.HTTPError), "it answered"


def test_Balancer_Console_IsInTheImageWithAllThatItLoads(engine, images, prefix):
    token, container = "a-token-of-some-length", f"{prefix}-console"
    try:
        environment = ["-e", f"Admin__Token={token}", "-e", "Admin__Urls=http://*:9090"]
        engine("run", "--detach", "--name", container, *HARDENED, *environment, "-p", "127.0.0.1::9090", images["balancer"])
        engine.wait_until_healthy(container)
        admin = url(engine, container, 9090)
        page = get(admin + "/")
        loaded = set(re.findall(r'(?:src|href)="(/console/[^"]+)"', page))
        assert "<title>AspireLB</title>" in page and {path.rsplit(".", 1)[1] for path in loaded} == {"css", "js", "svg"}
        pending = list(loaded)
        while pending:  # scripts import others
            path = pending.pop()
            text = get(admin + path)
            assert text, path
            imported = {"/console/js/" + name for name in re.findall(r"from '\./([^']+)'", text)} if path.endswith(".js") else set()
            pending += imported - loaded
            loaded |= imported
        assert "/console/js/stream.js" in loaded
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(admin + "/api/backends")
        assert refused.value.code == 401
    finally:
        engine.attempt("rm", "--force", container)


@pytest.mark.parametrize("name", ["balancer", "server-1"])
def test_Container_User_IsNotRoot(engine, stack, name):
    assert engine("exec", stack[name], "id", "-u") != "0"


@pytest.mark.parametrize("image", IMAGES)
def test_Image_User_IsANumber(engine, images, image):
    # Kubernetes can only check runAsNonRoot on a number.
    assert int(engine.inspect("image", images[image])["Config"]["User"].split(":")[0]) > 0


@pytest.mark.parametrize("image", IMAGES)
def test_Image_Command_IsExecForm(engine, images, image):
    config = engine.inspect("image", images[image])["Config"]

    command = (config.get("Entrypoint") or []) + (config.get("Cmd") or [])

    assert command and command[0] not in ("/bin/sh", "sh", "/bin/bash", "bash")


@pytest.mark.parametrize("name", ["balancer", "server-1"])
def test_Container_BuildTools_AreNotInTheImage(engine, stack, name):
    tools = "gcc cc c++ make git csc msbuild"
    assert engine("exec", stack[name], "sh", "-c", f"for tool in {tools}; do command -v $tool; done; true") == ""


def test_Balancer_Sdk_IsNotInTheImage(engine, stack):
    assert engine("exec", stack["balancer"], "dotnet", "--list-sdks") == ""


@pytest.mark.parametrize("name", ["balancer", "server-1"])
def test_Container_SigTerm_EndsItWithExitCode0(engine, stack, name):
    # Last of all, as the stack is of no use afterwards.
    started = time.monotonic()

    engine("stop", "-t", "60", stack[name])

    state = engine.inspect("container", stack[name])["State"]
    assert state["ExitCode"] == 0, "137 would be SIGKILL: the signal did not reach the process"
    assert time.monotonic() - started < 60
