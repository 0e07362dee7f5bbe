"""Pages of the checkout: who buys, how it travels, what it costs, and the binding button."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import error_text
from arengo_core.i18n import gettext as _
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.slots import SlotAt
from arengo_marketplace.contract import Marketplace
from arengo_storefront.carts import cookies
from arengo_storefront.carts import service as carts
from arengo_storefront.carts.pages import leave_own_host, market_in, view_in
from arengo_storefront.carts.views import CartView
from arengo_storefront.checkout import paying, service
from arengo_storefront.checkout.draft import draft_of
from arengo_storefront.checkout.service import Placed
from arengo_storefront.checkout.ways import SHOP_KEY, Choice, Way, at_the_shop, ways_for
from arengo_storefront.contract import CONFIRM_SLOT
from arengo_storefront.market.site import market_page
from arengo_storefront.orders.links import secret_of

_CONTACT = ("name", "email", "phone", "street", "postcode", "city", "istat_code", "note")


def _to_cart(request: ArengoRequest) -> Redirect:
    return redirect(request, "/cart", Flash("info", _("Your cart is empty.")))


async def _towns(host: Host, uow: UnitOfWork, view: CartView) -> list[tuple[str, str]]:
    """The municipalities to which couriers may be asked to go."""
    found = await host.continuing(uow, Marketplace).members(
        view.shops[0].consortium_id, OrganizationKind.MUNICIPALITY
    )
    return [(town.istat_code, town.name) for town in found if town.istat_code]


@get("/checkout", name="checkout")
async def contact_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """First step: who buys, and where to."""
    moved = await leave_own_host(request, host)
    return moved or await _contact(request, host, caller, None)


async def _contact(
    request: ArengoRequest, host: Host, caller: Caller, form: Form | None
) -> Response[Any] | Redirect:
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await view_in(request, uow)
        if view is None or not view.shops:
            return _to_cart(request)
        if not view.fits or view.gone:
            changed = _("Something in your cart is not on sale as it was: look at it first.")
            return redirect(request, "/cart", Flash("warning", changed))
        typed = form or Form({name: str(getattr(view.cart, name)) for name in _CONTACT})
        return await market_page(
            request,
            uow,
            "storefront/checkout/contact.html",
            await market_in(host, uow, view.cart.consortium_id),
            status=400 if typed.errors else 200,
            view=view,
            form=typed,
            towns=await _towns(host, uow, view),
        )


@post("/checkout", name="checkout-contact", opt={"mutation": "setCheckout"}, status_code=303)
async def save_contact(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Keep who buys."""
    form = await read_form(request)
    cart_id = cookies.cart_id_in(request)
    if cart_id is None:
        return _to_cart(request)
    given = {name: form[name] for name in _CONTACT}
    for fault in service.contact_faults(given):
        form.refuse(fault)
    if form.errors:
        return await _contact(request, host, caller, form)
    try:
        async with host.unit_of_work(caller) as uow:
            service.keep_contact(await carts.reach_open(uow, cart_id), given)
    except ArengoError as error:
        form.refuse(error)
        return await _contact(request, host, caller, form)
    return redirect(request, "/checkout/delivery")


@get("/checkout/delivery", name="checkout-delivery")
async def delivery_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Second step: how the goods of each shop reach the shopper."""
    return await _delivery(request, host, caller, Form({}))


async def _delivery(
    request: ArengoRequest, host: Host, caller: Caller, form: Form
) -> Response[Any] | Redirect:
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await view_in(request, uow)
        if view is None or not view.shops:
            return _to_cart(request)
        if not view.cart.name:
            return redirect(request, "/checkout")
        merchants = [shop.merchant_id for shop in view.shops]
        consortium_id = view.shops[0].consortium_id
        methods = await paying.methods_for(host, uow, consortium_id, merchants)
        online = any(method.hosted for method in methods)
        ways: dict[UUID, list[Way]] = {}
        if online:
            ways = await ways_for(
                host,
                uow,
                {shop.merchant_id: shop.weight_grams for shop in view.shops},
                consortium_id=consortium_id,
                istat_code=view.cart.istat_code,
            )
        offered = [
            (
                shop,
                ways.get(shop.merchant_id, [at_the_shop()]),
                view.cart.choices.get(str(shop.merchant_id), {}),
            )
            for shop in view.shops
        ]
        return await market_page(
            request,
            uow,
            "storefront/checkout/delivery.html",
            await market_in(host, uow, view.cart.consortium_id),
            status=400 if form.errors else 200,
            view=view,
            form=form,
            offered=offered,
            online=online,
        )


def _choices(form: Form) -> dict[UUID, Choice]:
    """What was ticked: fields ``way_<merchant>`` and ``point_<merchant>_<way>``."""
    found: dict[UUID, Choice] = {}
    for name in form:
        if not name.startswith("way_"):
            continue
        try:
            merchant_id = UUID(name.removeprefix("way_"))
        except ValueError:
            raise InvalidInputError("Choose one of the list.", field=name) from None
        point = f"point_{merchant_id}_{form[name]}"
        found[merchant_id] = Choice(form[name], form.uuid(point) if form[point] else None)
    return found


@post(
    "/checkout/delivery",
    name="checkout-delivery-save",
    opt={"mutation": "setCheckout"},
    status_code=303,
)
async def save_delivery(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Keep how the goods travel."""
    form = await read_form(request)
    cart_id = cookies.cart_id_in(request)
    if cart_id is None:
        return _to_cart(request)
    try:
        choices = _choices(form)
        async with host.unit_of_work(caller) as uow:
            view = await carts.show(uow, await carts.reach_open(uow, cart_id))
            await service.keep_ways(host, uow, view, choices)
    except ArengoError as error:
        form.refuse(error)
        return await _delivery(request, host, caller, form)
    return redirect(request, "/checkout/confirm")


