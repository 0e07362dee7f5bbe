"""Loading plugins: what clashes or does not fit is set aside by name, the rest serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from arengo_core.caller import OrganizationKind
from arengo_core.jobs.definition import Job
from arengo_core.outbox.events import Event, EventHandler
from arengo_core.plugins.contributions import Capability, Provider
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Manifest, Service
from tests.core.places import plugin_module


@dataclass(frozen=True, slots=True)
class Something(Event):
    name: ClassVar[str] = "registry.something"


class Contract:
    """A contract that two plugins may bring."""


async def _work(*_):
    return None


def _service(key):
    return Service(key, key, key, frozenset({OrganizationKind.MERCHANT}))


def _aside(registry, name):
    [error] = [error for error in registry.set_aside if error.plugin == name]
    return error


def _load(*modules):
    return load_plugins(extra=modules)


@pytest.mark.parametrize(
    ("hook", "thing"),
    [
        ("services", _service("twice")),
        ("jobs", Job("twice.job", _work)),
        ("capabilities", Capability(Contract, lambda _host, _uow: None)),
        ("providers", Provider(Contract, "twice", "Twice", lambda _host, _settings: None)),
        ("event_handlers", EventHandler(Something, _work, "twice.handler")),
    ],
)
def test_what_two_plugins_bring_is_refused_naming_both(hook, thing):
    registry = _load(
        ("first", plugin_module("first", **{hook: [thing]})),
        ("second", plugin_module("second", **{hook: [thing]})),
    )
    error = _aside(registry, "second")
    assert "'first'" in error.message
    assert "'second'" in str(error)
    assert registry.plugin("first").name == "first"
    with pytest.raises(KeyError):
        registry.plugin("second")


def test_a_hook_that_raises_sets_its_plugin_aside():
    def services():
        raise ZeroDivisionError("on purpose")

    registry = _load(("broken", plugin_module("broken", services=services)))
    error = _aside(registry, "broken")
    assert error.stage == "arengo_services"
    assert "ZeroDivisionError: on purpose" in error.message


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("services", [object()]),
        ("services", 3),
        ("jobs", ["a job"]),
        ("navigation", [None]),
        ("event_handlers", [_work]),
        ("graphql", "type Query"),
        ("migrations", []),
        ("resources", "templates"),
    ],
)
def test_a_hook_that_answers_something_else_sets_its_plugin_aside(hook, answer):
    registry = _load(("wrong", plugin_module("wrong", **{hook: answer})))
    error = _aside(registry, "wrong")
    assert error.stage == f"arengo_{hook}"


def test_a_hook_that_does_not_exist_is_named():
    module = plugin_module("unknown")

    @hookimpl
    def arengo_moons():
        return []

    module.arengo_moons = arengo_moons
    assert "arengo_moons" in _aside(_load(("unknown", module)), "unknown").message


def test_a_hook_with_another_signature_is_named():
    module = plugin_module("signature")

    @hookimpl
    def arengo_services(organization):
        return [organization]

    module.arengo_services = arengo_services
    error = _aside(_load(("signature", module)), "signature")
    assert "organization" in error.message


def test_a_plugin_without_a_manifest_or_with_anothers_key_is_set_aside():
    bare = plugin_module("bare")
    del bare.arengo_manifest
    other = plugin_module("other", manifest={})
    other.arengo_manifest = hookimpl(
        lambda: Manifest(key="another", title="x", description="x", version="1")
    )
    registry = _load(("bare", bare), ("other", other))
    assert "arengo_manifest" in _aside(registry, "bare").message
    assert "'another'" in _aside(registry, "other").message


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"arengo": ">=99"}, "needs arengo >=99"),
        ({"arengo": "newest"}, "'newest' is not a version range"),
        ({"requires": {"marketplace": ">=99"}}, "needs marketplace >=99"),
        ({"requires": {"moonbase": ">=1"}}, "needs plugin 'moonbase'"),
    ],
)
def test_what_does_not_fit_together_is_named(manifest, said):
    registry = _load(("demanding", plugin_module("demanding", manifest=manifest)))
    assert said in _aside(registry, "demanding").message


def test_what_is_only_used_may_be_absent():
    registry = _load(("modest", plugin_module("modest", manifest={"uses": {"moonbase": ">=1"}})))
    assert registry.plugin("modest")


def test_a_circle_of_requirements_is_named_and_the_rest_serves():
    registry = _load(
        ("egg", plugin_module("egg", manifest={"requires": {"hen": ">=1"}})),
        ("hen", plugin_module("hen", manifest={"requires": {"egg": ">=1"}})),
        ("tree", plugin_module("tree")),
    )
    for name in ("egg", "hen"):
        assert "egg, hen" in _aside(registry, name).message
    assert registry.plugin("tree")


def test_plugins_come_after_what_they_require():
    registry = _load(
        ("a", plugin_module("a", manifest={"requires": {"b": ">=1"}})),
        ("b", plugin_module("b")),
    )
    names = [plugin.name for plugin in registry.plugins]
    assert names.index("b") < names.index("a")
    assert names[0] == "core"


def test_setting_a_plugin_aside_takes_those_that_need_it_along():
    registry = _load(
        ("base", plugin_module("base", services=[_service("base")])),
        ("on_top", plugin_module("on_top", manifest={"requires": {"base": ">=1"}})),
        ("beside", plugin_module("beside", manifest={"uses": {"base": ">=1"}})),
    )
    from arengo_core.plugins.registry import PluginError

    left = registry.without("base", PluginError("base", "migration", "broken"))
    assert "base" not in left.services
    assert {error.plugin for error in left.set_aside} >= {"base", "on_top"}
    assert left.plugin("beside")


def test_what_requires_a_plugin_that_fails_to_register_is_set_aside_too():
    registry = _load(
        ("first", plugin_module("first", services=[_service("same")])),
        ("second", plugin_module("second", services=[_service("same")])),
        ("third", plugin_module("third", manifest={"requires": {"second": ">=1"}})),
    )
    assert "second" in _aside(registry, "third").message


def test_every_installed_plugin_loads():
    assert [str(error) for error in load_plugins().set_aside] == []
