"""Carts of guests: whose they are, what they take, how they move and how they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.ids import new_id
from arengo_core.web import sites
from arengo_storefront.carts import repository, service
from arengo_storefront.carts.secrets import cart_id_of, secret_of
from arengo_storefront.checkout.pricing import vat_parts
from arengo_storefront.shops import service as shops


async def test_a_cart_opens_to_its_own_secret_alone(host):
    cart_id = new_id()
    secret = secret_of(host, cart_id)
    assert cart_id_of(host, secret) == cart_id
    for wrong in ("", "x", secret[:-4] + "AAA=", secret_of(host, new_id())[:20] + secret[20:]):
        assert cart_id_of(host, wrong) is None, wrong
    assert cart_id_of(host, None) is None


async def test_another_cart_is_out_of_reach(valley):
    mine = await valley.fill((valley.cheese, 1))
    other = await valley.fill((valley.bread, 1))
    async with valley.host.unit_of_work(Caller.program([mine])) as uow:
        assert await repository.get(uow.session, other) is None
        assert await repository.lines(uow.session, other) == []


@pytest.mark.parametrize(
    ("quantity", "error", "field"),
    [
        (0, InvalidInputError, "quantity"),
        (1_000, InvalidInputError, "quantity"),
        (21, ConflictError, "quantity"),
    ],
)
async def test_wrong_quantities_change_nothing(valley, quantity, error, field):
    cart_id = await valley.fill((valley.bread, 1))
    with pytest.raises(error) as caught:
        async with valley.host.unit_of_work() as uow:
            await service.add(
                uow, cart_id=cart_id, variant_id=valley.cheese.variant_id, quantity=quantity
            )
    assert caught.value.field == field
    async with valley.host.unit_of_work() as uow:
        view = await service.show(uow, await service.reach(uow, cart_id))
    assert view.count == 1


async def test_a_paused_shop_takes_no_orders(valley):
    cart_id = await valley.fill((valley.bread, 1))
    async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        await shops.set_open(uow, organization_id=valley.dairy.id, is_open=False, notice="Ferie")
    with pytest.raises(ConflictError):
        async with valley.host.unit_of_work() as uow:
            await service.add(uow, cart_id=cart_id, variant_id=valley.cheese.variant_id, quantity=1)


async def test_goods_of_two_valleys_do_not_mix(valley, make_valley):
    other = await make_valley()
    cart_id = await valley.fill((valley.bread, 1))
    with pytest.raises(ConflictError):
        async with valley.host.unit_of_work() as uow:
            await service.add(uow, cart_id=cart_id, variant_id=other.cheese.variant_id, quantity=1)


async def test_changing_and_removing_lines(valley):
    cart_id = await valley.fill((valley.bread, 1), (valley.cheese, 2))
    async with valley.host.unit_of_work() as uow:
        view = await service.set_quantity(
            uow, cart_id=cart_id, variant_id=valley.cheese.variant_id, quantity=5
        )
    assert view.total.amount == 320 + 5 * 1250
    async with valley.host.unit_of_work() as uow:
        view = await service.set_quantity(
            uow, cart_id=cart_id, variant_id=valley.cheese.variant_id, quantity=0
        )
    assert [shop.name for shop in view.shops] == ["Forno Prova"]
    with pytest.raises(NotFoundError):
        async with valley.host.unit_of_work() as uow:
            await service.set_quantity(
                uow, cart_id=cart_id, variant_id=valley.cheese.variant_id, quantity=1
            )


async def test_old_carts_are_cleared_away_with_what_was_typed(valley, move_clock):
    move_clock(datetime.now(UTC) - timedelta(days=31))
    old = await valley.fill((valley.bread, 1))
    move_clock(datetime.now(UTC) - timedelta(days=29))
    young = await valley.fill((valley.bread, 1))
    move_clock(datetime.now(UTC))
    await service.clear_away(valley.host, {})
    async with valley.host.unit_of_work() as uow:
        assert (await service.reach(uow, young)).name == "Anna Prova"
        with pytest.raises(NotFoundError):
            await service.reach(uow, old)


async def test_a_cart_moves_from_a_shops_own_address_by_a_link_good_once(valley, visit):
    name = f"latteria-{new_id().hex[:8]}.example"
    async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        await sites.claim(uow, valley.dairy.id, name)
    there = await visit(base=f"http://{name}")
    added = await there.post(
        "/cart/lines", {"variant": str(valley.cheese.variant_id), "quantity": "2"}
    )
    assert added.status_code == 303, added.text
    moved = await there.get("/checkout")
    assert moved.status_code == 303
    path = moved.headers["location"].removeprefix(valley.host.settings.base_url)
    assert path.startswith("/cart/arrive/")

    here = await visit()
    await here.post("/cart/lines", {"variant": str(valley.bread.variant_id), "quantity": "1"})
    arrived = await here.get(path)
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/checkout")
    cart = await here.get("/cart")
    assert "Formaggio Prova" in cart.text
    assert "Pane Prova" in cart.text
    assert (await here.get(path)).status_code == 404


async def test_the_link_to_an_order_goes_to_its_own_address_alone(valley, visit, run_jobs, mailbox):
    placed = await valley.place((valley.cheese, 1))
    await run_jobs()
    before = len(mailbox.to("anna@example.it"))
    visitor = await visit()
    for number, email in (
        (placed.number, "anna@example.it"),
        (placed.number.lower(), "anna@example.it"),
        (placed.number, "other@example.it"),
        ("AAAAA-AAAAA", "anna@example.it"),
    ):
        answer = await visitor.post("/orders/find", {"number": number, "email": email})
        assert answer.status_code == 303
    await run_jobs()
    mails = mailbox.to("anna@example.it")[before:]
    assert len(mails) == 1
    assert placed.secret in mails[0]["text"]
    assert mailbox.to("other@example.it") == []
    bad = await visitor.post("/orders/find", {"number": "", "email": "nobody"})
    assert bad.status_code == 400


@given(
    goods=st.lists(
        st.tuples(st.sampled_from((4, 5, 10, 22)), st.integers(0, 100_000)), min_size=1, max_size=8
    ),
    delivery=st.integers(0, 3_000),
)
def test_vat_parts_add_up_to_the_cent(goods, delivery):
    """Nothing of goods and delivery is lost or taxed twice; VAT is that of its rate."""
    parts = vat_parts(goods, delivery)
    assert sum(part.gross.amount for part in parts) == sum(a for _, a in goods) + delivery
    for part in parts:
        exact = part.gross.amount * part.rate / (100 + part.rate)
        assert abs(part.vat.amount - exact) <= 0.5
        assert part.net.amount + part.vat.amount == part.gross.amount


def test_delivery_is_taxed_as_the_goods_it_goes_with():
    parts = vat_parts([(4, 300), (22, 100)], 401)
    assert [(part.rate, part.gross.amount) for part in parts] == [(4, 601), (22, 200)]
