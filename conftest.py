"""What the tests of this repository share beyond ``arengo_core.testing``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from arengo_core import garbage
from arengo_core.i18n import set_locale
from arengo_core.testing.browser import ARGUMENTS, MISSING, find_chromium

# Images often forbid bytecode files. Here hundreds of processes begin, and without such files each
# would compile the libraries anew: seconds each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A busy machine is no fault of the code: no deadlines. CI repeats what it finds.
settings.register_profile(
    "arengo", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("arengo")

# Few but long tests: begun first, so that no worker is left with one of them at the end.
_LONG = ("chaos", "third_party", "end_to_end", "operations", "enumeration", "upgrade")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What ``make test-server`` asks for: the other tests would only say the same again."""
    parser.addoption(
        "--on-database", action="store_true", help="only the tests that use the test database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order folders by how long their files take; within them tests stay as they are."""
    root = Path(__file__).parent
    if config.getoption("--on-database"):
        others = [item for item in items if "database_server" not in item.fixturenames]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if "database_server" in item.fixturenames]

    def place(item: pytest.Item) -> int:
        found = item.path.relative_to(root).parts if item.path.is_relative_to(root) else ()
        return _LONG.index(found[1]) if len(found) > 1 and found[1] in _LONG else len(_LONG)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it again and again takes an eighth of a run."""
    garbage.settle()


@pytest.fixture(autouse=True)
def own_locale() -> None:
    """Each test begins in Italian, whatever the one before it spoke."""
    set_locale("it")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium. Without one the test is skipped, but under ``CI=true`` it fails."""
    found = find_chromium()
    if found is not None:
        return str(found)
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium_path: str) -> dict[str, Any]:
    """How pytest-playwright's own fixtures start the browser."""
    return {"executable_path": chromium_path, "args": list(ARGUMENTS)}
