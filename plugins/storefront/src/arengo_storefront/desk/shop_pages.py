"""Desk pages of the shop: the start of the day, opening it, its settings and photos."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.organizations import repository as organizations
from arengo_core.plugins import gate
from arengo_core.web import sites
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_storefront.base import SERVICE, in_language
from arengo_storefront.catalogue.repository import products as catalogue
from arengo_storefront.desk.access import merchant_of
from arengo_storefront.desk.uploads import photo_of
from arengo_storefront.media import service as media
from arengo_storefront.orders import repository as orders
from arengo_storefront.permissions import SHOP
from arengo_storefront.shops import repository, service
from arengo_storefront.shops.hours import weekdays
from arengo_storefront.shops.models import Shop
from arengo_storefront.shops.service import ShopDetails

_TEXTS = (
    "name",
    "trade_it",
    "trade_en",
    "about_it",
    "about_en",
    "notice",
    "conditions",
    "privacy",
    "returns",
    "theme",
)


@get("/desk", name="desk")
async def desk(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The merchant's start: what is to do, and how the shop stands."""
    merchant = merchant_of(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        shop = await repository.of_merchant(uow.session, merchant)
        return await page(
            request,
            uow,
            "storefront/desk/start.html",
            face="desk",
            shop=shop,
            is_active=await gate.is_active(uow.session, SERVICE, merchant),
            counts=await catalogue.counts(uow.session, merchant),
            sold_out=await catalogue.sold_out_count(uow.session, merchant),
            orders=await orders.count_by_state(uow.session, merchant),
            may_manage=caller.may(merchant, SHOP),
            in_language=in_language,
        )


def _themes(host: Host) -> list[tuple[str, str]]:
    """What a shop's theme may be, with titles."""
    choosable = host.state["pages"].themes.choosable()
    own = [(theme.name, theme.title(current_locale())) for theme in choosable]
    return [("", gettext("That of the market")), *own]


def _typed(shop: Shop) -> dict[str, str]:
    values = {name: getattr(shop, name) or "" for name in _TEXTS}
    week = shop.opening_hours or [""] * 7
    return values | {f"hours_{number}": day for number, day in enumerate(week)}


def _details(form: Form) -> ShopDetails:
    days = [form[f"hours_{number}"] for number in range(7)]
    return ShopDetails(opening_hours=days, **{name: form[name] for name in _TEXTS})


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, merchant: UUID, form: Form | None
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        shop = await repository.of_merchant(uow.session, merchant)
        merchant_row = await organizations.get(uow.session, merchant)
        assert merchant_row is not None
        first = {"name": merchant_row.name}
        return await page(
            request,
            uow,
            "storefront/desk/shop.html" if shop else "storefront/desk/open.html",
            face="desk",
            status=400 if form and form.errors else 200,
            shop=shop,
            seller=merchant_row,
            values=dict(form.fields) if form else (_typed(shop) if shop else first),
            errors=form.errors if form else {},
            weekdays=weekdays,
            themes=_themes(host),
            host_name=await sites.name_of(uow, merchant) or "",
            is_active=await gate.is_active(uow.session, SERVICE, merchant),
        )


@get("/desk/shop", name="desk-shop")
async def shop_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The shop's settings; before there is a shop, the form that opens it."""
    return await _show(request, host, caller, merchant_of(caller, SHOP), None)


@post("/desk/shop/open", name="desk-shop-open", opt={"mutation": "openShop"}, status_code=303)
async def open_shop(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Open the shop."""
    merchant = merchant_of(caller, SHOP)
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.open_shop(uow, host, organization_id=merchant, details=_details(form))
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, caller, merchant, form)
    return redirect(
        request,
        "/desk/products/new",
        Flash("success", gettext("Your shop is open."), gettext("Now put in your first product.")),
    )


@post("/desk/shop", name="desk-shop-save", opt={"mutation": "updateShop"}, status_code=303)
async def update_shop(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Save the shop's settings."""
    merchant = merchant_of(caller, SHOP)
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.update_shop(uow, host, organization_id=merchant, details=_details(form))
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, caller, merchant, form)
    return redirect(request, "/desk/shop", Flash("success", gettext("Your shop is changed.")))


@post("/desk/shop/state", name="desk-shop-state", opt={"mutation": "setShopOpen"}, status_code=303)
async def set_open(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Pause the shop, or open it again."""
    merchant = merchant_of(caller, SHOP)
    form = await read_form(request)
    is_open = form.flag("open")
    async with host.unit_of_work(caller) as uow:
        await service.set_open(
            uow, organization_id=merchant, is_open=is_open, notice=form["notice"]
        )
    said = (
        Flash("success", gettext("Your shop takes orders again."))
        if is_open
        else Flash(
            "info",
            gettext("Your shop is paused."),
            gettext("Nobody can order until you open it again; orders you have stay yours to do."),
        )
    )
    return redirect(request, "/desk/shop", said)


@post("/desk/shop/host", name="desk-shop-host", opt={"mutation": "setShopHost"}, status_code=303)
async def set_host(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Give the shop a host name of its own."""
    merchant = merchant_of(caller, SHOP)
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.set_host_name(uow, organization_id=merchant, host_name=form["host"])
    except ArengoError as error:
        return await _again(request, host, caller, merchant, form, error)
    return redirect(request, "/desk/shop", Flash("success", gettext("Your address is changed.")))


@post(
    "/desk/shop/photo",
    name="desk-shop-photo",
    opt={"mutation": "setShopPicture"},
    status_code=303,
)
async def set_photo(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Put or remove the shop's banner or logo."""
    merchant = merchant_of(caller, SHOP)
    form = await read_form(request)
    try:
        photos = [] if form.flag("remove") else [await photo_of(form, form["place"])]
        async with media.written(host, *photos) as written, host.unit_of_work(caller) as uow:
            await service.set_picture(
                uow,
                organization_id=merchant,
                place=form["place"],
                photo=next(iter(written), None),
            )
    except ArengoError as error:
        return await _again(request, host, caller, merchant, form, error)
    return redirect(request, "/desk/shop", Flash("success", gettext("The photo is in its place.")))


async def _again(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    merchant: UUID,
    form: Form,
    error: ArengoError,
) -> Response[str]:
    """The settings as they are, with the error of one of the small forms beside its field."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        shop = await service.require_shop(uow, merchant, SHOP)
    kept = Form({**_typed(shop), **form.fields})
    kept.refuse(error)
    return await _show(request, host, caller, merchant, kept)


ROUTES: list[Any] = [desk, shop_page, open_shop, update_shop, set_open, set_host, set_photo]
