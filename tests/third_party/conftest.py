"""The sample plugin, installed by pip as a third party's would be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "docs" / "examples" / "arengo-skilift"


def pip_install(source, target):
    """Install a distribution into a folder, as pip does; with the backend at hand offline."""
    options = ["--no-build-isolation"] if find_spec("hatchling") else []
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", *options, "--target", str(target), str(source)], check=True)


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A folder for ``sys.path`` with the sample as pip put it there."""
    source = tmp_path_factory.mktemp("source") / SAMPLE.name
    shutil.copytree(SAMPLE, source)
    target = tmp_path_factory.mktemp("site")
    pip_install(source, target)
    return target


@pytest.fixture(scope="session")
def server_of_this_run(database_server):
    """What lets the kit's runs use this run's server: each would start its own."""
    server, template = database_server
    return {
        "ARENGO_TEST_OWNER_URL": server.owner,
        "ARENGO_TEST_APP_URL": server.app,
        "ARENGO_TEST_TEMPLATE": template,
    }


@pytest.fixture
async def empty_database(database_server, request):
    """A migrated database without the sample's tables."""
    server, template = database_server
    name = f"arengo_third_{os.getpid()}_{abs(hash(request.node.name))}"
    yield await server.recreate(name, template)
    await server.drop(name)


@pytest.fixture
def environment(installed, empty_database, tmp_path):
    """What a process with the sample installed gets to know."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {
        **kept,
        "PYTHONPATH": str(installed),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ARENGO_DATABASE_URL": empty_database.app,
        "ARENGO_DATABASE_OWNER_URL": empty_database.owner,
        "ARENGO_DATA_DIR": str(tmp_path / "data"),
        "ARENGO_LOG_LEVEL": "ERROR",
    }
