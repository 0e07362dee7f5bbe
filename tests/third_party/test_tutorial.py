"""The commands of the tutorial, run as it gives them."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec

import pytest

from tests.third_party.conftest import ROOT, SAMPLE

PAGE = ROOT / "docs" / "tutorial" / "plugin-in-ten-minutes.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
INCLUDED = re.compile(r"```{literalinclude} (\S+)\n(.*?)```", re.S)


def _commands():
    for block in BLOCK.findall(PAGE.read_text()):
        for line in block.splitlines():
            assert line.startswith("$ "), f"a command is expected: {line}"
            yield line.removeprefix("$ ")


@pytest.fixture
def workplace(tmp_path, environment):
    """A folder with Arengo's docs in it; pip installs beside it instead of into our own."""
    folder = tmp_path / "workplace"
    shutil.copytree(SAMPLE, folder / SAMPLE.relative_to(ROOT))
    site = tmp_path / "site"
    site.mkdir()
    # The tests' settings: fixtures are found by entry point, asyncio by pytest's own option.
    (folder / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = session\n"
        "asyncio_default_test_loop_scope = session\n"
    )
    return folder, {
        **environment,
        "PYTHONPATH": str(site),
        "PIP_TARGET": str(site),
        "PIP_NO_DEPS": "1",
        # pip's way to say that what builds is at hand already.
        **({"PIP_NO_BUILD_ISOLATION": "false"} if find_spec("hatchling") else {}),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def test_every_command_works(workplace):
    folder, environment = workplace
    said = {}
    for command in _commands():
        if command.startswith("pip uninstall"):
            # What pip put into a folder of its own it does not uninstall.
            continue
        done = subprocess.run(
            command.replace("pip install", "python -m pip install --no-build-isolation"),
            shell=True,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
        said[command] = done.stdout
    assert re.search(r"^skilift +0\.1\.0 +services: skilift$", said["arengo plugin list"], re.M)
    assert "skilift.reports" in said["arengo plugin info skilift"]
    [without] = [text for command, text in said.items() if "DISABLED" in command]
    assert "skilift" not in without


def test_what_the_page_shows_is_there():
    for path, options in INCLUDED.findall(PAGE.read_text()):
        source = (PAGE.parent / path).read_text()
        for name in re.findall(r":pyobject: (\w+)", options):
            assert re.search(rf"^(?:async )?(?:def|class) {name}\b", source, re.M), (path, name)
        for name in re.findall(r':start-at: "(.*)"', options):
            assert name in source
