"""The dashboard."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.tasks import service as tasks
from arengo_core.tasks.definition import TaskState
from arengo_core.tasks.wording import title_of
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import redirect
from arengo_core.web.pages import page
from arengo_core.web.slots import SlotAt
from arengo_marketplace.activations import catalogue
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.contract import DASHBOARD_SLOT
from arengo_marketplace.members import directory, founding, joining
from arengo_marketplace.members import repository as members
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.office.money import money_now
from arengo_marketplace.titles import service_title
from arengo_marketplace.votes import reading as votes


@get("/office", name="office")
async def dashboard(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """What waits, what runs, where to go."""
    if caller.user_id is None:
        async with host.unit_of_work(caller, read_only=True) as uow:
            if await founding.is_first_run(uow):
                return redirect(request, "/setup")
    caller.require_signed_in()
    if caller.acting_id is not None and not caller.may(caller.acting_id):
        return redirect(request, "/account")  # by delegation: its menu leads to what may be done
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow)
        if acting.face == "desk":
            return redirect(request, "/desk")
        entries = await catalogue.entries(uow, host.registry, acting)
        consortium = await directory.consortium(uow, acting.consortium_id)
        waiting, requests = [], []
        if acting.is_office:
            rows = await activations.of_consortium(uow.session, acting.consortium_id, ["requested"])
            waiting = [(row, service_title(host.registry, row.service)) for row in rows]
            requests = await joining.waiting(uow, acting.consortium_id)
        async with uow.widened(governs=[acting.consortium_id]):
            counts = await members.counts(uow.session, acting.consortium_id, clock.today())
        to_vote = (
            []
            if acting.is_office
            else await votes.waiting_for(uow, acting.consortium_id, acting.organization_id)
        )
        return await page(
            request,
            uow,
            "marketplace/office/dashboard.html",
            face="office",
            acting_in=acting,
            consortium=consortium,
            now=await money_now(uow, host.registry, acting),
            entries=entries,
            to_vote=to_vote,
            waiting=waiting,
            requests=requests,
            municipalities=counts.get(OrganizationKind.MUNICIPALITY.value, 0),
            merchants=counts.get(OrganizationKind.MERCHANT.value, 0),
            set_aside=host.registry.set_aside if acting.is_office else [],
            under_way=[
                (title_of(host.registry, task), tasks.page_of(task.id))
                for task in await tasks.latest(uow, host)
                if not TaskState(task.state).is_over
            ],
            slots=[SlotAt(DASHBOARD_SLOT.key, acting.organization_id, [acting.organization_id])],
        )


ROUTES: list[Any] = [dashboard]
