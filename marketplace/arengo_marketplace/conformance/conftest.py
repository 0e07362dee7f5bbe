"""Which plugin is tried, the members it is tried on, and the report."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from arengo_core.caller import OrganizationKind
from arengo_core.host import Host
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Plugin
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.conformance.samples import settings_for
from arengo_marketplace.testing import ConsortiumMade, MemberMade

_REPORT = pytest.StashKey[list[dict[str, str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("arengo")
    group.addoption("--arengo-plugin", required=True, help="key of the plugin that is tried")
    group.addoption("--arengo-report", help="file for the results as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_REPORT] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report: pytest.TestReport = yield
    if report.when == "call" or report.outcome != "passed":
        area = item.path.stem.removeprefix("test_")
        reason = ""
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        elif report.failed and call.excinfo is not None:
            reason = str(call.excinfo.value).partition("\nassert ")[0].strip()
        item.config.stash[_REPORT].append(
            {
                "area": area,
                "check": item.name.removeprefix("test_").replace("_", " "),
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
    """A test with ``service`` runs once for each service that the plugin brings."""
    if "service" in metafunc.fixturenames:
        from arengo_core.plugins.manager import load_plugins

        name = metafunc.config.getoption("--arengo-plugin")
        brought = [p for p in load_plugins().plugins if p.name == name]
        services = brought[0].services if brought else []
        metafunc.parametrize("service", services, ids=[service.key for service in services])


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
