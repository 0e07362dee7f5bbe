"""The office's page of a month that is to be closed, asked for in a process of its own."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from typing import Any
from uuid import UUID

import httpx
from benchmarks.closing import latest_month, registry_with_services

from arengo_core import garbage
from arengo_core.caller import Caller, Role
from arengo_core.database import roles
from arengo_core.host import Host
from arengo_core.settings import load_settings
from arengo_core.web.app import create_app
from arengo_marketplace.months import month_key

_TIMES = 5


async def _officer(host: Host, consortium_id: UUID) -> str:
    """The session of somebody of the consortium's office."""
    async with host.unit_of_work(Caller.program([consortium_id])) as uow:
        person = await host.identity.create_user(
            uow, name="Bench", email=f"{consortium_id}@bench.example", password="not typed anywhere"
        )
        await host.identity.grant_role(
            uow, user_id=person.id, organization_id=consortium_id, role=Role.CONSORTIUM_OFFICER
        )
        return await host.identity.open_session(uow, person.id)


async def _ask(consortium_id: UUID) -> dict[str, Any]:
    """Medians of the first answer, by when those after the first have warmed up."""
    settings = load_settings()
    host = Host.create(settings, registry_with_services(), (await roles.resolve(settings)).app)
    try:
        app = create_app(host)
        garbage.settle()
        session = await _officer(host, consortium_id)
        seconds: list[float] = []
        processor: list[float] = []
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost", timeout=None
        ) as client:
            client.cookies.set("arengo_session", session)
            for _ in range(_TIMES + 1):
                begin, used = time.perf_counter(), time.process_time()
                answer = await client.get(
                    "/office/settlements/preview", params={"month": month_key(latest_month())}
                )
                answer.raise_for_status()
                seconds.append(time.perf_counter() - begin)
                processor.append(time.process_time() - used)
    finally:
        await host.close()
    return {
        "seconds": statistics.median(seconds[1:]),
        "processor": statistics.median(processor[1:]),
        "kilobytes": len(answer.content) / 1000,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_ask(UUID(sys.argv[1])))))
