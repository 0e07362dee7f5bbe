"""The storefront's own valley of two shops, for tests outside of that plugin."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

_FILE = Path(__file__).parents[1] / "plugins" / "storefront" / "tests" / "conftest.py"


def _load() -> ModuleType:
    spec = spec_from_file_location("storefront_fixtures", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_fixtures = _load()
make_valley, valley = _fixtures.make_valley, _fixtures.valley
