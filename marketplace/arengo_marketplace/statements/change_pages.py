"""A statement's page of what changed: from the month before to this, by cause and by service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from arengo_core.i18n import current_locale
from arengo_core.organizations import service as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.pages import page
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.permissions import ALL_FIGURES, FIGURES
from arengo_marketplace.settlements.showing import (
    Row,
    causes_in_words,
    walk_by_service,
    walk_of,
)
from arengo_marketplace.statements import service
from arengo_marketplace.statements.change import change_of


@get("/office/statements/{statement_id:uuid}/change", name="statement-change")
async def change_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[str]:
    """Why a member pays another amount than the month before."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        statement = await service.statement_of(uow, statement_id)
        found = await change_of(uow, host, statement)
        shown: dict[str, Any] = {"difference": None}
        if found is not None:
            last, own = found.last.period, found.difference
            services = [Row(key, found.titles[key], one) for key, one in own.offers.items()]
            services.sort(key=lambda row: (-abs(row.difference.amount), row.name))
            shown = {
                "before": last.label(current_locale()),
                "last_statement": found.last_statement,
                "difference": own.whole,
                "services": services,
                "reasons": {key: causes_in_words(own.parts.get(key, {})) for key in own.offers},
                "by_cause": walk_of(last, statement.period, own.whole, own.causes),
                "by_service": walk_by_service(last, statement.period, own.whole, services),
            }
        return await page(
            request,
            uow,
            "marketplace/statements/change.html",
            face=acting.face,
            statement=statement,
            label=statement.period.label(current_locale()),
            member=await organizations.get(uow, statement.organization_id),
            **shown,
        )


ROUTES: list[Any] = [change_page]
