import os
import re
import uuid
from pathlib import Path

import pytest

from engine import Engine, find_engine

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = {"balancer": ROOT, "backend": ROOT / "backends"}


def unavailable(reason: str) -> None:
    """No engine is a reason to skip on someone's own machine; a build that tests nothing would only look green."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def engine() -> Engine:
    return find_engine() or unavailable("neither docker nor podman answers `info`")


@pytest.fixture(scope="session")
def prefix() -> str:
    return f"aspirelb-test-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def images(engine: Engine, prefix: str):
    """Both images, built from the Dockerfiles as they are: {"balancer": tag, "backend": tag}."""
    tags = {name: f"localhost/{prefix}-{name}" for name in CONTEXTS}
    try:
        for name, context in CONTEXTS.items():
            bases = base_images(context / "Dockerfile")
            for image in bases:
                if engine.attempt("image", "inspect", image).returncode and engine.attempt("pull", image).returncode:
                    unavailable(f"the base image {image} is neither here nor can it be pulled")
            engine.build(context, tags[name], bases)
        yield tags
    finally:
        for tag in tags.values():
            engine.attempt("rmi", "--force", tag)


def base_images(dockerfile: Path) -> "list[str]":
    """The images that FROM names, build arguments at their defaults, without the stages of the file itself."""
    text = dockerfile.read_text()
    defaults = dict(re.findall(r"^ARG (\w+)=(\S+)", text, re.MULTILINE))
    stages = {stage.lower() for stage in re.findall(r"^FROM .* AS (\S+)", text, re.MULTILINE | re.IGNORECASE)}
    named = re.findall(r"^FROM (?:--\S+ )*(\S+)", text, re.MULTILINE)
    full = {re.sub(r"\$\{?(\w+)\}?", lambda match: defaults[match[1]], image) for image in named}
    return sorted(image for image in full if image.lower() not in stages)