@get("/checkout/confirm", name="checkout-confirm")
async def confirm_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Third step: everything that the law wants seen before the binding button."""
    return await _confirm(request, host, caller, Form({}))


async def _confirm(
    request: ArengoRequest, host: Host, caller: Caller, form: Form
) -> Response[Any] | Redirect:
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await view_in(request, uow)
        if view is None or not view.shops:
            return _to_cart(request)
        try:
            draft = await draft_of(host, uow, view)
            service.check_draft(view.cart, draft)
        except ArengoError as error:
            step = "/checkout" if error.field in _CONTACT else "/checkout/delivery"
            if error.code in {"CART_CHANGED", "CART_EMPTY", "CONFLICT"}:
                step = "/cart"
            return redirect(request, step, Flash("warning", error_text(error)))
        methods = await paying.methods_of(host, uow, draft)
        return await market_page(
            request,
            uow,
            "storefront/checkout/confirm.html",
            await market_in(host, uow, view.cart.consortium_id),
            status=400 if form.errors else 200,
            draft=draft,
            methods=methods,
            form=form,
            shop_key=SHOP_KEY,
            slots=[SlotAt(CONFIRM_SLOT.key, draft.merchants, draft.merchants)],
        )


@post("/checkout/place", name="checkout-place", opt={"mutation": "placeOrder"}, status_code=303)
async def place_order(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """The binding button: place the order, then pay it or be told that it is confirmed."""
    form = await read_form(request)
    cart_id = cookies.cart_id_in(request)
    if cart_id is None:
        return _to_cart(request)
    try:
        expected = form.integer("expected_total")
        async with host.unit_of_work(caller) as uow:
            placed = await service.place(
                host,
                uow,
                cart_id=cart_id,
                method=form["method"],
                accepted=form.flag("accepted"),
                key=form["idempotency_key"],
                expected_total=expected,
            )
    except ArengoError as error:
        form.refuse(error)
        return await _confirm(request, host, caller, form)
    answer = await _after(request, host, caller, placed)
    cookies.forget(answer)
    return answer


async def _after(
    request: ArengoRequest, host: Host, caller: Caller, placed: Placed
) -> Response[Any] | Redirect:
    if placed.payment_id is not None:
        return await to_payment(request, host, caller, placed.order_id, placed.payment_id)
    thanks = Flash(
        "success",
        _("Thank you: the order is confirmed."),
        _("The confirmation is on its way to you by mail."),
    )
    return redirect(request, f"/orders/{placed.secret}", thanks)


async def to_payment(
    request: ArengoRequest, host: Host, caller: Caller, order_id: UUID, payment_id: UUID
) -> Response[Any] | Redirect:
    """Lead the shopper to the gateway's page.

    A page of ours that leads on at once, not a redirect: `form-action 'self'` would stop a
    redirect of our form to another origin, whose name is the gateway's secret until then.
    """
    path = f"/orders/{secret_of(host, order_id)}"
    try:
        url = await paying.open_page(host, payment_id)
    except ArengoError as error:
        return redirect(
            request,
            path,
            Flash("warning", _("The payment page does not open at the moment."), error_text(error)),
        )
    if url is None:
        return redirect(request, path)
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await market_page(
            request, uow, "storefront/checkout/leaving.html", None, url=url, back=path
        )


ROUTES: list[Any] = [
    contact_page,
    save_contact,
    delivery_page,
    save_delivery,
    confirm_page,
    place_order,
]
