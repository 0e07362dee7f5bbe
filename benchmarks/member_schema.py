"""``python -m benchmarks.member_schema``: what choosing the caller's schema costs a warm request.

In one process, in turns: with the schema of the caller's services, with the whole one.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from unittest.mock import patch

import httpx
from benchmarks.installation import installed
from benchmarks.scenarios import LIST

from arengo_core.database import roles
from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings
from arengo_core.web.app import create_app
from arengo_graphql.schemas import Schemas

TURNS, EACH = 12, 150
EMAIL, PASSWORD = "merchant@casera-del-larice-storto.example", "arengo-demo-2026"
SIGN_IN = """mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { token
  userErrors { message } } }"""


async def _whole(self: Schemas, _context: object) -> object:
    return self.whole


async def _turn(client: httpx.AsyncClient) -> list[float]:
    times = []
    for _ in range(EACH):
        started = time.perf_counter()
        answer = await client.post("/graphql", json={"query": LIST})
        times.append((time.perf_counter() - started) * 1_000)
        assert len(answer.json()["data"]["products"]["nodes"]) == 24
    return times


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
                await _turn(client)
                medians: dict[str, list[float]] = {"the caller's": [], "the whole": []}
                for number in range(TURNS):
                    if number % 2:
                        with patch.object(Schemas, "for_caller", _whole):
                            medians["the whole"].append(statistics.median(await _turn(client)))
                    else:
                        medians["the caller's"].append(statistics.median(await _turn(client)))
                own, whole = (statistics.median(values) for values in medians.values())
                print(
                    f"{who:<10} {own:.2f} ms with the caller's schema, {whole:.2f} ms with the"
                    f" whole: {100 * (own / whole - 1):+.1f} %"
                )
    finally:
        await host.close()


def main() -> None:
    """Seed, measure, print."""
    with installed():
        asyncio.run(_measure())


if __name__ == "__main__":
    main()
