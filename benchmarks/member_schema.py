"""``python -m benchmarks.member_schema``: what choosing the caller's schema costs a warm request.

In one process, request by request in turns: with the schema of the caller's services, with the
whole one, so that what else the machine does meets both alike. In the turns of the latter a session
is looked up without its services too. The time of the wall says what callers wait, that of the
processor what it costs.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import httpx
from benchmarks.installation import installed
from benchmarks.scenarios import LIST
from sqlalchemy import Select, null

from arengo_core.database import roles
from arengo_core.host import Host
from arengo_core.identity import repository as identity
from arengo_core.permissions import repository as permissions
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings
from arengo_core.testing.statements import counting
from arengo_core.web.app import create_app
from arengo_graphql.schemas import Schemas

PAIRS, WARM = 1_000, 100
EMAIL, PASSWORD = "merchant@casera-del-larice-storto.example", "arengo-demo-2026"
SIGN_IN = """mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { token
  userErrors { message } } }"""


async def _whole(self: Schemas, _context: object) -> object:
    return self.whole


async def _request(client: httpx.AsyncClient) -> tuple[float, float]:
    """Milliseconds of the wall and of the processor."""
    started, used = time.perf_counter(), time.process_time()
    answer = await client.post("/graphql", json={"query": LIST})
    times = time.perf_counter() - started, time.process_time() - used
    assert len(answer.json()["data"]["products"]["nodes"]) == 24
    return times[0] * 1_000, times[1] * 1_000


def _plain_session() -> Select[Any]:
    """The statement that looks a session up, without its services."""
    with patch.object(permissions, "_active", null), patch.object(permissions, "_begun", null):
        return identity.of_session()


_PLAIN = _plain_session()


@contextmanager
def _without() -> Iterator[None]:
    """No schema is chosen and no session brings its services."""
    with (
        patch.object(Schemas, "for_caller", _whole),
        patch.object(identity, "_SESSION", _PLAIN),
    ):
        yield


async def _statements(host: Host, client: httpx.AsyncClient) -> int:
    with counting(host) as counted:
        await client.post("/graphql", json={"query": LIST})
    return len(counted)


async def _compare(client: httpx.AsyncClient) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Medians over requests in the order A B A B: the caller's schema, the whole one."""
    own: list[tuple[float, float]] = []
    whole: list[tuple[float, float]] = []
    for number in range(WARM + PAIRS):
        mine = await _request(client)
        with _without():
            all_ = await _request(client)
        if number >= WARM:
            own.append(mine)
            whole.append(all_)
    medians = [
        tuple(statistics.median(values) for values in zip(*times, strict=True))
        for times in (own, whole)
    ]
    return medians[0], medians[1]


async def _measure() -> None:
    settings = load_settings()
    host = Host.create(settings, load_plugins(), (await roles.resolve(settings)).app)
    transport = httpx.ASGITransport(app=create_app(host))
    try:
        for who in ("anonymous", "merchant"):
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                if who == "merchant":
                    asked = {"query": SIGN_IN, "variables": {"e": EMAIL, "p": PASSWORD}}
                    answer = (await client.post("/graphql", json=asked)).json()
                    token = answer["data"]["signIn"]["token"]
                    client.headers["authorization"] = f"Bearer {token}"
                own, whole = await _compare(client)
                sent = await _statements(host, client)
                with _without():
                    least = await _statements(host, client)
                for what, mine, all_ in zip(("wall", "processor"), own, whole, strict=True):
                    print(
                        f"{who:<10} {what:<10} {mine:.2f} ms with the caller's schema,"
                        f" {all_:.2f} ms with the whole: {100 * (mine / all_ - 1):+.1f} %"
                    )
                print(f"{who:<10} statements {sent} with the caller's schema, {least} without")
    finally:
        await host.close()


def main() -> None:
    """Seed, measure, print."""
    with installed():
        asyncio.run(_measure())


if __name__ == "__main__":
    main()
