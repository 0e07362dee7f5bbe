"""The market's pages, as shoppers see them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from arengo_core.plugins import gate
from arengo_core.plugins.models import ActiveService
from arengo_storefront.shops import repository as shops
from arengo_storefront.shops import service as shop_rules


async def slugs(host, valley):
    async with host.unit_of_work() as uow:
        found = await shops.of_merchants(uow.session, [valley.dairy.id, valley.bakery.id])
    return found[valley.dairy.id].slug, found[valley.bakery.id].slug


async def close(host, merchant):
    async with host.unit_of_work() as uow:
        for activation in await uow.session.scalars(
            select(ActiveService.activation_id).where(ActiveService.organization_id == merchant.id)
        ):
            await gate.close_gate(uow.session, activation)


async def test_the_valley_shows_its_shops_towns_categories_and_goods(host, visit, valley):
    visitor = await visit()
    market = f"/market/{valley.consortium.organization.slug}"
    home = await visitor.get(market)
    assert home.status_code == 200
    for words in ("Latteria Prova", "Forno Prova", "Formaggio Prova", "Chiesa in Valmalenco"):
        assert words in home.text
    results = await visitor.get(f"{market}/search", params={"q": "formagio"})
    assert "Formaggio Prova" in results.text
    assert "Pane Prova" not in results.text
    nothing = await visitor.get(f"{market}/search", params={"q": "trattore"})
    assert nothing.status_code == 200
    town = await visitor.get(f"{market}/towns/{valley.consortium.lead.slug}")
    assert "Forno Prova" in town.text
    category = await visitor.get(f"{market}/categories/alimentari")
    assert "Formaggio Prova" in category.text
    for path in (
        "/towns/nowhere",
        "/categories/nothing",
        f"/towns/{valley.dairy.organization.slug}",
    ):
        assert (await visitor.get(market + path)).status_code == 404
    assert (await visitor.get("/market/no-such")).status_code == 404


async def test_a_town_leads_to_its_announcements_while_it_makes_some(
    host, visit, valley, make_offer, activate
):
    visitor = await visit()
    lead = valley.consortium.lead
    path = f"/market/{valley.consortium.organization.slug}/towns/{lead.slug}"
    announcements = f"/towns/{lead.slug}/announcements"
    assert announcements not in (await visitor.get(path)).text
    await activate(lead.id, await make_offer(valley.consortium.id, "communications"))
    assert announcements in (await visitor.get(path)).text
    assert (await visitor.get(announcements)).status_code == 200


async def test_what_was_typed_into_the_filters_stays_with_its_fault(host, visit, valley):
    visitor = await visit()
    answer = await visitor.get(
        f"/market/{valley.consortium.organization.slug}/search",
        params={"q": "prova", "from": "cheap", "to": "10", "lang": "en"},
    )
    assert answer.status_code == 200
    assert 'value="cheap"' in answer.text
    assert "12,50" in answer.text
    assert "Pane Prova" in answer.text
    assert "Formaggio Prova" not in answer.text


async def test_a_shop_shows_its_goods_and_who_sells(host, visit, valley):
    dairy, _ = await slugs(host, valley)
    visitor = await visit()
    front = await visitor.get(f"/shops/{dairy}")
    assert "Formaggio Prova" in front.text
    assert "Pane Prova" not in front.text
    assert valley.dairy.organization.vat_number in front.text
    product = await visitor.get(f"/shops/{dairy}/formaggio-prova")
    assert "12,50" in product.text
    assert str(valley.cheese.variant_id) in product.text
    assert 'action="/cart/lines"' in product.text
    for term in ("conditions", "returns", "privacy"):
        assert (await visitor.get(f"/shops/{dairy}/info/{term}")).status_code == 200
    assert (await visitor.get(f"/shops/{dairy}/info/secrets")).status_code == 404


async def test_a_shop_without_active_storefront_is_told_from_none_by_nobody(host, visit, valley):
    dairy, _ = await slugs(host, valley)
    visitor = await visit()
    await visitor.get("/sign-in")
    await close(host, valley.dairy)
    for hidden, unknown in (
        (f"/shops/{dairy}", "/shops/x"),
        (f"/shops/{dairy}/formaggio-prova", "/shops/x/formaggio-prova"),
        (f"/shops/{dairy}/info/returns", "/shops/x/info/returns"),
    ):
        one, other = await visitor.get(hidden), await visitor.get(unknown)
        assert one.status_code == other.status_code == 404
        assert _bare(one.text, hidden) == _bare(other.text, unknown)
    market = await visitor.get(f"/market/{valley.consortium.organization.slug}")
    assert "Latteria Prova" not in market.text
    assert "Forno Prova" in market.text


def _bare(text: str, path: str) -> str:
    """A page without its own address and trace id."""
    import re

    return re.sub(r"[0-9a-f]{16,}|[A-Za-z0-9_-]{20,}", "", text.replace(path, ""))


async def test_a_shops_own_host_name_opens_on_the_shop(host, visit, valley, caller_for):
    name = f"{valley.dairy.id.hex[:12]}.example.it"
    async with host.unit_of_work(await caller_for(valley.dairy.person)) as uow:
        await shop_rules.set_host_name(uow, organization_id=valley.dairy.id, host_name=name)
    visitor = await visit(base=f"http://{name}")
    home = await visitor.get("/")
    assert home.status_code == 200
    assert "Formaggio Prova" in home.text
    assert "Pane Prova" not in home.text


async def test_a_sold_out_product_and_a_paused_shop_offer_no_cart(host, visit, valley, caller_for):
    dairy, bakery = await slugs(host, valley)
    sold_out = await valley.sell(valley.dairy, "Finito", stock=0)
    assert sold_out
    visitor = await visit()
    page = await visitor.get(f"/shops/{dairy}/finito", params={"lang": "en"})
    assert "Sold out" in page.text
    assert "Put into the cart" not in page.text
    async with host.unit_of_work(await caller_for(valley.bakery.person)) as uow:
        await shop_rules.set_open(
            uow, organization_id=valley.bakery.id, is_open=False, notice="Torno lunedì"
        )
    paused = await visitor.get(f"/shops/{bakery}/pane-prova", params={"lang": "en"})
    assert "Torno lunedì" in paused.text
    assert "Put into the cart" not in paused.text


@pytest.mark.parametrize("count", [1, 3])
async def test_pages_take_the_same_statements_whatever_they_list(
    host, visit, valley, statements, count
):
    for number in range(count):
        await valley.sell(valley.dairy, f"Ricotta {number}")
    dairy, _ = await slugs(host, valley)
    visitor = await visit()
    market = f"/market/{valley.consortium.organization.slug}"
    for path, literal in (
        (market, 6),
        (f"{market}/search?q=ricotta", 4),
        (f"/shops/{dairy}", 6),
        (f"/shops/{dairy}/ricotta-0", 7),
    ):
        await visitor.get(path)
        statements.clear()
        assert (await visitor.get(path)).status_code == 200
        assert len(statements) == literal, (path, statements)
