"""Routes of a service: nothing answers for an organization that has not switched it on."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler

from arengo_core.plugins import gate
from arengo_core.web.context import caller_of, host_of
from arengo_core.web.pages import acting_for


async def service_gate(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Guard of every route: one with ``opt={"service": key}`` is for members who have it active.

    For others it is as if there were no such address.
    """
    service = handler.opt.get("service")
    if service is None:
        return
    caller = await caller_of(connection)
    organization_id = acting_for(caller)
    async with host_of(connection).unit_of_work(caller, read_only=True) as uow:
        if not await gate.is_active(uow.session, service, organization_id):
            raise NotFoundException
