"""A plugin that does not import is set aside; the rest serves."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from arengo_core.database.setup import without_disabled
from arengo_core.plugins.manager import load_plugins
from tests.operations.conftest import environment


def _distribution(folder, name: str, code: str) -> None:
    """An installed distribution with one plugin, as pip would leave it."""
    (folder / f"arengo_{name}.py").write_text(code)
    info = folder / f"arengo_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: arengo-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[arengo]\n{name} = arengo_{name}\n")


def _list(folder) -> str:
    settings = environment(folder)
    settings["PYTHONPATH"] = os.pathsep.join([str(folder), settings.get("PYTHONPATH", "")])
    answer = subprocess.run(
        [sys.executable, "-m", "arengo_core.cli.main", "plugin", "list"],
        env=settings,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return answer.stdout


def test_a_faulty_plugin_is_set_aside_by_name_and_the_rest_stands(tmp_path):
    manifest = (
        "from arengo_core.plugins.hookspecs import hookimpl\n"
        "from arengo_core.plugins.manifest import Manifest\n"
        "@hookimpl\n"
        "def arengo_manifest():\n"
        "    return Manifest(key='KEY', title='T', description='D', version='1.0')\n"
        "@hookimpl\n"
    )
    raising = manifest.replace("KEY", "raising") + "def arengo_services():\n    return 1 / 0\n"
    unknown = manifest.replace("KEY", "unknown") + "def arengo_sevrices():\n    return []\n"
    _distribution(tmp_path, "broken", "import a_module_that_is_not_there\n")
    _distribution(tmp_path, "raising", raising)
    _distribution(tmp_path, "unknown", unknown)

    lines = {line.split()[0]: line for line in _list(tmp_path).splitlines() if line}

    assert "SET ASIDE" in lines["broken"]
    assert "No module named 'a_module_that_is_not_there'" in lines["broken"]
    assert "ZeroDivisionError" in lines["raising"]
    assert "there is no hook arengo_sevrices" in lines["unknown"]
    assert "SET ASIDE" not in lines["marketplace"]


async def _served(urls):
    registry = await without_disabled(urls.app, load_plugins())
    faults = {error.plugin: f"{error.stage}: {error.message}" for error in registry.set_aside}
    return {plugin.name for plugin in registry.plugins}, faults


async def test_an_operator_disables_a_plugin_and_enables_it_again(arengo, new_database):
    urls = await new_database(migrated=True)
    login = {"database_url": urls.app, "database_owner_url": urls.owner}
    whole, _ = await _served(urls)
    done = arengo("plugin", "disable", "delivery", "--why", "Moves on Monday", **login)
    assert done.returncode == 0, done.stderr
    assert "Restart server and worker" in done.stdout
    served, faults = await _served(urls)
    assert served == whole - {"delivery"}
    assert faults == {"delivery": "disabled: Moves on Monday"}
    assert arengo("plugin", "enable", "delivery", **login).returncode == 0
    assert await _served(urls) == (whole, {})
    again = arengo("plugin", "enable", "delivery", **login)
    assert (again.returncode, again.stderr) == (1, "Error: delivery is not disabled.\n")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("marketplace", "belongs to the program itself"),
        ("core", "belongs to the program itself"),
        ("choir", "There is no loaded plugin 'choir'"),
    ],
)
async def test_what_cannot_be_disabled_is_refused(arengo, database, name, fault):
    login = {"database_url": database.app, "database_owner_url": database.owner}
    done = arengo("plugin", "disable", name, "--why", "x", **login)
    assert done.returncode == 1
    assert fault in done.stderr
