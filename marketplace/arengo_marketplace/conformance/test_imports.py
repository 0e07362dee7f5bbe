"""A plugin sees core, and of the marketplace and of other plugins the contracts alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from arengo_core.plugins.registry import Plugin
from arengo_core.testing.messages import folder

_LIBRARIES_OF_TESTS = ("arengo_core.testing", "arengo_marketplace.testing")
_TESTS = {"demo", "testing", "testing.py", "contract_tests.py", "conformance", "conformance.py"}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_allowed(name: str, own: str) -> bool:
    first, _, rest = name.partition(".")
    if not first.startswith("arengo_") or first in {own, "arengo_core", "arengo_themes"}:
        return True
    return rest.partition(".")[0] == "contract"


def test_only_contracts_of_others_are_imported(subject: Plugin) -> None:
    place = folder(subject.package)
    strange = [
        f"{path.relative_to(place)}: {name}"
        for path in sorted(place.rglob("*.py"))
        if not _TESTS & set(path.relative_to(place).parts)
        for name in _imports(path)
        if not _is_allowed(name, subject.package) or name.startswith(_LIBRARIES_OF_TESTS)
    ]
    assert not strange, "imported past a contract: " + "; ".join(strange)
