"""Pages of pledges: how those of an offer stand, pledging, taking back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import error_text, gettext
from arengo_core.web.acts import acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, day_named
from arengo_core.web.pages import acting_for, page
from arengo_marketplace.activations import catalogue
from arengo_marketplace.activations import service as activations
from arengo_marketplace.activations.showing import accepted, setting_rows
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.offers import service as offers
from arengo_marketplace.permissions import OFFICE, SERVICES
from arengo_marketplace.pledges import service
from arengo_marketplace.pledges.board import board
from arengo_marketplace.pledges.evaluation import Terms
from arengo_marketplace.titles import service_title


async def _page(
    request: ArengoRequest, host: Host, caller: Caller, offer_id: UUID, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, OFFICE, SERVICES)
        found = await board(uow, host, offer_id)
        offer = found.offer
        described = offers.service_of(host.registry, offer.service)
        closed: ArengoError | None = None
        forecast: dict[str, str] = {}
        if acting.member is not None:
            try:
                await activations.check_open(uow, host.registry, offer, acting.member)
            except ArengoError as error:
                closed = error
            forecast = await catalogue.expected(uow, described, offer, acting.member)
        mine = acting.organization_id
        own = next((row for row in found.rows if row.pledge.organization_id == mine), None)
        return await page(
            request,
            uow,
            "marketplace/pledges/board.html",
            face=acting.face,
            status=400 if form.errors else 200,
            acting_in=acting,
            offer=offer,
            service=described,
            title=service_title(host.registry, offer.service),
            board=found,
            own=own,
            may_pledge=acting.member is not None and own is None and closed is None,
            closed=error_text(closed) if closed else "",
            form=form,
            values={**forecast, **form},
            fields=setting_rows(described, {}, set()),
            asked=host.registry.asked_by(offer.service),
        )


@get("/office/offers/{offer_id:uuid}/pledges", name="pledges")
async def board_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[str]:
    """Who pledged on which condition, what is still missing, and the form to pledge."""
    caller.require_signed_in()
    return await _page(request, host, caller, offer_id, Form({}))


def _terms(form: Form, currency: str) -> Terms:
    return Terms(
        form.integer("members") if form["members"] else None,
        form.integer("inhabitants") if form["inhabitants"] else None,
        form.money("cost", currency).amount if form["cost"] else None,
    )


@post(
    "/office/offers/{offer_id:uuid}/pledges",
    name="pledge-make",
    opt={"mutation": "makePledge"},
    status_code=303,
)
async def make(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Pledge."""

    async def act(uow: UnitOfWork, form: Form) -> None:
        offer = await offers.offer_of(uow, offer_id)
        await service.make(
            uow,
            host,
            offer_id=offer_id,
            member_id=acting_for(caller),
            terms=_terms(form, offer.plan.currency),
            expires_on=day_named(form["expires_on"], "expires_on"),
            settings_values=form,
            forecast=form,
            accepts=accepted(form),
            idempotency_key=form["idempotency_key"] or None,
        )

    return await acted(
        request,
        host,
        caller,
        act,
        again=lambda form: _page(request, host, caller, offer_id, form),
        to=f"/office/offers/{offer_id}/pledges",
        done=Flash(
            "success",
            gettext("Your pledge is noted."),
            gettext("Nothing costs you anything until its condition is met."),
        ),
    )


@post(
    "/office/pledges/{pledge_id:uuid}/withdraw",
    name="pledge-withdraw",
    opt={"mutation": "withdrawPledge"},
    status_code=303,
)
async def withdraw(
    request: ArengoRequest, host: FromHost, caller: FromCaller, pledge_id: FromPath[UUID]
) -> Redirect:
    """Take a pledge back."""
    caller.require_signed_in()
    async with host.unit_of_work(caller) as uow:
        pledge = await service.withdraw(uow, pledge_id=pledge_id)
    done = Flash("success", gettext("Your pledge is withdrawn."))
    return redirect(request, f"/office/offers/{pledge.offer_id}/pledges", done)


ROUTES: list[Any] = [board_page, make, withdraw]
