"""The kit as a pytest plugin: which plugin is tried, on which members, and the report."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from arengo_core.caller import OrganizationKind
from arengo_core.host import Host
from arengo_core.jobs.definition import Job
from arengo_core.plugins.fingerprint import GROUP
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Plugin
from arengo_core.remote import assembly, manifest
from arengo_core.remote.trying import Subject
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.conformance.samples import settings_for
from arengo_marketplace.testing import ConsortiumMade, MemberMade

tried: Subject | None = None
"""The remote plugin that is tried, where it is one."""

_REPORT = pytest.StashKey[list[dict[str, str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("arengo")
    group.addoption("--arengo-plugin", required=True, help="key of the plugin that is tried")
    group.addoption("--arengo-remote", help="file that says how to reach a remote plugin")
    group.addoption("--arengo-report", help="file for the results as JSON")


def pytest_configure(config: pytest.Config) -> None:
    global tried
    config.stash[_REPORT] = []
    file = config.getoption("--arengo-remote")
    tried = msgspec.json.decode(Path(file).read_bytes(), type=Subject) if file else None
    owners = {point.value.partition(".")[0] for point in entry_points(group=GROUP)}
    modules = [f"{owner}.contract_tests" for owner in (*owners, "arengo_themes")]
    pytest.register_assert_rewrite(*modules, "arengo_core.testing.contracts")


def _named(item: pytest.Item) -> tuple[str, str]:
    """Area and check of a test; the plugin's own tests of contracts name what they try."""
    check = item.name.removeprefix("test_").replace("_", " ")
    provider = getattr(getattr(item, "cls", None), "provider", "")
    if item.path.stem == "conformance" or provider:
        return "contracts", f"{provider}: {check}" if provider else check
    return item.path.stem.removeprefix("test_"), check


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report: pytest.TestReport = yield
    if report.when == "call" or report.outcome != "passed":
        area, check = _named(item)
        reason = ""
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        elif report.failed and call.excinfo is not None:
            reason = str(call.excinfo.value).partition("\nassert ")[0].strip()
        item.config.stash[_REPORT].append(
            {
                "area": area,
                "check": check,
                "outcome": report.outcome,
                "reason": reason,
            }
        )
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    file = session.config.getoption("--arengo-report")
    if file:
        text = json.dumps(session.config.stash[_REPORT], indent=2, ensure_ascii=False)
        Path(file).write_text(text + "\n", encoding="utf-8")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with ``service`` or ``theme_folder`` runs once for each that the plugin brings."""
    if "service" in metafunc.fixturenames:
        services = [service for plugin in _brought(metafunc.config) for service in plugin.services]
        metafunc.parametrize("service", services, ids=[service.key for service in services])
    if "theme_folder" in metafunc.fixturenames:
        none = pytest.param(None, marks=pytest.mark.skip(reason="it ships no theme"), id="none")
        folders = [pytest.param(folder, id=folder.name) for folder in _themes(metafunc.config)]
        metafunc.parametrize("theme_folder", folders or [none])


def _brought(config: pytest.Config) -> list[Plugin]:
    """The plugin that is tried, unless it does not load."""
    name = config.getoption("--arengo-plugin")
    registry = load_plugins()
    if tried is not None:
        registry = assembly.with_plugin(registry, manifest.of(tried.manifest), tried.base_url)
    return [plugin for plugin in registry.plugins if plugin.name == name]


def _themes(config: pytest.Config) -> list[Path]:
    return [
        file.parent
        for plugin in _brought(config)
        for place in plugin.resources.themes
        for file in sorted({*place.glob("theme.toml"), *place.glob("*/theme.toml")})
    ]


def told_by(plugin: Plugin, name: str) -> dict[str, Any]:
    """What the plugin's module ``conformance`` says under a name; empty where it says nothing."""
    module = f"{plugin.package}.conformance"
    return getattr(import_module(module), name, {}) if find_spec(module) else {}


def jobs_of(plugin: Plugin) -> list[Job]:
    """The plugin's jobs, those that the clock starts too."""
    return [*plugin.jobs, *(schedule.job for schedule in plugin.schedules)]


@pytest.fixture
def theme_folders(pytestconfig: pytest.Config) -> list[Path]:
    """The folders of all themes that the plugin ships."""
    return _themes(pytestconfig)


@pytest.fixture
def subject(host: Host, pytestconfig: pytest.Config) -> Plugin:
    """The plugin that is tried, as the host loaded it."""
    name = str(pytestconfig.getoption("--arengo-plugin"))
    for error in host.registry.set_aside:
        assert error.plugin != name, str(error)
    return host.registry.plugin(name)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members of one consortium: one has the service active, the other has not."""

    consortium: ConsortiumMade
    having: MemberMade
    without: MemberMade
    activation_id: UUID


@pytest.fixture
def make_pair(
    host: Host,
    make_consortium: Callable[..., Awaitable[ConsortiumMade]],
    make_municipality: Callable[..., Awaitable[MemberMade]],
    make_merchant: Callable[..., Awaitable[MemberMade]],
    make_offer: Callable[..., Awaitable[Any]],
    activate: Callable[..., Awaitable[Activation]],
) -> Callable[[Service], Awaitable[Pair]]:
    """``await make_pair(service)``; the services that it rests on are active too."""

    async def make(service: Service) -> Pair:
        consortium = await make_consortium()
        if OrganizationKind.MUNICIPALITY in service.serves:
            having = await make_municipality(consortium.id, "014045")
            without = await make_municipality(consortium.id, "014061")
        else:
            having = await make_merchant(consortium.id, consortium.lead.id, name="Che ha")
            without = await make_merchant(consortium.id, consortium.lead.id, name="Che non ha")

        async def switch_on(wanted: Service) -> Activation:
            offer = await make_offer(consortium.id, wanted.key)
            return await activate(having.id, offer, settings=settings_for(wanted))

        for key in service.rests_on:
            await switch_on(host.registry.services[key].value)
        return Pair(consortium, having, without, (await switch_on(service)).id)

    return make
