"""What commands share: opening the host for one piece of work."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from arengo_core.database import roles
from arengo_core.database.setup import fit_to_serve
from arengo_core.host import Host
from arengo_core.observability.logs import configure
from arengo_core.settings import Settings, load_settings


@asynccontextmanager
async def open_host(settings: Settings | None = None) -> AsyncGenerator[Host]:
    """A host on the installation's database, closed afterwards.

    Starts the embedded server if it does not run, and stops what it started.
    """
    settings = settings or load_settings()
    configure(settings.log_format, settings.log_level)
    with roles.embedded_running(settings):
        urls, registry = await fit_to_serve(settings)
        host = Host.create(settings, registry, urls.app)
        try:
            yield host
        finally:
            await host.close()
