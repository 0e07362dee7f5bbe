"""Health and metrics for whoever watches the installation."""

from __future__ import annotations

import asyncio

from litestar import Response, get
from litestar.exceptions import NotFoundException
from sqlalchemy import text

from arengo_core import __version__
from arengo_core.database.migrate import pending
from arengo_core.limits.requests import UNLIMITED
from arengo_core.observability.metrics import MEDIA_TYPE, exposition
from arengo_core.web.context import ArengoRequest, FromHost

_OPT = {"exclude_from_csrf": True, UNLIMITED: True}


@get("/health/live", opt=_OPT, name="health-live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@get("/health/ready", opt=_OPT, name="health-ready")
async def ready(host: FromHost) -> Response[dict[str, object]]:
    """The database answers and is migrated; plugins set aside are named."""
    aside = [error.plugin for error in host.registry.set_aside]
    try:
        async with asyncio.timeout(3):
            async with host.engine.connect() as connection:
                await connection.execute(text("select 1"))
            behind = await pending(host.engine, host.registry.histories)
    except Exception as error:
        return Response({"status": "down", "database": type(error).__name__}, status_code=503)
    status = "ok" if not behind else "migrations pending"
    body: dict[str, object] = {"status": status, "set_aside": aside, "behind": behind}
    return Response(body, status_code=200 if not behind else 503)


@get("/metrics", opt=_OPT, name="metrics")
async def metrics(request: ArengoRequest) -> Response[bytes]:
    """Prometheus metrics, to callers on this machine only: proxies forward the outer address."""
    client = request.client
    if client is None or client.host not in {"127.0.0.1", "::1"}:
        raise NotFoundException
    return Response(exposition(), media_type=MEDIA_TYPE)


ROUTES = [live, ready, metrics]
