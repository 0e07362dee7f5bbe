"""Its carriers, gateways and channels, tried by the tests of their contracts.

Each kind names its class of tests; of the classes made here one tries one provider.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest

from arengo_core.plugins.manager import load_plugins
from arengo_core.remote.trying import Subject
from arengo_core.testing.contracts import ContractTests
from arengo_marketplace.conformance import kit


def _told(base: type[ContractTests], samples: Mapping[str, str]) -> dict[str, Any]:
    """Samples as the class of tests has them; UsageError for one that it knows nothing of."""
    kinds = {
        name: kind for part in base.__mro__ for name, kind in inspect.get_annotations(part).items()
    }
    unknown = samples.keys() - kinds
    if unknown:
        raise pytest.UsageError(f"no sample {sorted(unknown)}; known are {sorted(kinds)}")
    return {
        name: int(value) if "int" in str(kinds[name]) else value for name, value in samples.items()
    }


def _made(tried: Subject) -> dict[str, type[ContractTests]]:
    kinds = load_plugins().remote_kinds
    made: dict[str, type[ContractTests]] = {}
    for provider in tried.manifest["providers"]:
        named = kinds[provider["kind"]].value.tests
        if not named:
            continue
        module, _, name = named.partition(":")
        base = getattr(import_module(module), name)
        key = provider["key"]
        told = _told(base, tried.samples.get(key, {}))
        told |= {"provider": key, "options": provider["options"], "__module__": __name__}
        made[f"Test_{key.replace('-', '_')}"] = type(base.__name__, (base,), told)
    return made


if kit.tried is not None:
    globals().update(_made(kit.tried))
