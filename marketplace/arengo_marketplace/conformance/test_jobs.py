"""A job of a service runs for members with it alone, and may run twice with the same payload.

``PAYLOADS`` in the plugin's module ``conformance`` has samples: by a job's name an async function
that makes what the job finds, of the host and the member's id, and answers the payload.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.jobs.worker import perform
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Plugin
from arengo_marketplace.conformance.kept import Kept, changed, kept
from arengo_marketplace.conformance.kit import Pair, jobs_of, told_by

MakePair = Callable[[Service], Awaitable[Pair]]
Sample = Callable[[Host, UUID], Awaitable[dict[str, Any]]]


def _samples(plugin: Plugin) -> dict[str, Sample]:
    return told_by(plugin, "PAYLOADS")


async def test_a_job_of_a_service_runs_for_members_with_it_alone(
    service: Service, subject: Plugin, host: Host, make_pair: MakePair
) -> None:
    jobs = [job for job in jobs_of(subject) if job.service == service.key and job.is_gated]
    if not jobs:
        pytest.skip("no job asks for the service")
    pair = await make_pair(service)
    for job in jobs:
        sample = _samples(subject).get(job.name)
        payload = await sample(host, pair.having.id) if sample else {job.member: pair.having.id}
        ran: list[dict[str, Any]] = []

        async def note(_host: Host, given: dict[str, Any], ran: list[Any] = ran) -> None:
            ran.append(given)

        noting = replace(job, handle=note)
        named = str(payload.get(job.member))
        assert named == str(pair.having.id), f"{job.name}: no member is under {job.member!r}"
        for member in (pair.having.id, pair.without.id):
            await perform(host, noting, payload | {job.member: str(member)})
        names = [given[job.member] for given in ran]
        assert names == [str(pair.having.id)], f"{job.name} runs for {names}"


async def test_running_a_job_twice_is_running_it_once(
    subject: Plugin, host: Host, make_pair: MakePair
) -> None:
    samples = _samples(subject)
    jobs = [job for job in jobs_of(subject) if job.name in samples]
    stale = sorted(samples.keys() - {job.name for job in jobs})
    assert not stale, f"PAYLOADS speaks of jobs that are not there: {', '.join(stale)}"
    if not jobs or not subject.services:
        pytest.skip("its module conformance has no PAYLOADS of a service's jobs")
    near = [host.registry.plugin(name) for name in (subject.name, *subject.manifest.requires)]
    for job in jobs:
        key = job.service or subject.services[0].key
        pair = await make_pair(host.registry.services[key].value)
        payload = await samples[job.name](host, pair.having.id)
        before = await _kept(host, near, pair)
        await job.handle(host, payload)
        once = await _kept(host, near, pair)
        assert before != once, f"{job.name} changes nothing: its sample does not try it"
        await job.handle(host, payload)
        twice = await _kept(host, near, pair)
        assert once == twice, f"{job.name} changes {changed(once, twice)} when it runs twice"


async def _kept(host: Host, plugins: list[Plugin], pair: Pair) -> Kept:
    caller = Caller.program([pair.having.id], [pair.consortium.id])
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await kept(uow, plugins)
