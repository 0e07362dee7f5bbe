"""A merchant keeps products; nobody else does; publishing shows them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update

from arengo_core.caller import ANONYMOUS, Caller, Role
from arengo_core.errors import (
    ArengoError,
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
)
from arengo_core.ids import new_id
from arengo_core.plugins import gate
from arengo_core.plugins.models import ActiveService
from arengo_storefront.catalogue import categories, service
from arengo_storefront.catalogue.categories import CategoryDetails
from arengo_storefront.catalogue.drafts import ProductDraft, VariantDraft, checked
from arengo_storefront.catalogue.metering import read_products
from arengo_storefront.catalogue.models import Listing, ListingVariant, Product, Variant
from arengo_storefront.catalogue.publishing import fold
from arengo_storefront.catalogue.repository import listings
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.contract import Catalogue
from arengo_storefront.media import images
from arengo_storefront.media import service as media


def draft(category_id, **values) -> ProductDraft:
    made = ProductDraft(
        name_it="Bitto d'alpe",
        category_id=category_id,
        vat_rate=4,
        variants=[
            VariantDraft(name_it="300 g", price=990, stock=4),
            VariantDraft(name_it="1 kg", price=2900, stock=0),
        ],
    )
    return replace(made, **values)


async def category_of(host, valley):
    async with host.unit_of_work() as uow:
        tree = await repository.category_tree(uow.session, valley.consortium.id)
    return tree.by_slug("formaggi-e-latticini").id


async def keep(host, valley, caller, **values) -> Product:
    async with host.unit_of_work(caller) as uow:
        return await service.create_product(
            uow,
            organization_id=valley.dairy.id,
            draft=draft(await category_of(host, valley), **values),
        )


async def listed(host, product_id):
    async with host.unit_of_work() as uow:
        return await listings.by_id(uow.session, product_id)


async def test_a_draft_is_nobody_elses_business_until_it_is_published(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    product = await keep(host, valley, owner)
    assert product.state == "draft"
    assert await listed(host, product.id) is None
    for stranger in (ANONYMOUS, await caller_for(valley.bakery.person)):
        async with host.unit_of_work(stranger) as uow:
            assert await uow.session.get(Product, product.id) is None
            for table in (Product, Variant):
                seen = await uow.session.scalar(
                    select(func.count())
                    .select_from(table)
                    .where(table.organization_id == valley.dairy.id)
                )
                assert seen == 0

    async with host.unit_of_work(owner) as uow:
        await service.publish_product(uow, product_id=product.id)
    shown = await listed(host, product.id)
    assert (shown.price_from, shown.price_to, shown.in_stock) == (990, 2900, True)
    assert shown.shop_name == "Latteria Prova"
    async with host.unit_of_work() as uow:
        kinds = (await listings.variants(uow.session, [product.id]))[product.id]
    assert [(kind.name_it, kind.available) for kind in kinds] == [("300 g", 4), ("1 kg", 0)]


async def test_another_merchant_changes_nothing_whatever_it_tries(host, valley, caller_for):
    other = await caller_for(valley.bakery.person)
    cheese = valley.cheese.product_id
    category_id = await category_of(host, valley)
    attempts = [
        lambda uow: service.update_product(uow, product_id=cheese, draft=draft(category_id)),
        lambda uow: service.withdraw_product(uow, product_id=cheese),
        lambda uow: service.publish_product(uow, product_id=cheese),
        lambda uow: service.set_stock(uow, variant_id=valley.cheese.variant_id, quantity=0),
        lambda uow: service.remove_picture(uow, product_id=cheese, media_id=new_id()),
        lambda uow: service.create_product(
            uow, organization_id=valley.dairy.id, draft=draft(category_id)
        ),
    ]
    for caller in (other, ANONYMOUS):
        for attempt in attempts:
            with pytest.raises(ArengoError) as caught:
                async with host.unit_of_work(caller) as uow:
                    await attempt(uow)
            assert caught.value.status in {401, 403, 404}
    async with host.unit_of_work(other) as uow:
        for table in (Listing, ListingVariant):
            mine = table.organization_id == valley.dairy.id
            changed = await uow.session.execute(update(table).where(mine).values(name_it="Mio"))
            gone = await uow.session.execute(delete(table).where(mine))
            assert (changed.rowcount, gone.rowcount) == (0, 0)
    shown = await listed(host, cheese)
    assert (shown.name_it, shown.in_stock) == ("Formaggio Prova", True)


async def test_a_clerk_keeps_products_and_a_municipal_officer_does_not(
    host, valley, caller_for, make_user
):
    clerk = await caller_for(await make_user((valley.dairy.id, Role.CLERK)))
    assert (await keep(host, valley, clerk)).name_it == "Bitto d'alpe"
    officer = await caller_for(valley.consortium.lead_officer)
    with pytest.raises(ForbiddenError):
        await keep(host, valley, officer)


async def test_what_is_published_follows_each_change_and_its_withdrawal(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    product_id = valley.cheese.product_id
    async with host.unit_of_work(owner) as uow:
        await service.update_product(
            uow,
            product_id=product_id,
            draft=draft(
                await category_of(host, valley),
                name_it="Formaggio nuovo",
                variants=[VariantDraft(id=valley.cheese.variant_id, price=1500)],
            ),
        )
    shown = await listed(host, product_id)
    assert (shown.name_it, shown.price_from, shown.in_stock) == ("Formaggio nuovo", 1500, True)
    assert await valley.left(valley.cheese) == (20, 0), "saving a product counts nothing"

    async with host.unit_of_work(owner) as uow:
        await service.set_stock(uow, variant_id=valley.cheese.variant_id, quantity=0)
    assert not (await listed(host, product_id)).in_stock

    async with host.unit_of_work(owner) as uow:
        await service.withdraw_product(uow, product_id=product_id)
    assert await listed(host, product_id) is None
    async with host.unit_of_work(owner) as uow:
        assert (await uow.session.get(Product, product_id)).state == "withdrawn"
        with pytest.raises(ConflictError):
            await service.withdraw_product(uow, product_id=product_id)


async def test_a_kind_left_out_goes_and_a_foreign_one_is_refused(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    product = await keep(host, valley, owner)
    category_id = await category_of(host, valley)
    async with host.unit_of_work(owner) as uow:
        kinds = (await repository.variants_of(uow.session, valley.dairy.id, [product.id]))[
            product.id
        ]
        await service.update_product(
            uow,
            product_id=product.id,
            draft=draft(
                category_id,
                variants=[VariantDraft(id=kinds[1].id, price=2800)],
            ),
        )
    async with host.unit_of_work(owner) as uow:
        left = (await repository.variants_of(uow.session, valley.dairy.id, [product.id]))[
            product.id
        ]
        assert [(row.id, row.price, row.position) for row in left] == [(kinds[1].id, 2800, 0)]
        with pytest.raises(InvalidInputError, match="no such kind"):
            await service.update_product(
                uow,
                product_id=product.id,
                draft=draft(
                    category_id, variants=[VariantDraft(id=valley.bread.variant_id, price=5)]
                ),
            )


async def test_the_same_key_keeps_one_product(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    category_id = await category_of(host, valley)
    made = []
    for _ in range(2):
        async with host.unit_of_work(owner) as uow:
            product = await service.create_product(
                uow,
                organization_id=valley.dairy.id,
                draft=draft(category_id),
                key="twice-the-same",
            )
            made.append(product.id)
    assert made[0] == made[1]


async def test_names_may_repeat_and_addresses_do_not(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    slugs = [(await keep(host, valley, owner)).slug for _ in range(3)]
    assert slugs == ["bitto-d-alpe", "bitto-d-alpe-2", "bitto-d-alpe-3"]


async def test_an_article_number_is_one_products_alone(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    await keep(host, valley, owner, variants=[VariantDraft(price=100, sku="A-1")])
    with pytest.raises(ConflictError) as caught:
        await keep(host, valley, owner, variants=[VariantDraft(price=100, sku="A-1")])
    assert caught.value.field == "variant_0_sku"


async def test_nothing_new_begins_without_an_active_storefront(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    product = await keep(host, valley, owner)
    async with host.unit_of_work() as uow:
        for activation_id in await uow.session.scalars(_activations(valley.dairy.id)):
            await gate.close_gate(uow.session, activation_id)
    with pytest.raises(NotFoundError, match="not active"):
        await keep(host, valley, owner)
    async with host.unit_of_work(owner) as uow:
        with pytest.raises(NotFoundError, match="not active"):
            await service.publish_product(uow, product_id=product.id)
    assert await listed(host, valley.cheese.product_id) is None
    async with host.unit_of_work() as uow:
        with pytest.raises(NotFoundError):
            await host.capability(uow, Catalogue, valley.dairy.id)
    async with host.unit_of_work(owner) as uow:
        await service.withdraw_product(uow, product_id=valley.cheese.product_id)


def _activations(organization_id):
    return select(ActiveService.activation_id).where(
        ActiveService.organization_id == organization_id
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name_it": "  "}, "name_it"),
        ({"name_it": "x" * 121}, "name_it"),
        ({"vat_rate": 19}, "vat_rate"),
        ({"variants": []}, "variants"),
        ({"variants": [VariantDraft(price=0)]}, "variant_0_price"),
        ({"variants": [VariantDraft(price=-5)]}, "variant_0_price"),
        ({"variants": [VariantDraft(price=5, weight_grams=-1)]}, "variant_0_weight"),
        (
            {"variants": [VariantDraft(price=5, name_it="a"), VariantDraft(price=5)]},
            "variant_1_name_it",
        ),
        (
            {"variants": [VariantDraft(price=5, name_it="A"), VariantDraft(price=5, name_it="a")]},
            "variant_1_name_it",
        ),
        (
            {
                "variants": [
                    VariantDraft(price=5, name_it="a", sku="1"),
                    VariantDraft(price=5, name_it="b", sku="1"),
                ]
            },
            "variant_1_sku",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(values, field):
    with pytest.raises(InvalidInputError) as caught:
        checked(draft(new_id(), **values))
    assert caught.value.field == field


async def test_a_category_of_another_market_is_refused(host, valley, caller_for, make_valley):
    elsewhere = await category_of(host, await make_valley())
    owner = await caller_for(valley.dairy.person)
    async with host.unit_of_work(owner) as uow:
        with pytest.raises(InvalidInputError) as caught:
            await service.create_product(
                uow, organization_id=valley.dairy.id, draft=draft(elsewhere)
            )
    assert caught.value.field == "category_id"


async def test_photos_keep_their_order_and_the_first_one_stands_for_the_product(
    host, valley, caller_for, make_photo
):
    owner = await caller_for(valley.dairy.person)
    product_id = valley.cheese.product_id
    ids = []
    for colour in ((9, 9, 9), (200, 0, 0)):
        prepared = images.prepare_now(make_photo(colour=colour))
        async with media.written(host, prepared) as (photo,), host.unit_of_work(owner) as uow:
            ids.append(await service.add_picture(uow, product_id=product_id, photo=photo))
    assert (await listed(host, product_id)).pictures == tuple(ids)
    async with host.unit_of_work(owner) as uow:
        await service.put_picture_first(uow, product_id=product_id, media_id=ids[1])
    shown = await listed(host, product_id)
    assert (shown.picture_id, shown.pictures) == (ids[1], (ids[1], ids[0]))
    async with host.unit_of_work(owner) as uow:
        await service.remove_picture(uow, product_id=product_id, media_id=ids[1])
    assert (await listed(host, product_id)).pictures == (ids[0],)
    assert await media.content(host, ids[1], small=True) is None
    assert await media.content(host, ids[0], small=True)


async def test_a_changed_category_is_written_into_the_listings_of_all_shops(
    host, valley, caller_for
):
    officer = await caller_for(valley.consortium.officer)
    async with host.unit_of_work(officer) as uow:
        row = await categories.save_category(
            uow, consortium_id=valley.consortium.id, details=CategoryDetails(name_it="Malghe")
        )
    goods = await valley.sell(valley.dairy, "Ricotta")
    owner = await caller_for(valley.dairy.person)
    async with host.unit_of_work(owner) as uow:
        await service.update_product(
            uow,
            product_id=goods.product_id,
            draft=draft(
                row.id, name_it="Ricotta", variants=[VariantDraft(id=goods.variant_id, price=1)]
            ),
        )
    async with host.unit_of_work(officer) as uow:
        await categories.save_category(
            uow,
            consortium_id=valley.consortium.id,
            category_id=row.id,
            details=CategoryDetails(name_it="Alpeggi"),
        )
        with pytest.raises(ConflictError):
            await categories.remove_category(
                uow, consortium_id=valley.consortium.id, category_id=row.id
            )
    async with host.unit_of_work() as uow:
        words = await uow.session.scalar(
            select(Listing.words).where(Listing.id == goods.product_id)
        )
    assert "Alpeggi" in words
    assert "Malghe" not in words
    with pytest.raises(ForbiddenError):
        async with host.unit_of_work(owner) as uow:
            await categories.remove_category(
                uow, consortium_id=valley.consortium.id, category_id=row.id
            )


async def test_other_plugins_get_published_products(host, valley):
    async with host.unit_of_work() as uow:
        capability = await host.capability(uow, Catalogue, valley.dairy.id)
        found = await capability.products([valley.cheese.product_id, new_id()])
    assert [view.price.amount for view in found.values()] == [1250]


async def test_the_meter_reads_each_merchants_products_once_a_day(host, valley):
    await valley.sell(valley.dairy, "Ricotta")
    await read_products(host, {})
    await read_products(host, {})
    counted = text(
        "select sum(quantity) from marketplace.usage_record"
        " where organization_id = :merchant and meter = 'storefront.products'"
    )
    async with host.unit_of_work(Caller.program([valley.dairy.id, valley.bakery.id])) as uow:
        quantities = [
            await uow.session.scalar(counted, {"merchant": merchant.id})
            for merchant in (valley.dairy, valley.bakery)
        ]
    assert quantities == [2, 1]


@given(st.text(max_size=80))
def test_folding_leaves_ascii_words_and_is_stable(words):
    folded = fold(words)
    assert folded.isascii()
    assert folded == fold(folded)
