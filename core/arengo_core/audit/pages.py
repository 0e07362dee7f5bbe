"""The page of the audit log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from arengo_core.audit import repository
from arengo_core.audit.wording import act_in_words, details_in_words
from arengo_core.caller import LEADERS
from arengo_core.identity import repository as identity
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.pages import acting_for, face_of, page

_PAGE = 50


def _cursor(request: ArengoRequest) -> UUID | None:
    try:
        return UUID(request.query_params.get("before", ""))
    except ValueError:
        return None


@get("/office/log", name="audit-log")
async def audit_log(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Who did what in the organization, newest first."""
    place = acting_for(caller)
    caller.require(place, *LEADERS)
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await repository.entries(
            uow.session, place, before=_cursor(request), limit=_PAGE + 1
        )
        actors = list({row.actor_id for row in rows if row.actor_id is not None})
        await uow.widen(actors)
        return await page(
            request,
            uow,
            "core/audit_log.html",
            face=face_of(caller),
            entries=[
                (
                    row,
                    act_in_words(host.registry, row.action),
                    details_in_words(host.registry, row.details),
                )
                for row in rows[:_PAGE]
            ],
            names={
                key: person.name
                for key, person in (await identity.persons(uow.session, actors)).items()
            },
            following=f"/office/log?before={rows[_PAGE - 1].id}" if len(rows) > _PAGE else "",
        )


ROUTES: list[Any] = [audit_log]
