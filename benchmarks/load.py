"""Closed-loop load: a number of connections, each asking again as soon as it is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.client import Connection

Scenario = Callable[[Connection, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run measured; times in milliseconds."""

    name: str
    connections: int
    per_second: float
    p50: float
    p95: float
    errors: int
    first_error: str = ""


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


async def run(
    name: str, base_url: str, scenario: Scenario, *, connections: int, seconds: float
) -> Result:
    """Run a scenario for some seconds after a short warm-up."""
    times: list[float] = []
    faults: list[str] = []
    counter = 0

    async def worker(until: float, measuring: bool) -> None:
        nonlocal counter
        connection = Connection(base_url)
        while time.perf_counter() < until:
            counter += 1
            number, started = counter, time.perf_counter()
            try:
                await scenario(connection, number)
            except Exception as error:
                faults.append(f"{type(error).__name__}: {error}")
                await connection.close()
                continue
            if measuring:
                times.append(time.perf_counter() - started)
        await connection.close()

    async def phase(length: float, measuring: bool) -> float:
        started = time.perf_counter()
        await asyncio.gather(*(worker(started + length, measuring) for _ in range(connections)))
        return time.perf_counter() - started

    await phase(min(2.0, seconds / 3), False)
    faults.clear()
    elapsed = await phase(seconds, True)
    ordered = sorted(times)
    return Result(
        name=name,
        connections=connections,
        per_second=len(times) / elapsed,
        p50=_quantile(ordered, 0.5) * 1000,
        p95=_quantile(ordered, 0.95) * 1000,
        errors=len(faults),
        first_error=faults[0] if faults else "",
    )
