"""Pages that the law asks for: accessibility statement, privacy, licences."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from arengo_core.organizations import repository as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.pages import page


async def _show(
    request: ArengoRequest, host: FromHost, caller: FromCaller, template: str
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortia = await organizations.of_kind(uow.session, "consortium")
        return await page(request, uow, template, face="market", consortia=consortia)


@get("/accessibility", name="accessibility")
async def accessibility(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """The accessibility statement (Directive (EU) 2016/2102, art. 7; L. 4/2004)."""
    return await _show(request, host, caller, "core/accessibility.html")


@get("/privacy", name="privacy")
async def privacy(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What happens to personal data (Regulation (EU) 2016/679, art. 13)."""
    return await _show(request, host, caller, "core/privacy.html")


@get("/licences", name="licences")
async def licences(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Where the data come from, and on what terms data and software may be used."""
    return await _show(request, host, caller, "core/licences.html")


ROUTES: list[Any] = [accessibility, privacy, licences]
