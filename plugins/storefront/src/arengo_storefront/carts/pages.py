"""Pages of the cart. Everything works without JavaScript and without an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, ConflictError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import catalogue, error_text
from arengo_core.i18n import gettext as _
from arengo_core.identity import repository as links
from arengo_core.ids import digest
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost, site_of
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_storefront.carts import cookies, service
from arengo_storefront.carts.views import CartView
from arengo_storefront.market.site import Market, market_of, market_page

MOVE_LIFE = timedelta(minutes=5)
_PURPOSE = "storefront.cart"


async def market_in(host: Host, uow: UnitOfWork, consortium_id: UUID | None) -> Market | None:
    """The market whose look a page takes; None before the cart has one."""
    return await market_of(host, uow, consortium_id) if consortium_id is not None else None


async def view_in(request: ArengoRequest, uow: UnitOfWork) -> CartView | None:
    """This browser's open cart with its goods; None where there is none."""
    cart_id = cookies.cart_id_in(request)
    if cart_id is None:
        return None
    try:
        cart = await service.reach(uow, cart_id)
    except NotFoundError:
        return None
    return await service.show(uow, cart) if cart.order_id is None else None


@get("/cart", name="cart")
async def cart_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What is in the cart, shop by shop."""
    return await _show(request, host, caller, Form({}))


async def _show(request: ArengoRequest, host: Host, caller: Any, form: Form) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await view_in(request, uow)
        answer = await market_page(
            request,
            uow,
            "storefront/cart/cart.html",
            await market_in(host, uow, view.cart.consortium_id if view else None),
            status=400 if form.errors else 200,
            view=view,
            form=form,
        )
    if view is not None:
        cookies.keep(answer, host, view.id, view.count)
    elif cookies.cart_id_in(request) is not None:
        cookies.forget(answer)
    return answer


@post("/cart/lines", name="cart-add", opt={"mutation": "addToCart"}, status_code=303)
async def add_line(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Put a product into the cart; makes the cart with the first one."""
    form = await read_form(request)
    try:
        variant_id, quantity = form.uuid("variant"), form.integer("quantity", minimum=1)
        try:
            view = await _add(request, host, caller, variant_id, quantity, fresh=False)
        except (NotFoundError, ConflictError) as error:
            if error.field is not None or error.code not in {"CART_ORDERED", "NOT_FOUND"}:
                raise
            view = await _add(request, host, caller, variant_id, quantity, fresh=True)
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    added = Flash("success", _("It is in your cart."), _pieces(view.count))
    answer = redirect(request, "/cart", added)
    cookies.keep(answer, host, view.id, view.count)
    return answer


async def _add(
    request: ArengoRequest,
    host: Host,
    caller: Any,
    variant_id: UUID,
    quantity: int,
    *,
    fresh: bool,
) -> CartView:
    cart_id = None if fresh else cookies.cart_id_in(request)
    async with host.unit_of_work(caller) as uow:
        cart_id = cart_id or await service.create(uow)
        return await service.add(uow, cart_id=cart_id, variant_id=variant_id, quantity=quantity)


def _pieces(count: int) -> str:
    text = catalogue.ngettext("One piece in all.", "{count} pieces in all.", count)
    return text.format(count=count)


@post(
    "/cart/lines/{variant_id:uuid}",
    name="cart-change",
    opt={"mutation": "updateCartLine"},
    status_code=303,
)
async def change_line(
    request: ArengoRequest, host: FromHost, caller: FromCaller, variant_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Change how many pieces of a product."""
    form = await read_form(request)
    try:
        view = await _set(request, host, caller, variant_id, form.integer("quantity"))
    except ArengoError as error:
        form.errors[f"quantity_{variant_id}"] = error_text(error)
        return await _show(request, host, caller, form)
    answer = redirect(request, "/cart")
    cookies.keep(answer, host, view.id, view.count)
    return answer


@post(
    "/cart/lines/{variant_id:uuid}/remove",
    name="cart-remove",
    opt={"mutation": "removeCartLine"},
    status_code=303,
)
async def remove_line(
    request: ArengoRequest, host: FromHost, caller: FromCaller, variant_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Take a product out of the cart."""
    try:
        view = await _set(request, host, caller, variant_id, 0)
    except ArengoError as error:
        return redirect(request, "/cart", Flash("warning", error_text(error)))
    answer = redirect(request, "/cart")
    cookies.keep(answer, host, view.id, view.count)
    return answer


async def _set(
    request: ArengoRequest, host: Host, caller: Any, variant_id: UUID, quantity: int
) -> CartView:
    cart_id = cookies.cart_id_in(request)
    if cart_id is None:
        raise NotFoundError("This cart was cleared away. Begin a new one.")
    async with host.unit_of_work(caller) as uow:
        return await service.set_quantity(
            uow, cart_id=cart_id, variant_id=variant_id, quantity=quantity
        )


async def leave_own_host(request: ArengoRequest, host: Host) -> Redirect | None:
    """On a shop's own address: take the cart along to the market's, by a link good once."""
    cart_id = cookies.cart_id_in(request)
    if site_of(request).organization_id is None or cart_id is None:
        return None
    async with host.unit_of_work() as uow:
        token = await host.identity.make_link(
            uow, purpose=_PURPOSE, subject_id=cart_id, organization_id=None, life=MOVE_LIFE
        )
    return Redirect(host.url(f"/cart/arrive/{token}"), status_code=303)


@get("/cart/arrive/{token:str}", name="cart-arrive")
async def arrive(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Redirect:
    """A cart comes from a shop's own address to be ordered here."""
    here = cookies.cart_id_in(request)
    async with host.unit_of_work(caller) as uow:
        link = await links.take_link(uow.session, digest(token), _PURPOSE, clock.now())
        if link is None:
            raise NotFoundError("This link was used or is over. Go back to the shop's cart.")
        chosen = link.subject_id
        if here is not None and here != chosen:
            chosen = await service.join(uow, arriving_id=chosen, here_id=here)
        view = await service.show(uow, await service.reach(uow, chosen))
    answer = redirect(request, "/checkout")
    cookies.keep(answer, host, view.id, view.count)
    return answer


ROUTES: list[Any] = [cart_page, add_line, change_line, remove_line, arrive]
