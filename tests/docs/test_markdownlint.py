"""Markdown is written as .markdownlint-cli2.jsonc asks for."""

import os
import shutil
import subprocess

import pytest

from eng.tree import ROOT

NAME = "markdownlint-cli2"


def test_pages_follow_the_rules():
    folders = [str(ROOT / "artifacts/tools/node_modules/.bin"), os.environ.get("PATH", "")]
    tool = shutil.which(NAME, path=os.pathsep.join(folders))
    if tool is None:
        pytest.skip(f"{NAME} is not installed: npm install --prefix artifacts/tools {NAME}")

    run = subprocess.run([tool], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert run.returncode == 0, run.stderr
