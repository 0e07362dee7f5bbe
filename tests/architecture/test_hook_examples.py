"""Each hook has an example in the docs, and the example works."""

from __future__ import annotations

import importlib.util
import sys
from types import SimpleNamespace

import pytest

from arengo_core.plugins.hookspecs import HOOKS
from arengo_core.plugins.manager import load_plugins
from tests.architecture.sources import ROOT

EXAMPLES = ROOT / "docs" / "examples" / "hooks"


def _module(hook):
    path = EXAMPLES / f"{hook.removeprefix('arengo_')}.py"
    assert path.is_file(), f"{path.relative_to(ROOT)} is missing: the example of {hook}"
    spec = importlib.util.spec_from_file_location(f"example_of_{hook}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # where Strawberry looks for what annotations name
    spec.loader.exec_module(module)
    assert module.__doc__, f"{path} does not say what it shows"
    return module


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_a_hook_is_taken(hook):
    module = _module(hook)
    for whole in ("arengo_manifest", "arengo_services"):
        setattr(module, whole, getattr(_module(whole), whole))
    registry = load_plugins(extra=[("example", module)])
    assert not registry.set_aside, registry.set_aside
    plugin = registry.plugin("example")
    if hook == "arengo_host_ready":
        host = SimpleNamespace(state={}, registry=registry)
        for ready in plugin.on_ready:
            ready(host)
        assert "storefront" in host.state["example.services"]
    else:
        assert getattr(plugin, hook.removeprefix("arengo_")), f"the example of {hook} is empty"


def test_no_example_is_of_a_hook_that_is_gone():
    assert {f"arengo_{path.stem}" for path in EXAMPLES.glob("*.py")} == set(HOOKS)
