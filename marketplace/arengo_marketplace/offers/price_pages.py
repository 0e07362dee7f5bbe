"""The office's page on the prices of an offer: versions, a preview of a change, its withdrawal."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.offers import price_form, prices, service
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.prices import PriceChange
from arengo_marketplace.offers.wording import plan_in_words
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.titles import service_title


async def _show(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    offer_id: UUID,
    form: Form,
    shown: PriceChange | None = None,
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        offer = await service.own_offer(uow, offer_id)
        described = service.service_of(host.registry, offer.service)
        coming = {one.valid_from: one for one in await prices.coming(uow, host, offer)}
        return await page(
            request,
            uow,
            "marketplace/offers/prices.html",
            face="office",
            status=400 if form.errors else 200,
            offer=offer,
            title=service_title(host.registry, offer.service),
            versions=_versions(host, offer, coming),
            shown=shown,
            new_plan=plan_in_words(shown.plan, host.registry) if shown else [],
            confirmed={**form, "confirmed": "yes"},
            values={
                **price_form.values_of(offer.plan, described),
                "month": f"{prices.next_month().start:%Y-%m}",
                **form,
            },
            errors=form.errors,
            meters=[(meter.key, gettext(meter.title)) for meter in described.meters],
            tiers=price_form.choices(described),
        )


def _versions(host: Host, offer: Offer, coming: dict[date, PriceChange]) -> list[dict[str, Any]]:
    """The latest first, each with its state in words and, before it begins, its effect."""
    days = [date.fromisoformat(one["valid_from"]) for one in offer.prices]
    begun = max((day for day in days if day <= clock.today()), default=days[0])
    return [
        {
            "valid_from": day,
            "month": f"{day:%Y-%m}",
            "state": gettext("To come")
            if day in coming
            else gettext("Valid now")
            if day == begun
            else gettext("Past"),
            "plan": plan_in_words(PricePlan.from_json(one["plan"]), host.registry),
            "note": one["note"],
            "coming": coming.get(day),
        }
        for day, one in reversed(list(zip(days, offer.prices, strict=True)))
    ]


@get("/office/offers/{offer_id:uuid}/prices", name="offer-prices")
async def prices_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[str]:
    """The versions of an offer's price, and the form to change it."""
    caller.require_signed_in()
    return await _show(request, host, caller, offer_id, Form({}))


@post(
    "/office/offers/{offer_id:uuid}/prices",
    name="offer-price-change",
    opt={"mutation": "changePrice"},
    status_code=303,
)
async def change(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Show what a new price changes for each member; once confirmed, make it and tell them."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            offer = await service.own_offer(uow, offer_id)
            described = service.service_of(host.registry, offer.service)
            act = prices.change if form.flag("confirmed") else prices.preview
            made = await act(
                uow,
                host,
                offer_id=offer_id,
                price_plan=price_form.plan_of(form, described),
                month=month_named(form["month"]),
                note=form["note"],
            )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _show(request, host, caller, offer_id, form)
    if not form.flag("confirmed"):
        answer = await _show(request, host, caller, offer_id, form, made)
        answer.status_code = 200
        return answer
    done = Flash(
        "success",
        gettext("The price changes."),
        gettext("{count} members are told by mail.", count=len(made.changes)),
    )
    return redirect(request, f"/office/offers/{offer_id}/prices", done)


@post(
    "/office/offers/{offer_id:uuid}/prices/withdraw",
    name="offer-price-withdraw",
    opt={"mutation": "withdrawPriceChange"},
    status_code=303,
)
async def withdraw(
    request: ArengoRequest, host: FromHost, caller: FromCaller, offer_id: FromPath[UUID]
) -> Redirect:
    """Take back a price that is not valid yet."""
    caller.require_signed_in()
    form = await read_form(request)
    async with host.unit_of_work(caller) as uow:
        await service.own_offer(uow, offer_id)
        await prices.withdraw(uow, host, offer_id=offer_id, month=month_named(form["month"]))
    done = Flash(
        "success",
        gettext("The change is taken back."),
        gettext("The members are told that the price stays."),
    )
    return redirect(request, f"/office/offers/{offer_id}/prices", done)


ROUTES: list[Any] = [prices_page, change, withdraw]
