"""``make bench-chaos``: checkouts beside a plugin that fails, answers late or sends slow SQL."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.client import Connection
from benchmarks.installation import served
from benchmarks.load import run
from benchmarks.scenarios import catalogue, checkout

PLUGIN = Path(__file__).parents[1] / "tests" / "chaos" / "arengo-chaos"
DEEDS = ("fail", "sleep", "sleepInAThread", "slowSql")
CONNECTIONS, WRONGS = 4, 4


async def _misbehave(base_url: str, deed: str) -> None:
    connection = Connection(base_url)
    while True:
        await connection.graphql(f"{{ chaos {{ {deed} }} }}")
        await asyncio.sleep(0.05)


async def _measure(base_url: str) -> None:
    connection = Connection(base_url)
    step = checkout(await catalogue(connection), "counter")
    await connection.close()
    for deed in ("", *DEEDS, ""):
        wrongs = [asyncio.create_task(_misbehave(base_url, deed)) for _ in range(WRONGS) if deed]
        name = f"beside {deed}" if deed else "alone"
        result = await run(name, base_url, step, connections=CONNECTIONS, seconds=8)
        for wrong in wrongs:
            wrong.cancel()
        print(
            f"{name:<26} {result.per_second:>6.1f}/s  p50 {result.p50:>6.1f} ms"
            f"  p95 {result.p95:>6.1f} ms  errors {result.errors} {result.first_error[:120]}",
            flush=True,
        )


def main() -> None:
    """Install the plugin for this run, seed, serve, measure, print."""
    with tempfile.TemporaryDirectory() as site:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site]
        subprocess.run([*pip, str(PLUGIN)], check=True)
        sys.path.insert(0, site)
        os.environ["PYTHONPATH"] = site
        with served() as base_url:
            asyncio.run(_measure(base_url))


if __name__ == "__main__":
    main()
