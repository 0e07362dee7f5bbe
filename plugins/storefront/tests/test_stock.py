"""Nothing is sold twice; each change of what is on hand is a movement."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.ids import new_id
from arengo_storefront.stock import repository, service
from arengo_storefront.stock.errors import OutOfStockError
from arengo_storefront.stock.repository import Wanted

_ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["count", "sell", "reserve", "release", "sell_reserved", "take_again", "restock"]
        ),
        st.integers(0, 1),
        st.integers(1, 4),
    ),
    min_size=12,
    max_size=30,
)


def _uow(host, *merchants):
    return host.unit_of_work(Caller.program(merchants))


async def _level(host, merchant: UUID, variant: UUID):
    async with _uow(host, merchant) as uow:
        return (await repository.lock(uow.session, [merchant], [variant]))[variant]


async def _counted(host, merchant: UUID, variant: UUID, quantity: int) -> None:
    async with _uow(host, merchant) as uow:
        await service.set_level(
            uow, variant_id=variant, organization_id=merchant, quantity=quantity
        )


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=_ACTIONS)
async def test_whatever_happens_stock_movements_and_reservations_agree(host, actions):
    """Against a model: on hand, reserved by order, sold; and never below zero."""
    merchant, variant = new_id(), new_id()
    orders = [new_id() for _ in range(2)]
    on_hand, sold, kept = 10, 0, dict.fromkeys(range(2), 0)
    await _counted(host, merchant, variant, on_hand)
    until = clock.now() + timedelta(minutes=36)
    for action, number, quantity in actions:
        order = orders[number]
        wanted = [Wanted(merchant, variant, quantity)]
        reserved = sum(kept.values())
        fits = on_hand - reserved >= quantity
        try:
            async with _uow(host, merchant) as uow:
                match action:
                    case "count":
                        await service.set_level(
                            uow, variant_id=variant, organization_id=merchant, quantity=quantity
                        )
                        on_hand = quantity
                    case "sell":
                        await service.sell(uow, order, wanted)
                        on_hand, sold = on_hand - quantity, sold + quantity
                    case "reserve" if not kept[number]:
                        await service.reserve(uow, order, wanted, until)
                        kept[number] = quantity
                    case "release":
                        assert await service.release(uow, order, [merchant]) is bool(kept[number])
                        kept[number] = 0
                    case "sell_reserved":
                        done = await service.sell_reserved(uow, order, [merchant])
                        assert done is bool(kept[number])
                        on_hand, sold = on_hand - kept[number], sold + kept[number]
                        kept[number] = 0
                    case "take_again":
                        assert await service.take_again(uow, order, wanted) is fits
                        if fits:
                            on_hand, sold = on_hand - quantity, sold + quantity
                    case "restock":
                        await service.restock(uow, order, wanted)
                        on_hand += quantity
        except OutOfStockError as refused:
            assert action in {"sell", "reserve"}
            left = refused.available
            assert left == on_hand - reserved < quantity
        except ConflictError:
            assert action == "count"
            assert quantity < reserved

    level = await _level(host, merchant, variant)
    assert (level.on_hand, level.reserved) == (on_hand, sum(kept.values()))
    async with _uow(host, merchant) as uow:
        sums = await repository.movements_by_kind(uow.session, merchant, variant)
    assert sum(sums.values()) == on_hand
    assert -sums.get("sold", 0) == sold


async def test_sixty_four_at_once_for_the_last_ten_pieces_sell_ten(valley):
    """Over real connections; half of them take two goods in the opposite order."""
    cheese = await valley.sell(valley.dairy, "Ultimi dieci", stock=10)
    bread = await valley.sell(valley.bakery, "Tanti", stock=1_000)

    async def buy(number: int) -> bool:
        merchants = (cheese.merchant_id, bread.merchant_id)
        wanted = sorted(
            (
                Wanted(cheese.merchant_id, cheese.variant_id, 1),
                Wanted(bread.merchant_id, bread.variant_id, 1),
            ),
            key=lambda item: item.variant_id,
            reverse=bool(number % 2),
        )
        order = new_id()
        try:
            async with _uow(valley.host, *merchants) as uow:
                if number % 3:
                    await service.sell(uow, order, wanted)
                else:
                    await service.reserve(uow, order, wanted, clock.now())
            if number % 3 == 0:
                async with _uow(valley.host, *merchants) as uow:
                    return await service.sell_reserved(uow, order, merchants)
        except OutOfStockError:
            return False
        return True

    bought = await asyncio.gather(*(buy(number) for number in range(64)))
    assert sum(bought) == 10
    assert await valley.left(cheese) == (0, 0)
    assert await valley.movements(cheese) == {"counted": 10, "sold": -10}
    assert await valley.movements(bread) == {"counted": 1_000, "sold": -10}


async def test_the_listing_says_when_the_last_piece_is_gone(valley):
    from sqlalchemy import select

    from arengo_storefront.catalogue.models import Listing

    async def in_stock() -> bool:
        async with valley.host.unit_of_work() as uow:
            statement = select(Listing.in_stock).where(Listing.id == valley.cheese.product_id)
            return (await uow.session.execute(statement)).scalar_one()

    order, wanted = (
        new_id(),
        [Wanted(valley.dairy.id, valley.cheese.variant_id, 20)],
    )
    assert await in_stock()
    async with _uow(valley.host, valley.dairy.id) as uow:
        await service.reserve(uow, order, wanted, clock.now())
    assert not await in_stock()
    async with _uow(valley.host, valley.dairy.id) as uow:
        await service.release(uow, order, [valley.dairy.id])
    assert await in_stock()


@pytest.mark.parametrize("quantity", [-1, 1_000_001])
async def test_a_count_out_of_bounds_is_refused(host, quantity):
    with pytest.raises(InvalidInputError) as caught:
        await _counted(host, new_id(), new_id(), quantity)
    assert caught.value.field == "quantity"


async def test_another_merchant_cannot_touch_the_stock(valley):
    wanted = [Wanted(valley.dairy.id, valley.cheese.variant_id, 1)]
    with pytest.raises(OutOfStockError):
        async with _uow(valley.host, valley.bakery.id) as uow:
            await service.sell(uow, new_id(), wanted)
    assert await valley.left(valley.cheese) == (20, 0)
