"""Desk pages of products: the list, a new one, one with its kinds, stock and photos."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.api.connection import encode_cursor
from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_core.web.slots import SlotAt
from arengo_storefront.base import in_language
from arengo_storefront.catalogue import service
from arengo_storefront.catalogue.models import VAT_RATES, ProductState
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.contract import DESK_PRODUCT_SLOT
from arengo_storefront.desk.access import merchant_of
from arengo_storefront.desk.product_forms import (
    read_draft,
    refuse_missing,
    rows_of,
    typed,
)
from arengo_storefront.desk.uploads import photo_of
from arengo_storefront.media import service as media
from arengo_storefront.paging import place_by_name
from arengo_storefront.shops import repository as shops

PAGE = 30


def _address(product_id: UUID) -> str:
    return f"/desk/products/{product_id}"


@get("/desk/products", name="desk-products")
async def products(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The merchant's products, by name."""
    merchant = merchant_of(caller)
    asked = {
        name: request.query_params.get(name, "").replace("\x00", "").strip()[:100]
        for name in ("state", "q")
    }
    if asked["state"] not in set(ProductState):
        asked["state"] = ""
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await repository.products_page(
            uow.session,
            merchant,
            state=asked["state"],
            text=asked["q"],
            after=place_by_name(request.query_params.get("after")),
            limit=PAGE + 1,
        )
        shown = rows[:PAGE]
        ids = [row.id for row in shown]
        variants = await repository.variants_of(uow.session, merchant, ids)
        last = shown[-1] if len(rows) > PAGE else None
        kept = {name: value for name, value in asked.items() if value}
        return await page(
            request,
            uow,
            "storefront/desk/products.html",
            face="desk",
            shop=await shops.of_merchant(uow.session, merchant),
            products=shown,
            variants=variants,
            pictures=await repository.pictures_of(uow.session, merchant, ids),
            stock=await repository.counted(
                uow.session, merchant, [row.id for kinds in variants.values() for row in kinds]
            ),
            asked=asked,
            counts=await repository.counts(uow.session, merchant),
            next_page="?" + urlencode({**kept, "after": encode_cursor(last.name_it, last.id)})
            if last
            else "",
            in_language=in_language,
        )


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, product_id: UUID | None, form: Form | None
) -> Response[str]:
    merchant = merchant_of(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        shop = await shops.of_merchant(uow.session, merchant)
        product = await service.owned_product(uow, product_id) if product_id else None
        kinds = (
            (await repository.variants_of(uow.session, merchant, [product.id]))[product.id]
            if product
            else []
        )
        pictures = (
            (await repository.pictures_of(uow.session, merchant, [product.id]))[product.id]
            if product
            else []
        )
        values = typed(product, kinds) if product else {"vat_rate": "22", "kinds": "1"}
        if form is not None:
            values = {**values, **form.fields}
            for box in ("perishable", "made_to_order"):
                values[box] = form[box]
        shown_rows = rows_of(form) if form is not None else max(1, len(kinds))
        return await page(
            request,
            uow,
            "storefront/desk/product.html",
            face="desk",
            status=400 if form and form.errors else 200,
            shop=shop,
            product=product,
            kinds=kinds,
            pictures=pictures,
            stock=await repository.counted(uow.session, merchant, [row.id for row in kinds]),
            tree=await repository.category_tree(uow.session, shop.consortium_id) if shop else None,
            rates=[(str(rate), f"{rate} %") for rate in VAT_RATES],
            values=values,
            errors=form.errors if form else {},
            rows=shown_rows,
            max_pictures=service.MAX_PICTURES,
            in_language=in_language,
            slots=[SlotAt(DESK_PRODUCT_SLOT.key, product.id, [merchant])] if product else [],
        )


@get("/desk/products/new", name="desk-product-new")
async def new_product(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The form for a new product."""
    return await _show(request, host, caller, None, None)


@get("/desk/products/{product_id:uuid}", name="desk-product")
async def product_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, product_id: FromPath[UUID]
) -> Response[str]:
    """A product with its kinds, stock and photos."""
    return await _show(request, host, caller, product_id, None)


def _one_more_row(form: Form) -> bool:
    """Whether the button for another kind was pressed; the form then shows one row more."""
    if form["action"] != "add-kind":
        return False
    form.fields["kinds"] = str(rows_of(form) + 1)
    return True


@post(
    "/desk/products/new",
    name="desk-product-create",
    opt={"mutation": "createProduct"},
    status_code=303,
)
async def create_product(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Keep a new product; publish it at once where that button was pressed."""
    merchant = merchant_of(caller)
    form = await read_form(request)
    if _one_more_row(form):
        return await _show(request, host, caller, None, form)
    try:
        photos = [await photo_of(form, "photo")] if form.files.get("photo") else []
        async with media.written(host, *photos) as written, host.unit_of_work(caller) as uow:
            product = await service.create_product(
                uow,
                organization_id=merchant,
                draft=read_draft(form),
                key=form["idempotency_key"] or None,
            )
            for photo in written:
                await service.add_picture(uow, product_id=product.id, photo=photo)
            if form["action"] == "publish":
                await service.publish_product(uow, product_id=product.id)
    except ArengoError as error:
        form.refuse(error)
        refuse_missing(form)
        return await _show(request, host, caller, None, form)
    said = (
        gettext("{name} is in the market.", name=product.name_it)
        if product.state == ProductState.PUBLISHED.value
        else gettext("{name} is kept as a draft.", name=product.name_it)
    )
    return redirect(request, _address(product.id), Flash("success", said))


@post(
    "/desk/products/{product_id:uuid}",
    name="desk-product-save",
    opt={"mutation": "updateProduct"},
    status_code=303,
)
async def update_product(
    request: ArengoRequest, host: FromHost, caller: FromCaller, product_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Save a product."""
    form = await read_form(request)
    if _one_more_row(form):
        return await _show(request, host, caller, product_id, form)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.update_product(uow, product_id=product_id, draft=read_draft(form))
    except ArengoError as error:
        form.refuse(error)
        refuse_missing(form)
        return await _show(request, host, caller, product_id, form)
    return redirect(
        request, _address(product_id), Flash("success", gettext("The product is changed."))
    )


@post(
    "/desk/products/{product_id:uuid}/publish",
    name="desk-product-publish",
    opt={"mutation": "publishProduct"},
    status_code=303,
)
async def publish(
    request: ArengoRequest, host: FromHost, caller: FromCaller, product_id: FromPath[UUID]
) -> Redirect:
    """Show a product in the market."""
    async with host.unit_of_work(caller) as uow:
        product = await service.publish_product(uow, product_id=product_id)
        name = product.name_it
    return redirect(
        request,
        _address(product_id),
        Flash("success", gettext("{name} is in the market.", name=name)),
    )


@post(
    "/desk/products/{product_id:uuid}/withdraw",
    name="desk-product-withdraw",
    opt={"mutation": "withdrawProduct"},
    status_code=303,
)
async def withdraw(
    request: ArengoRequest, host: FromHost, caller: FromCaller, product_id: FromPath[UUID]
) -> Redirect:
    """Take a product out of the market."""
    async with host.unit_of_work(caller) as uow:
        product = await service.withdraw_product(uow, product_id=product_id)
        name = product.name_it
    said = Flash(
        "info",
        gettext("{name} is out of the market.", name=name),
        gettext("Nobody sees it any more; you can publish it again at any time."),
    )
    return redirect(request, _address(product_id), said)


async def _small_form_failed(
    request: ArengoRequest, host: Host, caller: Caller, product_id: UUID, error: ArengoError
) -> Response[str]:
    """The product as it is, with the error of a small form beside its field."""
    merchant = merchant_of(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        product = await service.owned_product(uow, product_id)
        kinds = (await repository.variants_of(uow.session, merchant, [product.id]))[product.id]
        kept = Form(typed(product, kinds))
    kept.refuse(error)
    return await _show(request, host, caller, product_id, kept)


@post(
    "/desk/products/{product_id:uuid}/stock",
    name="desk-product-stock",
    opt={"mutation": "setStock"},
    status_code=303,
)
async def set_stock(
    request: ArengoRequest, host: FromHost, caller: FromCaller, product_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Note how many pieces of a kind were counted."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.set_stock(
                uow, variant_id=form.uuid("variant"), quantity=form.integer("quantity")
            )
    except ArengoError as error:
        return await _small_form_failed(request, host, caller, product_id, error)
    return redirect(
        request,
        f"{_address(product_id)}#stock",
        Flash("success", gettext("The stock is noted.")),
    )


@post(
    "/desk/products/{product_id:uuid}/photos",
    name="desk-product-photo",
    opt={"mutation": "uploadPicture"},
    status_code=303,
)
async def add_photo(
    request: ArengoRequest, host: FromHost, caller: FromCaller, product_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Put a photo on a product."""
    form = await read_form(request)
    try:
        photo = await photo_of(form, "photo")
        async with media.written(host, photo) as written, host.unit_of_work(caller) as uow:
            await service.add_picture(uow, product_id=product_id, photo=written[0])
    except ArengoError as error:
        return await _small_form_failed(request, host, caller, product_id, error)
    return redirect(
        request,
        f"{_address(product_id)}#photos",
        Flash("success", gettext("The photo is in its place.")),
    )


@post(
    "/desk/products/{product_id:uuid}/photos/{media_id:uuid}/remove",
    name="desk-product-photo-remove",
    opt={"mutation": "removePicture"},
    status_code=303,
)
async def remove_photo(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    product_id: FromPath[UUID],
    media_id: FromPath[UUID],
) -> Redirect:
    """Take a photo off a product."""
    async with host.unit_of_work(caller) as uow:
        await service.remove_picture(uow, product_id=product_id, media_id=media_id)
    return redirect(
        request,
        f"{_address(product_id)}#photos",
        Flash("success", gettext("The photo is removed.")),
    )


@post(
    "/desk/products/{product_id:uuid}/photos/{media_id:uuid}/first",
    name="desk-product-photo-first",
    opt={"mutation": "putPictureFirst"},
    status_code=303,
)
async def photo_first(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    product_id: FromPath[UUID],
    media_id: FromPath[UUID],
) -> Redirect:
    """Let a photo be the one that lists show."""
    async with host.unit_of_work(caller) as uow:
        await service.put_picture_first(uow, product_id=product_id, media_id=media_id)
    return redirect(
        request,
        f"{_address(product_id)}#photos",
        Flash("success", gettext("This photo stands for the product now.")),
    )


ROUTES: list[Any] = [
    products,
    new_product,
    product_page,
    create_product,
    update_product,
    publish,
    withdraw,
    set_stock,
    add_photo,
    remove_photo,
    photo_first,
]
