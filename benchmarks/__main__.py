"""``make bench``: load, server and database on the same machine, one table at the end."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from benchmarks.client import Connection
from benchmarks.load import Result, run
from benchmarks.scenarios import catalogue, checkout, reading
from benchmarks.seed import CONSORTIUM, grow

from arengo_core.cli.demo import Stage, start_companions
from arengo_core.cli.demo_build import build
from arengo_core.cli.supervisor import Child, Supervisor, free_port
from arengo_core.database import roles
from arengo_core.database.setup import gather_statistics
from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings


async def prepare() -> Stage:
    """Load the demo and grow it."""
    settings = load_settings()
    stage = await build(settings, CONSORTIUM, fresh=True)
    urls = await roles.resolve(settings)
    host = Host.create(settings, load_plugins(), urls.app)
    try:
        await grow(host)
    finally:
        await host.close()
    assert urls.owner is not None
    await gather_statistics(urls.owner)
    return stage


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


@contextmanager
def installed(folder: Path):
    """An installation of its own in a folder, with its embedded server."""
    os.environ.update(
        {
            "ARENGO_DATA_DIR": str(folder),
            "ARENGO_SECRET_KEY": "benchmark" * 6,
            "ARENGO_PORT": str(free_port()),
            "ARENGO_DEMO": "true",
            "ARENGO_OUTBOUND_NETWORKS": "127.0.0.0/8",
            "ARENGO_LOG_LEVEL": "ERROR",
            "ARENGO_PASSWORD_COST": "low",
        }
    )
    embedded = roles.embedded_server(load_settings())
    embedded.start()
    try:
        yield
    finally:
        embedded.stop()


def main() -> None:
    """Seed, serve with two processes, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measurement")
    parser.add_argument("--worker", action="store_true", help="run a worker beside the server")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="arengo-bench-") as name:
        Path(name).chmod(0o755)
        with installed(Path(name)):
            stage = asyncio.run(prepare())
            supervisor = Supervisor()
            try:
                settings = start_companions(supervisor, stage, {})
                supervisor.start(Child("server", ("arengo_core.cli.demo_server",)))
                if options.worker:
                    supervisor.start(Child("worker", ("arengo_core.cli.main", "worker")))
                supervisor.wait_until_ready(f"{settings.base_url}/health/live")
                print(f"Python {platform.python_version()}, {os.cpu_count()} cores", flush=True)
                results = asyncio.run(_measure(settings.base_url, options.seconds))
            finally:
                supervisor.stop()
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=2))


if __name__ == "__main__":
    main()
