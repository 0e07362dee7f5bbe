"""A merchant opens its shop, changes it, pauses it, gives it an address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from arengo_core.errors import ArengoError, ConflictError, InvalidInputError, NotFoundError
from arengo_core.web import sites
from arengo_storefront.catalogue.repository import listings, sales
from arengo_storefront.media import images
from arengo_storefront.shops import hours, repository, service
from arengo_storefront.shops.models import Shop
from arengo_storefront.shops.service import ShopDetails

WEEK = ["", "8:30-12:30 15-19", "8.30 - 12.30", "9-12", "9-12", "9-13", "-"]


@pytest.fixture
def make_seller(host, make_consortium, make_merchant, make_offer, activate, caller_for):
    """A merchant with an active storefront and no shop yet; its caller."""

    async def make(active=True):
        consortium = await make_consortium()
        merchant = await make_merchant(consortium.id, consortium.lead.id)
        if active:
            await activate(merchant.id, await make_offer(consortium.id, "storefront"))
        return merchant, await caller_for(merchant.person)

    return make


async def test_an_admitted_merchant_opens_its_shop(host, app, make_seller):
    merchant, owner = await make_seller()
    async with host.unit_of_work(owner) as uow:
        shop = await service.open_shop(
            uow,
            host,
            organization_id=merchant.id,
            details=ShopDetails(name="Bottega nuova", opening_hours=WEEK, theme="bottega"),
        )
        slug = shop.slug
    async with host.unit_of_work() as uow:
        shown = await repository.shown_by_slug(uow.session, slug)
    assert (shown.name, shown.town, shown.is_open) == (
        "Bottega nuova",
        "Chiesa in Valmalenco",
        True,
    )
    assert shown.opening_hours[1:3] == ["08:30-12:30 15:00-19:00", "08:30-12:30"]
    with pytest.raises(ConflictError):
        async with host.unit_of_work(owner) as uow:
            await service.open_shop(
                uow, host, organization_id=merchant.id, details=ShopDetails(name="Due")
            )


async def test_no_shop_opens_without_an_active_storefront(host, make_seller):
    merchant, owner = await make_seller(active=False)
    with pytest.raises(NotFoundError, match="not active"):
        async with host.unit_of_work(owner) as uow:
            await service.open_shop(
                uow, host, organization_id=merchant.id, details=ShopDetails(name="Bottega")
            )
    async with host.unit_of_work() as uow:
        assert await repository.of_merchant(uow.session, merchant.id) is None


async def test_another_merchant_cannot_touch_a_shop(host, valley, caller_for):
    other = await caller_for(valley.bakery.person)
    shop_id = valley.dairy.id
    attempts = [
        lambda uow: service.update_shop(
            uow, host, organization_id=shop_id, details=ShopDetails(name="Rubato")
        ),
        lambda uow: service.set_open(uow, organization_id=shop_id, is_open=False, notice=""),
        lambda uow: service.set_host_name(uow, organization_id=shop_id, host_name="x.example.it"),
        lambda uow: service.set_picture(uow, organization_id=shop_id, place="logo", photo=None),
    ]
    for attempt in attempts:
        with pytest.raises(ArengoError) as caught:
            async with host.unit_of_work(other) as uow:
                await attempt(uow)
        assert caught.value.status == 403
    async with host.unit_of_work(other) as uow:
        done = await uow.session.execute(
            update(Shop).where(Shop.organization_id == shop_id).values(name="Rubato")
        )
        assert done.rowcount == 0
        assert (await repository.of_merchant(uow.session, shop_id)).name == "Latteria Prova"


async def test_a_new_name_reaches_the_listings(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    async with host.unit_of_work(owner) as uow:
        await service.update_shop(
            uow, host, organization_id=valley.dairy.id, details=ShopDetails(name="Latteria Nuova")
        )
    async with host.unit_of_work() as uow:
        assert (await listings.by_id(uow.session, valley.cheese.product_id)).shop_name == (
            "Latteria Nuova"
        )


async def test_a_paused_shop_sells_nothing(host, valley, caller_for):
    owner = await caller_for(valley.dairy.person)
    async with host.unit_of_work(owner) as uow:
        await service.set_open(
            uow, organization_id=valley.dairy.id, is_open=False, notice="Torno il 7 gennaio"
        )
    async with host.unit_of_work() as uow:
        goods = await sales.sellable(
            uow.session, [valley.cheese.variant_id, valley.bread.variant_id]
        )
    assert not goods[valley.cheese.variant_id].on_sale
    assert goods[valley.bread.variant_id].on_sale


async def test_a_host_name_is_one_shops_alone(host, valley, caller_for):
    name = f"{valley.dairy.id.hex[:12]}.example.it"
    owner, other = await caller_for(valley.dairy.person), await caller_for(valley.bakery.person)
    async with host.unit_of_work(owner) as uow:
        await service.set_host_name(uow, organization_id=valley.dairy.id, host_name=name)
        assert await sites.name_of(uow, valley.dairy.id) == name
    with pytest.raises(ConflictError):
        async with host.unit_of_work(other) as uow:
            await service.set_host_name(uow, organization_id=valley.bakery.id, host_name=name)
    with pytest.raises(InvalidInputError):
        async with host.unit_of_work(other) as uow:
            await service.set_host_name(uow, organization_id=valley.bakery.id, host_name="no name")


async def test_the_photo_that_was_replaced_is_gone(host, valley, caller_for, make_photo):
    from arengo_storefront.media import service as media

    owner = await caller_for(valley.dairy.person)
    shown = []
    for colour in ((1, 2, 3), (200, 100, 50)):
        prepared = images.prepare_now(make_photo(800, 250, colour=colour))
        async with media.written(host, prepared) as (photo,), host.unit_of_work(owner) as uow:
            shop = await service.set_picture(
                uow, organization_id=valley.dairy.id, place="banner", photo=photo
            )
            shown.append(shop.banner_id)
    assert await media.content(host, shown[0], small=True) is None
    assert await media.content(host, shown[1], small=True)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (ShopDetails(name=" "), "name"),
        (ShopDetails(name="x" * 121), "name"),
        (ShopDetails(name="a", theme="no-such"), "theme"),
        (ShopDetails(name="a", theme="base"), "theme"),
        (ShopDetails(name="a", opening_hours=["8-12"]), "opening_hours"),
        (ShopDetails(name="a", opening_hours=["25-26", *WEEK[1:]]), "hours_0"),
        (ShopDetails(name="a", opening_hours=["12-8", *WEEK[1:]]), "hours_0"),
        (ShopDetails(name="a", opening_hours=["8-12 11-15", *WEEK[1:]]), "hours_0"),
        (ShopDetails(name="a", opening_hours=["mattina", *WEEK[1:]]), "hours_0"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(
    host, app, valley, caller_for, details, field
):
    owner = await caller_for(valley.dairy.person)
    with pytest.raises(InvalidInputError) as caught:
        async with host.unit_of_work(owner) as uow:
            await service.update_shop(uow, host, organization_id=valley.dairy.id, details=details)
    assert caught.value.field == field


def test_a_shop_is_open_in_its_hours_in_rome():
    week = hours.check_week(WEEK)
    tuesday = datetime(2026, 11, 24, tzinfo=UTC)
    assert hours.is_open_at(week, tuesday.replace(hour=7, minute=30))
    assert not hours.is_open_at(week, tuesday.replace(hour=7, minute=29))
    assert not hours.is_open_at(week, tuesday.replace(hour=12))
    assert hours.is_open_at(week, tuesday.replace(hour=17, minute=59))
    assert not hours.is_open_at(week, tuesday.replace(hour=18))
    assert not hours.is_open_at(week, tuesday.replace(day=23, hour=10))
    assert not hours.is_open_at([], tuesday)
