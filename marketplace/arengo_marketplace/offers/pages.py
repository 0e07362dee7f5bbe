"""The office's pages on offers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.plugins.manifest import Service
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.members import charter
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.offers import (
    fee_form,
    price_form,
    repository,
    rule_form,
    rule_view,
    service,
)
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.rule_choices import choices_in
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.offers.wording import BEARERS, plan_in_words
from arengo_marketplace.permissions import OFFERS
from arengo_marketplace.pledges import board as pledges
from arengo_marketplace.titles import service_title


@get("/office/offers", name="offers")
async def offers_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What the consortium offers, and which services it could."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        rows = await repository.of_consortium(uow.session, consortium_id, withdrawn=True)
        running = await activations.of_consortium(uow.session, consortium_id, ["active"])
        pledged = await pledges.counts(uow, consortium_id)
        boards = {
            row.id: await pledges.board(uow, host, row.id) for row in rows if pledged.get(row.id)
        }
        keys = allocation_keys(host.registry, host.guard)
        offered = {row.service for row in rows if row.published}
        return await page(
            request,
            uow,
            "marketplace/offers/list.html",
            face="office",
            offers=[
                {
                    "offer": row,
                    "title": service_title(host.registry, row.service),
                    "rule": rule_in_words(row.rule(keys), host.registry, row.plan.currency),
                    "plan": plan_in_words(row.plan, host.registry),
                    "bearers": gettext(BEARERS[row.cost_bearers]),
                    "active": sum(one.offer_id == row.id for one in running),
                    "pledges": pledged.get(row.id, 0),
                    "board": boards.get(row.id),
                }
                for row in rows
            ],
            services=[
                (one, gettext(one.title), gettext(one.description))
                for one in service.services(host.registry)
                if one.key not in offered
            ],
        )


async def _form(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    described: Service,
    form: Form | None,
    offer_id: UUID | None = None,
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        offer = await service.offer_of(uow, offer_id) if offer_id else None
        keys = allocation_keys(host.registry, host.guard)
        rule = (
            offer.rule(keys)
            if offer
            else CostRule.from_json(await charter.default_rule(uow, consortium_id), keys)
        )
        values = _values(described, offer)
        bearers = (form or values)["cost_bearers"]
        choices = await choices_in(uow, host, consortium_id, bearers)
        used = offer is not None and await service.is_used(uow, offer)
        return await page(
            request,
            uow,
            "marketplace/offers/form.html",
            face="office",
            status=400 if form and form.errors else 200,
            service=described,
            title=gettext(described.title),
            offer=offer,
            used=used,
            plan=plan_in_words(offer.plan, host.registry) if offer else [],
            rule_fields=rule_view.shown(choices, rule, values, form),
            values=values,
            errors=form.errors if form else {},
            serves_merchants=OrganizationKind.MERCHANT in described.serves,
            bearers=[(key, gettext(label)) for key, label in BEARERS.items()],
            meters=[(meter.key, gettext(meter.title)) for meter in described.meters],
            tiers=price_form.choices(described),
        )


def _values(described: Service, offer: Offer | None) -> dict[str, str]:
    if offer is None:
        return {"cost_bearers": "municipalities"}
    return {
        **fee_form.values_of(offer.fees),
        **price_form.values_of(offer.plan, described),
        "cost_bearers": offer.cost_bearers,
        "needs_approval": "yes" if offer.needs_approval else "",
        "covers_merchants": "yes" if offer.covers_merchants else "",
        "note": offer.note,
    }


async def _terms(
    uow: UnitOfWork, host: Host, form: Form, described: Service, *, with_price: bool = True
) -> dict[str, Any]:
    choices = await choices_in(uow, host, await office_of(uow), form["cost_bearers"])
    rule = rule_form.rule_of(form, choices)
    return {
        "price_plan": price_form.plan_of(form, described) if with_price else None,
        "cost_rule": rule.to_json() if rule else None,
        "cost_bearers": form["cost_bearers"] or "municipalities",
        "needs_approval": form.flag("needs_approval"),
        "covers_merchants": form.flag("covers_merchants"),
        "fees": fee_form.fees_of(form, described),
        "note": form["note"],
    }


@get("/office/offers/new/{key:str}", name="offer-new")
async def new_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Response[str]:
    """The form to put a service up."""
    caller.require_signed_in()
    described = service.service_of(host.registry, key)
    return await _form(request, host, caller, described, None)


@post(
    "/office/offers/new/{key:str}",
    name="offer-create",
    opt={"mutation": "createOffer"},
    status_code=303,
)
async def create(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Response[Any] | Redirect:
    """Put a service up."""
    caller.require_signed_in()
    form = await read_form(request)
    described = service.service_of(host.registry, key)
    if rule_form.asks_rows(form):
        return await _form(request, host, caller, described, form)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.create(
                uow,
                host,
                consortium_id=await office_of(uow),
                service=key,
                **await _terms(uow, host, form, described),
            )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _form(request, host, caller, described, form)
    done = Flash(
        "success",
        gettext("The service is on offer."),
        gettext("Members see it in their catalogue, with what it would cost each."),
    )
    return redirect(request, "/office/offers", done)


@get("/office/offers/{offer_id:uuid}", name="offer")
async def offer_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[str]:
    """The form to change an offer."""
    caller.require_signed_in()
    described = await _service_of(host, caller, offer_id)
    return await _form(request, host, caller, described, None, offer_id)


async def _service_of(host: Host, caller: Caller, offer_id: UUID) -> Service:
    async with host.unit_of_work(caller, read_only=True) as uow:
        offer = await service.offer_of(uow, offer_id)
        caller.require(offer.organization_id, OFFERS)
    return service.service_of(host.registry, offer.service)


@post(
    "/office/offers/{offer_id:uuid}",
    name="offer-change",
    opt={"mutation": "changeOffer"},
    status_code=303,
)
async def change(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Change an offer's terms."""
    caller.require_signed_in()
    form = await read_form(request)
    described = await _service_of(host, caller, offer_id)
    if rule_form.asks_rows(form):
        return await _form(request, host, caller, described, form, offer_id)
    try:
        async with host.unit_of_work(caller) as uow:
            offer = await service.offer_of(uow, offer_id)
            priced = not await service.is_used(uow, offer)
            terms = await _terms(uow, host, form, described, with_price=priced)
            await service.change(uow, host, offer_id=offer_id, **terms)
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _form(request, host, caller, described, form, offer_id)
    done = Flash(
        "success",
        gettext("The terms are saved."),
        gettext("They hold for every month that is not settled yet."),
    )
    return redirect(request, "/office/offers", done)


@post(
    "/office/offers/{offer_id:uuid}/withdraw",
    name="offer-withdraw",
    opt={"mutation": "withdrawOffer"},
    status_code=303,
)
async def withdraw(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Redirect:
    """Withdraw an offer."""
    caller.require_signed_in()
    async with host.unit_of_work(caller) as uow:
        await service.withdraw(uow, offer_id=offer_id)
    done = Flash(
        "success",
        gettext("The offer is withdrawn."),
        gettext("Members who have it keep it until they end it."),
    )
    return redirect(request, "/office/offers", done)


ROUTES: list[Any] = [offers_page, new_page, create, offer_page, change, withdraw]
