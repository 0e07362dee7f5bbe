"""Rules of the catalogue: a merchant keeps products, publishes and withdraws them.

Merchants and their clerks may; nothing of another merchant can be reached, as the database
refuses too.
"""

from __future__ import annotations

from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.ids import new_id
from arengo_core.organizations.service import slugify
from arengo_core.plugins import gate
from arengo_storefront.base import SERVICE
from arengo_storefront.catalogue import publishing
from arengo_storefront.catalogue.drafts import ProductDraft, VariantDraft, checked
from arengo_storefront.catalogue.errors import NoProductError
from arengo_storefront.catalogue.models import Product, ProductPicture, ProductState, Variant
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.contract import ProductChanged
from arengo_storefront.media import service as media
from arengo_storefront.permissions import PRODUCTS
from arengo_storefront.shops.models import Shop
from arengo_storefront.shops.service import require_shop
from arengo_storefront.stock import service as stock

MAX_PICTURES = 8


async def create_product(
    uow: UnitOfWork, *, organization_id: UUID, draft: ProductDraft, key: str | None = None
) -> Product:
    """Keep a new product as a draft; the same ``key`` again answers the first one."""
    shop = await require_shop(uow, organization_id, PRODUCTS)
    await gate.require_active(uow.session, SERVICE, organization_id)
    values = checked(draft)
    known = await idempotency.first_answer(uow, "storefront.create_product", key)
    if known is not None:
        return await owned_product(uow, known)
    await _check_category(uow, shop, draft.category_id)
    product = Product(
        id=new_id(),
        organization_id=organization_id,
        shop_id=shop.id,
        slug=await _free_slug(uow, organization_id, values.name_it),
    )
    _write(product, values)
    uow.session.add(product)
    await uow.session.flush()
    await _write_variants(uow, product, values, {})
    uow.audit(organization_id, "product.created", "Product", product.id)
    await idempotency.remember(uow, "storefront.create_product", key, product.id)
    return product


async def update_product(uow: UnitOfWork, *, product_id: UUID, draft: ProductDraft) -> Product:
    """Change a product; a published one is shown changed at once."""
    product = await owned_product(uow, product_id)
    shop = await require_shop(uow, product.organization_id)
    values = checked(draft)
    await _check_category(uow, shop, draft.category_id)
    _write(product, values)
    product.version += 1
    found = await repository.variants_of(uow.session, product.organization_id, [product.id])
    await _write_variants(uow, product, values, {row.id: row for row in found[product.id]})
    await _follow(uow, shop, product)
    uow.audit(product.organization_id, "product.changed", "Product", product.id)
    return product


async def publish_product(uow: UnitOfWork, *, product_id: UUID) -> Product:
    """Show a product in the market."""
    product = await owned_product(uow, product_id)
    shop = await require_shop(uow, product.organization_id)
    await gate.require_active(uow.session, SERVICE, product.organization_id)
    await _check_category(uow, shop, product.category_id)
    if product.state != ProductState.PUBLISHED.value:
        product.state = ProductState.PUBLISHED.value
        product.published_at = product.published_at or clock.now()
        product.version += 1
        await _follow(uow, shop, product)
        uow.audit(product.organization_id, "product.published", "Product", product.id)
    return product


async def withdraw_product(uow: UnitOfWork, *, product_id: UUID) -> Product:
    """Take a product out of the market; orders that have it are not touched."""
    product = await owned_product(uow, product_id)
    if product.state != ProductState.PUBLISHED.value:
        raise ConflictError("This product is not published.")
    product.state = ProductState.WITHDRAWN.value
    product.version += 1
    await uow.session.flush()
    await publishing.unlist(uow, product)
    uow.record(ProductChanged(product.organization_id, product.id, published=False))
    uow.audit(product.organization_id, "product.withdrawn", "Product", product.id)
    return product


async def set_stock(uow: UnitOfWork, *, variant_id: UUID, quantity: int) -> Product:
    """The merchant counted: so many pieces of a variant are on hand."""
    variant = await repository.variant(uow.session, variant_id)
    if variant is None:
        raise NoProductError
    product = await owned_product(uow, variant.product_id)
    await stock.set_level(
        uow,
        variant_id=variant_id,
        organization_id=product.organization_id,
        quantity=quantity,
        reason="counted",
    )
    return product


