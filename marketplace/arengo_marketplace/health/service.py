"""How each plugin is, and what members notice of it, in words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.jobs import service as held
from arengo_core.outbox import repository as outbox
from arengo_core.plugins.contributions import HealthCheck
from arengo_core.plugins.models import PluginFailure
from arengo_core.plugins.registry import Plugin
from arengo_marketplace.health import repository

LATELY = timedelta(hours=24)
_NOW = timedelta(minutes=10)
_CHECK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A plugin's own check and whether it passed."""

    title: str
    passed: bool


@dataclass(frozen=True, slots=True)
class ClosedDoor:
    """A part of a plugin that nobody is let into for a while, and what members notice of it."""

    stage: str
    until: datetime
    notice: str


@dataclass(frozen=True, slots=True)
class PluginHealth:
    """One plugin: its state (healthy, degraded, down), why, and what members notice."""

    key: str
    title: str
    version: str
    state: str
    notice: str
    services: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    failures: tuple[PluginFailure, ...] = ()
    doors: tuple[ClosedDoor, ...] = ()
    held_events: int = 0
    held_jobs: int = 0
    reason: str = ""


async def report(uow: UnitOfWork, host: Host) -> list[PluginHealth]:
    """The state of every plugin, those set aside first."""
    held.require_officer(uow)
    failures = await repository.failures_since(uow.session, clock.now() - LATELY)
    waiting = await held.waiting(uow, host)
    cursors = await outbox.held(uow.session)
    found = [
        PluginHealth(
            key=error.plugin,
            title=error.plugin,
            version="",
            state="down",
            notice=gettext(
                "Nothing of this plugin answers. Everything else works; members who had its"
                " services read that they are not available."
            ),
            failures=tuple(row for row in failures if row.plugin == error.plugin),
            reason=f"{error.stage}: {error.message}",
        )
        for error in host.registry.set_aside
    ]
    checks = await asyncio.gather(*(_checks(host, plugin) for plugin in host.registry.plugins))
    for plugin, results in zip(host.registry.plugins, checks, strict=True):
        found.append(
            _of(
                plugin,
                results,
                tuple(row for row in failures if row.plugin == plugin.name),
                sum(
                    owned.plugin == plugin.name
                    for cursor in cursors
                    if (owned := host.registry.event_handlers.get(cursor.handler))
                ),
                waiting.get(plugin.name, 0),
            )
        )
    return found


async def _checks(host: Host, plugin: Plugin) -> tuple[CheckResult, ...]:
    return tuple([await _check(host, one) for one in plugin.health_checks])


async def _check(host: Host, check: HealthCheck) -> CheckResult:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            passed = await check.check(host)
    except Exception:
        passed = False
    return CheckResult(gettext(check.title), passed)


def _closed(failures: Sequence[PluginFailure]) -> tuple[ClosedDoor, ...]:
    """The doors that are closed in any of the program's processes, each once."""
    until: dict[str, datetime] = {}
    for row in failures:
        if row.closed_until is not None and row.closed_until > clock.now():
            until[row.stage] = max(row.closed_until, until.get(row.stage, row.closed_until))
    return tuple(ClosedDoor(stage, moment, _noticed(stage)) for stage, moment in until.items())


def _noticed(stage: str) -> str:
    if stage.startswith(("field ", "slot ")):
        return gettext("This figure or text stays empty; the rest of the page or answer is there.")
    return gettext("Who needs this part reads “try again in a minute”, or is offered other ways.")


def _of(
    plugin: Plugin,
    checks: tuple[CheckResult, ...],
    failures: tuple[PluginFailure, ...],
    held_events: int,
    held_jobs: int,
) -> PluginHealth:
    doors = _closed(failures)
    fresh = any(row.last_at >= clock.now() - _NOW for row in failures)
    failing = not all(check.passed for check in checks)
    if doors:
        state = "degraded"
        notice = gettext(
            "Parts of this plugin that failed repeatedly are left out; each is tried again after"
            " half a minute. Its other parts and everything else work."
        )
    elif failing or fresh:
        state = "degraded"
        notice = gettext(
            "Some things of this plugin fail or take long; members are asked to try again."
        )
    elif held_events or held_jobs:
        state = "degraded"
        notice = gettext(
            "Follow-ups such as mails and bookings wait. Nothing is lost; they go on once the"
            " cause is mended and somebody starts them again."
        )
    else:
        state, notice = "healthy", gettext("Nothing: it works.")
    return PluginHealth(
        key=plugin.name,
        title=gettext(plugin.manifest.title),
        version=plugin.manifest.version,
        state=state,
        notice=notice,
        services=tuple(gettext(service.title) for service in plugin.services),
        checks=checks,
        failures=failures,
        doors=doors,
        held_events=held_events,
        held_jobs=held_jobs,
    )


async def retry(uow: UnitOfWork, host: Host, *, plugin: str) -> int:
    """Start a plugin's held jobs again; how many."""
    return await held.replay_plugin(uow, host, plugin)
