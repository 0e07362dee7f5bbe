"""Where things lie, and how long they are."""

from __future__ import annotations

import configparser
import statistics
import tomllib

from tests.architecture.sources import PACKAGES, ROOT, modules, named, plugins, sources_of_tests

VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}


def _length(path) -> int:
    return len(path.read_text().splitlines())


def test_a_top_level_folder_is_no_package_but_tests():
    found = [named(path) for path in ROOT.glob("*/__init__.py")]
    assert found == ["tests/__init__.py"]


def test_every_folder_of_tests_is_a_package_and_no_plugins_is():
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [named(f) for f in folders if not (f / "__init__.py").is_file()] == []
    assert [named(p) for p in (ROOT / "plugins").glob("*/tests/**/__init__.py")] == []


def test_modules_are_short():
    lengths = sorted(_length(path) for path in modules())
    assert len(lengths) > 100
    assert [f"{named(p)}: {_length(p)}" for p in modules() if _length(p) > 600] == []
    assert statistics.median(lengths) <= 90
    assert lengths[int(len(lengths) * 0.95)] <= 400


def test_modules_of_tests_are_short_enough():
    assert [f"{named(p)}: {_length(p)}" for p in sources_of_tests() if _length(p) > 800] == []


def test_no_module_has_a_vague_name():
    assert [named(path) for path in modules() if VAGUE & {path.stem, path.parent.name}] == []


def test_modules_say_what_they_are():
    silent = [
        named(path)
        for path in modules()
        if path.read_text().strip() and not path.read_text().lstrip().startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_the_import_contracts_name_every_package_and_plugin():
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    roots = set(contracts["importlinter"]["root_packages"].split())
    assert roots == {
        *(f"arengo_{name}" for name in PACKAGES),
        *(f"arengo_{plugin.name}" for plugin in plugins()),
    }
    for contract, key in (("plugins", "source_modules"), ("neighbours", "modules")):
        named_there = set(contracts[f"importlinter:contract:{contract}"][key].split())
        assert named_there == {f"arengo_{plugin.name}" for plugin in plugins()}


def test_a_plugin_needs_what_the_lock_holds():
    """The plugins' dependencies are a group of the root's: one lock serves the whole house."""
    root = tomllib.loads((ROOT / "pyproject.toml").read_text())
    known = {*root["project"]["dependencies"], *root["dependency-groups"]["plugins"], "arengo"}
    for plugin in plugins():
        wanted = tomllib.loads((plugin / "pyproject.toml").read_text())["project"]["dependencies"]
        assert set(wanted) - known == set(), named(plugin)
