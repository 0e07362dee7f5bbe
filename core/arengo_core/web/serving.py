"""The application of one server process: what granian and uvicorn import."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from arengo_core import garbage

if TYPE_CHECKING:
    from litestar import Litestar


def application() -> Litestar:
    """Read the settings, load the plugins, refuse a privileged login, make the application."""
    with garbage.starting():
        return _make()


def _make() -> Litestar:
    import structlog

    from arengo_core.database.setup import fit_to_serve
    from arengo_core.host import Host
    from arengo_core.observability.logs import configure
    from arengo_core.settings import load_settings
    from arengo_core.web.app import create_app

    settings = load_settings()
    configure(settings.log_format, settings.log_level)
    log = structlog.get_logger("arengo.serve")

    async def prepare() -> Host:
        urls, registry = await fit_to_serve(settings)
        for error in registry.set_aside:
            log.warning("plugin_set_aside", plugin=error.plugin, reason=error.message)
        return Host.create(settings, registry, urls.app)

    return create_app(asyncio.run(prepare()))
