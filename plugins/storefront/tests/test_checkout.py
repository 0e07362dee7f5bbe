"""From a guest's cart to confirmed merchant orders."""

from __future__ import annotations

import pytest

from arengo_core.errors import ConflictError, InvalidInputError
from arengo_storefront.carts import service as carts
from arengo_storefront.checkout import service as checkout
from arengo_storefront.orders import service as orders


async def _look(valley, placed):
    async with valley.host.unit_of_work() as uow:
        return await orders.by_secret(uow, placed.secret)


async def test_one_order_with_a_merchant_order_for_each_shop(valley):
    placed = await valley.place((valley.cheese, 2), (valley.bread, 3))

    view = await _look(valley, placed)
    assert view.row.state == "confirmed"
    assert (view.row.total, view.row.method) == (2 * 1250 + 3 * 320, "counter")
    assert [(part.row.seller, part.row.state, part.row.total) for part in view.parts] == [
        ("Latteria Prova", "placed", 2500),
        ("Forno Prova", "placed", 960),
    ]
    assert [line.quantity for part in view.parts for line in part.lines] == [2, 3]
    assert await valley.left(valley.cheese) == (18, 0)
    assert await valley.movements(valley.bread) == {"counted": 20, "sold": -3}


async def test_the_same_key_again_answers_the_same_order(valley):
    cart_id = await valley.fill((valley.cheese, 1))
    placed = []
    for key in ("first-key", "first-key", "other-key"):
        async with valley.host.unit_of_work() as uow:
            placed.append(
                await checkout.place(
                    valley.host, uow, cart_id=cart_id, method="counter", accepted=True, key=key
                )
            )
    assert len({order.order_id for order in placed}) == 1
    assert len({order.secret for order in placed}) == 1
    assert await valley.left(valley.cheese) == (19, 0)


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"accepted": False}, InvalidInputError, "accepted"),
        ({"expected_total": 1}, ConflictError, None),
        ({"key": "short"}, InvalidInputError, "idempotency_key"),
    ],
)
async def test_what_is_missing_is_named_and_nothing_is_ordered(valley, change, error, field):
    cart_id = await valley.fill((valley.cheese, 1))
    asked = {"method": "counter", "accepted": True, "key": "key-of-this-test", **change}
    with pytest.raises(error) as caught:
        async with valley.host.unit_of_work() as uow:
            await checkout.place(valley.host, uow, cart_id=cart_id, **asked)
    assert caught.value.field == field
    assert await valley.left(valley.cheese) == (20, 0)
    async with valley.host.unit_of_work() as uow:
        cart = await carts.reach(uow, cart_id)
    assert (cart.order_id, cart.name) == (None, "Anna Prova")


async def test_an_ordered_cart_forgets_the_shopper_and_takes_no_more(valley):
    cart_id = await valley.fill((valley.cheese, 1))
    async with valley.host.unit_of_work() as uow:
        await checkout.place(
            valley.host, uow, cart_id=cart_id, method="counter", accepted=True, key="key-forgets"
        )
    async with valley.host.unit_of_work() as uow:
        cart = await carts.reach(uow, cart_id)
        assert (cart.name, cart.email) == ("", "")
        with pytest.raises(ConflictError):
            await carts.add(uow, cart_id=cart_id, variant_id=valley.bread.variant_id, quantity=1)
