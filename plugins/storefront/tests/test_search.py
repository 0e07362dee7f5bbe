"""Search: stems, accents, typing errors, filters, pages, and what is never found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError, SettingsError
from arengo_core.plugins import gate
from arengo_core.plugins.contributions import Provider
from arengo_core.plugins.models import ActiveService
from arengo_core.plugins.registry import Owned
from arengo_storefront.catalogue.models import Listing
from arengo_storefront.catalogue.repository import listings
from arengo_storefront.catalogue.repository import products as catalogue
from arengo_storefront.contract import SearchProvider, read_found, read_found_details
from arengo_storefront.search import repository as search
from arengo_storefront.search import service
from arengo_storefront.search.filters import ListingFilter, Sort
from arengo_storefront.search.mistyped import swapped
from arengo_storefront.search.postgresql import PostgresqlSearch
from arengo_storefront.shops import service as shops


@pytest_asyncio.fixture(loop_scope="session")
async def shelves(valley):
    """The valley with more goods."""
    for name, english, description, price in (
        ("Bresaola d'alta quota", "High altitude bresaola", "Stagionata lenta.", 1990),
        ("Più caffè in montagna", "Mountain coffee", "Tostatura artigianale.", 890),
        ("Miele di rododendro", "Rhododendron honey", "Chiaro e finissimo.", 1350),
        ("Formaggella fresca", "Fresh small cheese", "Di latte crudo, con le erbe.", 780),
    ):
        await valley.sell(
            valley.dairy, name, name_en=english, description_it=description, price=price
        )
    return valley


async def found(host, valley, words="", **asked):
    sought = ListingFilter(text=words, consortium_id=valley.consortium.id, **asked)
    async with host.unit_of_work() as uow:
        page = await search.find(uow.session, sought, size=50)
    return [item.name_it for item in page.listings]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("bresaola", "Bresaola d'alta quota"),
        ("bresola", "Bresaola d'alta quota"),
        ("BRESAOLE", "Bresaola d'alta quota"),
        ("caffe", "Più caffè in montagna"),
        ("piu caffè", "Più caffè in montagna"),
        ("mieli", "Miele di rododendro"),
        ("rododedro", "Miele di rododendro"),
        ("honey", "Miele di rododendro"),
        ("honeys", "Miele di rododendro"),
        ("formagela", "Formaggella fresca"),
        ("stagionato", "Bresaola d'alta quota"),
        ("formaggio", "Formaggio Prova"),
        ("formagio prova", "Formaggio Prova"),
        ("meile", "Miele di rododendro"),
        ("brseaola", "Bresaola d'alta quota"),
        ("miele rododnedro", "Miele di rododendro"),
    ],
)
async def test_words_are_found_by_stem_accent_and_in_spite_of_errors(host, shelves, words, first):
    assert (await found(host, shelves, words))[:1] == [first]


async def test_a_category_and_a_shop_are_found_in_spite_of_errors(host, valley):
    async with host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        tree = await catalogue.category_tree(uow.session, valley.consortium.id)
    branch = next(branch.name_it for _, branch in tree.walk() if len(branch.name_it) > 7)
    assert "Pane Prova" not in await found(host, valley, "latetria")
    for words in (branch[:3] + branch[4:], "latteia"):
        assert "Formaggio Prova" in await found(host, valley, words), words


async def test_letters_that_changed_places_cost_who_finds_something_nothing(
    host, shelves, statements
):
    for words, count in (("miele", 1), ("meile", 2), ("trattore", 2), ("42", 1), ("", 1)):
        statements.clear()
        await found(host, shelves, words)
        assert len(statements) == count, words


def test_each_pair_of_neighbours_is_tried_and_the_number_is_bounded():
    assert swapped("meile") == "emile or miele or melie or meiel"
    assert swapped("di pane caldo").startswith("di apne caldo or di pnae caldo or di paen caldo")
    assert swapped("pan 12345") == ""
    assert swapped("abcdefghij " * 15).count(" or ") == 99


async def test_the_chosen_search_is_asked_for_words_and_postgresql_while_it_fails(
    host, shelves, monkeypatch
):
    asked = []

    class Reversed(PostgresqlSearch):
        async def find(self, uow, sought, size, after):
            asked.append(sought.text)
            if sought.text == "fails":
                await uow.session.execute(text("select 1 / 0"))
            return await super().find(uow, replace(sought, text=sought.text[::-1]), size, after)

    provider = Provider(SearchProvider, "reversed", "Reversed", lambda _host, _settings: Reversed())
    key = (SearchProvider, "reversed")
    monkeypatch.setitem(host.registry.providers, key, Owned("example", provider))
    chosen = host.settings.model_copy(update={"providers": {"SearchProvider": "reversed"}})
    monkeypatch.setattr(host, "settings", chosen)

    async def names(words):
        sought = ListingFilter(text=words, consortium_id=shelves.consortium.id)
        async with host.unit_of_work(read_only=True) as uow:
            page = await service.find(host, uow, sought, size=50)
        return [item.name_it for item in page.listings]

    assert await names("eleim") == ["Miele di rododendro"]
    assert len(await names("")) == 6
    assert asked == ["eleim"]
    await shelves.sell(shelves.dairy, "Fails")
    assert await names("fails") == ["Fails"]
    assert host.guard.breaker("example", "SearchProvider reversed.find").failures == 1


async def test_ids_that_others_found_are_read_in_their_order_without_closed_shops(
    host, shelves, caller_for
):
    hits = [(goods.product_id, str(goods.price)) for goods in (shelves.bread, shelves.cheese)]
    hits.insert(1, (shelves.dairy.id, "no product"))
    async with host.unit_of_work(read_only=True) as uow:
        page, whole = await read_found(uow, hits), await read_found_details(uow, hits)
    assert [one.name_it for one in page.listings] == ["Pane Prova", "Formaggio Prova"]
    assert [one.name_it for one in whole.listings] == ["Pane Prova", "Formaggio Prova"]
    assert page.cursors == whole.cursors == ["320", "1250"]
    async with host.unit_of_work(await caller_for(shelves.bakery.person)) as uow:
        await shops.set_open(uow, organization_id=shelves.bakery.id, is_open=False, notice="")
    async with host.unit_of_work(read_only=True) as uow:
        page = await read_found(uow, hits)
    assert [one.name_it for one in page.listings] == ["Formaggio Prova"]


def test_a_search_that_nobody_brings_is_refused_at_start(host):
    host.registry.require_providers({"SearchProvider": "postgresql"})
    with pytest.raises(SettingsError, match=r"SearchProvider=lens; possible: .*=postgresql"):
        host.registry.require_providers({"SearchProvider": "lens"})


async def test_what_nobody_sells_is_not_found(host, shelves):
    assert await found(host, shelves, "trattore") == []
    assert await found(host, shelves, "zzzzqqq") == []


@given(words=st.text(max_size=60))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_no_text_breaks_a_search(host, words):
    async with host.unit_of_work() as uow:
        await search.find(
            uow.session, ListingFilter(text=words.replace("\x00", "")).checked(), size=3
        )


async def test_a_list_is_narrowed_by_shop_price_category_town_and_stock(host, shelves):
    everything = await found(host, shelves)
    assert len(everything) == 6
    only = await found(host, shelves, organization_id=shelves.bakery.id)
    assert only == ["Pane Prova"]
    priced = await found(host, shelves, price_from=1000, price_to=1400)
    assert set(priced) == {"Formaggio Prova", "Miele di rododendro"}
    async with host.unit_of_work() as uow:
        tree = await catalogue.category_tree(uow.session, shelves.consortium.id)
    wine = tree.by_slug("vini-birre-e-liquori")
    top = tree.path(next(b.id for b in tree.branches if b.slug == "miele"))[0]
    assert await found(host, shelves, category_id=wine.id) == []
    assert len(await found(host, shelves, category_id=top.id)) == 6
    assert len(await found(host, shelves, municipality_id=shelves.consortium.lead.id)) == 6
    elsewhere = shelves.consortium.municipalities[1].id
    assert await found(host, shelves, municipality_id=elsewhere) == []
    await shelves.sell(shelves.dairy, "Esaurito", stock=0)
    assert "Esaurito" in await found(host, shelves)
    assert "Esaurito" not in await found(host, shelves, in_stock=True)


async def test_a_paused_shop_and_one_without_active_storefront_are_not_found(
    host, shelves, caller_for
):
    owner = await caller_for(shelves.bakery.person)
    async with host.unit_of_work(owner) as uow:
        await shops.set_open(uow, organization_id=shelves.bakery.id, is_open=False, notice="Ferie")
    assert "Pane Prova" not in await found(host, shelves)
    async with host.unit_of_work(owner) as uow:
        await shops.set_open(uow, organization_id=shelves.bakery.id, is_open=True, notice="")
    assert "Pane Prova" in await found(host, shelves)
    async with host.unit_of_work() as uow:
        activation = await uow.session.scalar(
            select(ActiveService.activation_id).where(
                ActiveService.organization_id == shelves.bakery.id
            )
        )
        await gate.close_gate(uow.session, activation)
    assert "Pane Prova" not in await found(host, shelves)
    assert await found(host, shelves, "pane") == []


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("words", ["", "prova"])
async def test_pages_hold_each_product_once_in_order(host, valley, sort, words):
    for number in range(7):
        await valley.sell(valley.dairy, f"Prova numero {number % 3}", price=500 + number // 2)
    async with host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        moment = datetime(2026, 11, 1, tzinfo=UTC)
        ids = list(
            await uow.session.scalars(
                select(Listing.id).where(Listing.organization_id == valley.dairy.id)
            )
        )
        for number, key in enumerate(ids):
            await uow.session.execute(
                update(Listing)
                .where(Listing.id == key)
                .values(published_at=moment + timedelta(minutes=number // 3))
            )
    sought = ListingFilter(text=words, consortium_id=valley.consortium.id, sort=sort)
    seen, after = [], None
    async with host.unit_of_work() as uow:
        whole = await search.find(uow.session, sought, size=50)
        while True:
            page = await search.find(uow.session, sought, size=2, after=after)
            seen += [item.id for item in page.listings[:2]]
            if len(page.listings) <= 2:
                break
            after = page.cursors[1]
    assert seen == [item.id for item in whole.listings]
    assert len(set(seen)) == len(seen) == 9
    prices = [item.price_from for item in whole.listings]
    if sort is Sort.CHEAPEST:
        assert prices == sorted(prices)
    if sort is Sort.DEAREST:
        assert prices == sorted(prices, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "W10=", "WyJuZXdlc3QiLDEsMl0="])
async def test_a_cursor_of_another_list_is_refused(host, cursor):
    async with host.unit_of_work() as uow:
        with pytest.raises(InvalidInputError) as caught:
            await search.find(uow.session, ListingFilter(), size=3, after=cursor)
    assert caught.value.field == "after"


@pytest.mark.parametrize("count", [1, 3])
async def test_lists_take_two_statements_whatever_their_length(host, valley, statements, count):
    for number in range(count):
        await valley.sell(valley.dairy, f"Ricotta {number}")
    for words in ("", "ricotta"):
        statements.clear()
        async with host.unit_of_work() as uow:
            sought = ListingFilter(text=words, organization_id=valley.dairy.id)
            page = await search.find_details(uow.session, sought, size=24)
            kinds = await listings.variants(uow.session, [item.id for item in page.listings])
        assert len(statements) == 2
        assert len(kinds) == len(page.listings) == count + (not words)


async def test_search_uses_its_indexes(host, valley):
    """At the planner's word: with every other way to so few rows ruled out, both indexes answer."""
    asked = ListingFilter(text="formagio")
    async with host.unit_of_work() as uow:
        for way in ("seqscan", "indexscan", "nestloop", "mergejoin"):
            await uow.session.execute(text(f"set local enable_{way} = off"))
        connection = await uow.session.connection()
        seen = []

        def note(_c, _cursor, statement, parameters, *_):
            seen.append((statement, parameters))

        from sqlalchemy import event

        event.listen(host.engine.sync_engine, "before_cursor_execute", note)
        await search.find(uow.session, asked, size=24)
        event.remove(host.engine.sync_engine, "before_cursor_execute", note)
        statement, parameters = seen[-1]
        plan = await connection.exec_driver_sql(f"explain {statement}", parameters)
        lines = "\n".join(row[0] for row in plan)
    assert "ix_listing_document" in lines
    assert "ix_listing_folded" in lines
