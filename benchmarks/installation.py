"""What is measured: an installation of its own with the grown demo, and its server."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.seed import CONSORTIUM, grow

from arengo_core.cli.demo import Stage, start_companions
from arengo_core.cli.demo_build import build
from arengo_core.cli.supervisor import Child, Supervisor, free_port
from arengo_core.database import roles
from arengo_core.database.setup import gather_statistics
from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import REQUEST_LIMITS, load_settings


async def _prepare() -> Stage:
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


@contextmanager
def installed() -> Generator[Stage]:
    """The demo, grown, in a temporary folder; its embedded server runs in the block."""
    with tempfile.TemporaryDirectory(prefix="arengo-bench-") as name:
        Path(name).chmod(0o755)
        os.environ.update(
            {
                "ARENGO_DATA_DIR": name,
                "ARENGO_SECRET_KEY": "benchmark" * 6,
                "ARENGO_PORT": str(free_port()),
                "ARENGO_DEMO": "true",
                "ARENGO_OUTBOUND_NETWORKS": "127.0.0.0/8",
                "ARENGO_LOG_LEVEL": "ERROR",
                "ARENGO_PASSWORD_COST": "low",
                **{f"ARENGO_{name.upper()}": "0" for name in REQUEST_LIMITS},
            }
        )
        embedded = roles.embedded_server(load_settings())
        embedded.start()
        try:
            yield asyncio.run(_prepare())
        finally:
            embedded.stop()


@contextmanager
def served(*, worker: bool = False) -> Generator[str]:
    """The address of a server on it, with a worker beside it where that is asked for."""
    with installed() as stage:
        supervisor = Supervisor()
        try:
            settings = start_companions(supervisor, stage, {})
            supervisor.start(Child("server", ("arengo_core.cli.demo_server",)))
            if worker:
                supervisor.start(Child("worker", ("arengo_core.cli.main", "worker")))
            supervisor.wait_until_ready(f"{settings.base_url}/health/live")
            yield settings.base_url
        finally:
            supervisor.stop()
