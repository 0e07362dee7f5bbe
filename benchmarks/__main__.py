"""``make bench``: load, server and database on the same machine, one table at the end."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from benchmarks.client import Connection
from benchmarks.installation import served
from benchmarks.load import Result, run
from benchmarks.scenarios import catalogue, checkout, reading


async def _measure(base_url: str, seconds: float) -> list[Result]:
    connection = Connection(base_url)
    goods = await catalogue(connection)
    await connection.close()
    steps = reading(goods)
    steps["checkout, counter"] = checkout(goods, "counter")
    steps["checkout, card"] = checkout(goods, "card")
    results: list[Result] = []
    for name, step in steps.items():
        for connections in (1, 16):
            result = await run(name, base_url, step, connections=connections, seconds=seconds)
            results.append(result)
            print(
                f"{name:<20} {connections:>3} connections {result.per_second:>8.1f}/s"
                f"  p50 {result.p50:>7.1f} ms  p95 {result.p95:>7.1f} ms"
                f"  errors {result.errors} {result.first_error[:120]}",
                flush=True,
            )
    return results


def main() -> None:
    """Seed, serve with two processes, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measurement")
    parser.add_argument("--worker", action="store_true", help="run a worker beside the server")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    with served(worker=options.worker) as base_url:
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores", flush=True)
        results = asyncio.run(_measure(base_url, options.seconds))
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=2))


if __name__ == "__main__":
    main()
