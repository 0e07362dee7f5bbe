"""The repository's modules, as the rules of the house look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "marketplace", "graphql", "themes")


def plugins() -> list[Path]:
    """The distributions under ``plugins/``."""
    return sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))


def _python(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*.py"):
        if not {"versions", "vendor", ".venv", "node_modules"}.intersection(path.parts):
            yield path


@cache
def modules() -> tuple[Path, ...]:
    """Every module that ships, without migrations' revisions."""
    folders = [ROOT / name for name in PACKAGES]
    folders += [plugin / "src" for plugin in plugins()]
    return tuple(sorted(path for folder in folders for path in _python(folder)))


@cache
def sources_of_tests() -> tuple[Path, ...]:
    """Every module of the tests."""
    folders = [ROOT / "tests", *(plugin / "tests" for plugin in plugins())]
    return tuple(sorted(path for folder in folders for path in _python(folder)))


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax."""
    return ast.parse(path.read_text(), filename=str(path))


def named(path: Path) -> str:
    """A path as messages show it."""
    return path.relative_to(ROOT).as_posix()