async def add_picture(
    uow: UnitOfWork,
    *,
    product_id: UUID,
    photo: media.WrittenPhoto,
    alt_it: str = "",
    alt_en: str = "",
) -> UUID:
    """Put a photo after a product's others; the photo's id."""
    product = await owned_product(uow, product_id)
    shop = await require_shop(uow, product.organization_id)
    await gate.require_active(uow.session, SERVICE, product.organization_id)
    present = await _pictures(uow, product)
    media_id = await media.store(uow, product.organization_id, photo)
    if any(picture.media_id == media_id for picture in present):
        return media_id
    if len(present) >= MAX_PICTURES:
        raise ConflictError(
            "A product has at most {limit} photos: remove one first.",
            field="photo",
            limit=MAX_PICTURES,
        )
    uow.session.add(
        ProductPicture(
            organization_id=product.organization_id,
            product_id=product.id,
            media_id=media_id,
            position=max((picture.position for picture in present), default=-1) + 1,
            alt_it=alt_it.strip()[:200],
            alt_en=alt_en.strip()[:200],
        )
    )
    await _follow(uow, shop, product)
    return media_id


async def remove_picture(uow: UnitOfWork, *, product_id: UUID, media_id: UUID) -> Product:
    """Take a photo off a product."""
    product = await owned_product(uow, product_id)
    shop = await require_shop(uow, product.organization_id)
    picture = await _picture(uow, product, media_id)
    await uow.session.delete(picture)
    await _follow(uow, shop, product)
    await media.remove_unused(uow, product.organization_id, [media_id])
    return product


async def put_picture_first(uow: UnitOfWork, *, product_id: UUID, media_id: UUID) -> Product:
    """Let a photo be the one that lists show."""
    product = await owned_product(uow, product_id)
    shop = await require_shop(uow, product.organization_id)
    chosen = await _picture(uow, product, media_id)
    others = [row for row in await _pictures(uow, product) if row is not chosen]
    for position, picture in enumerate([chosen, *others]):
        picture.position = position
    await _follow(uow, shop, product)
    return product


async def owned_product(uow: UnitOfWork, product_id: UUID) -> Product:
    """A product that the caller may edit. NoProductError for any other."""
    product = await repository.product(uow.session, product_id)
    if product is None or not uow.caller.may(product.organization_id, PRODUCTS):
        raise NoProductError
    return product


async def _follow(uow: UnitOfWork, shop: Shop, product: Product) -> None:
    """Let the listing say what the product says now."""
    await uow.session.flush()
    if product.state == ProductState.PUBLISHED.value:
        await publishing.relist(uow, shop, [product])
        uow.record(ProductChanged(product.organization_id, product.id, published=True))


async def _check_category(uow: UnitOfWork, shop: Shop, category_id: UUID) -> None:
    row = await repository.category(uow.session, category_id)
    if row is None or row.organization_id != shop.consortium_id:
        raise InvalidInputError("Choose a category of the list.", field="category_id")


async def _free_slug(uow: UnitOfWork, organization_id: UUID, name: str) -> str:
    base = slugify(name)
    taken = await repository.slugs_like(uow.session, organization_id, base)
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)


def _write(product: Product, draft: ProductDraft) -> None:
    product.name_it, product.name_en = draft.name_it, draft.name_en
    product.description_it, product.description_en = draft.description_it, draft.description_en
    product.category_id, product.vat_rate = draft.category_id, draft.vat_rate
    product.perishable, product.made_to_order = draft.perishable, draft.made_to_order


async def _write_variants(
    uow: UnitOfWork, product: Product, draft: ProductDraft, known: dict[UUID, Variant]
) -> None:
    first_counts: dict[UUID, int] = {}
    kept: set[UUID] = set()
    for position, typed in enumerate(draft.variants):
        if typed.sku and await repository.sku_taken(
            uow.session, product.organization_id, typed.sku, known
        ):
            raise ConflictError(
                "Another product has this article number.", field=f"variant_{position}_sku"
            )
        row = _variant_row(product, typed, known, position)
        if row.id not in known:
            uow.session.add(row)
            first_counts[row.id] = typed.stock
        row.position, row.sku, row.price = position, typed.sku, typed.price
        row.name_it, row.name_en = typed.name_it, typed.name_en
        row.weight_grams = typed.weight_grams
        kept.add(row.id)
    for variant_id, row in known.items():
        if variant_id not in kept:
            await uow.session.delete(row)
    await uow.session.flush()
    await stock.count(
        uow, first_counts, organization_id=product.organization_id, reason="first count"
    )


def _variant_row(
    product: Product, typed: VariantDraft, known: dict[UUID, Variant], position: int
) -> Variant:
    if typed.id is None:
        return Variant(id=new_id(), organization_id=product.organization_id, product_id=product.id)
    if typed.id not in known:
        raise InvalidInputError("There is no such kind.", field=f"variant_{position}_name_it")
    return known[typed.id]


async def _pictures(uow: UnitOfWork, product: Product) -> list[ProductPicture]:
    found = await repository.pictures_of(uow.session, product.organization_id, [product.id])
    return found[product.id]


async def _picture(uow: UnitOfWork, product: Product, media_id: UUID) -> ProductPicture:
    for picture in await _pictures(uow, product):
        if picture.media_id == media_id:
            return picture
    raise NoProductError
