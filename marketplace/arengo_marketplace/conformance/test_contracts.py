"""What it brings for others' contracts is tried by the contracts' own tests.

The tests themselves are collected from the plugin's module ``conformance``.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from arengo_core.plugins.registry import Plugin
from arengo_core.testing.contracts import ContractTests
from arengo_marketplace.contract import AllocationKey


def _brought(plugin: Plugin) -> Iterator[tuple[type[Any], str]]:
    """Contract and key of each interchangeable implementation."""
    yield from ((provider.contract, provider.key) for provider in plugin.providers)
    yield from ((AllocationKey, key.id) for key in plugin.allocation_keys)


def _classes(module: str) -> list[type[ContractTests]]:
    if find_spec(module) is None:
        return []
    found = vars(import_module(module)).values()
    return [item for item in found if isinstance(item, type) and issubclass(item, ContractTests)]


def _tests_of(contract: type[Any]) -> type[ContractTests] | None:
    """The test class that the contract's owner publishes, if it does."""
    owner = contract.__module__.partition(".")[0]
    for item in _classes(f"{owner}.contract_tests"):
        if getattr(item, "contract", None) is contract:
            return item
    return None


def test_each_implementation_is_tried_by_its_contracts_tests(subject: Plugin) -> None:
    brought = [
        (contract, key, tests)
        for contract, key in _brought(subject)
        if (tests := _tests_of(contract)) is not None
    ]
    if not brought:
        pytest.skip("it brings nothing for a contract that has tests")
    module = f"{subject.package}.conformance"
    own = _classes(module)
    untried = [
        f"{key} ({contract.__name__}): subclass {tests.__module__}.{tests.__name__} in {module}"
        for contract, key, tests in brought
        if not any(issubclass(item, tests) and getattr(item, "provider", "") == key for item in own)
    ]
    assert not untried, "no contract tests for " + "; ".join(untried)
