"""What every search must do: subclass :class:`SearchProviderContract`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import pytest
import pytest_asyncio

from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.testing.contracts import ContractTests
from arengo_storefront.catalogue import service as products
from arengo_storefront.catalogue.drafts import ProductDraft, VariantDraft
from arengo_storefront.catalogue.repository import products as catalogue
from arengo_storefront.contract import ListingFilter, SearchProvider, Sort
from arengo_storefront.shops import service as shops

GOODS = {
    "Formaggio stagionato": 1_250,
    "Formaggio fresco": 780,
    "Formaggio di capra": 990,
    "Pane di segale": 320,
    "Miele di rododendro": 1_350,
}
"""What the market of these tests sells, each for so many cents."""


@dataclass(frozen=True, slots=True)
class Market:
    """A market with one shop that sells :data:`GOODS`, dearest first published."""

    consortium_id: UUID
    merchant_id: UUID
    products: tuple[UUID, ...]


class SearchProviderContract(ContractTests):
    """Give the fixture ``search``, and :meth:`told` where it keeps an index of its own.

    ``typos`` are pairs of what is typed and the word that it must find: what the provider
    promises of typing errors.
    """

    contract = SearchProvider
    is_remote = False
    typos: ClassVar[tuple[tuple[str, str], ...]] = ()

    @pytest.fixture
    def search(self, host: Host) -> SearchProvider:
        """The search under test."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture search")

    async def told(self, search: SearchProvider, market: Market) -> None:
        """The products of a market changed: let an index of one's own follow."""

    @pytest_asyncio.fixture(loop_scope="session")
    async def market(
        self,
        host: Host,
        search: SearchProvider,
        make_consortium: Callable[..., Awaitable[Any]],
        make_merchant: Callable[..., Awaitable[Any]],
        make_offer: Callable[..., Awaitable[Any]],
        activate: Callable[..., Awaitable[Any]],
    ) -> Market:
        """A market that was opened for one test."""
        place = await make_consortium()
        merchant = await make_merchant(place.id, place.lead.id, name="Bottega Prova")
        await activate(merchant.id, await make_offer(place.id, "storefront"))
        made: list[UUID] = []
        async with host.unit_of_work(Caller.program([merchant.id])) as uow:
            details = shops.ShopDetails(name="Bottega Prova")
            await shops.open_shop(uow, host, organization_id=merchant.id, details=details)
            tree = await catalogue.category_tree(uow.session, place.id)
            _, branch = next(iter(tree.walk()))
            for name, price in GOODS.items():
                draft = ProductDraft(
                    name_it=name,
                    category_id=branch.id,
                    vat_rate=22,
                    variants=[VariantDraft(price=price, stock=3, weight_grams=500)],
                )
                product = await products.create_product(
                    uow, organization_id=merchant.id, draft=draft
                )
                await products.publish_product(uow, product_id=product.id)
                made.append(product.id)
        market = Market(place.id, merchant.id, tuple(made))
        await self.told(search, market)
        return market

    async def found(
        self, host: Host, search: SearchProvider, market: Market, text: str, **asked: Any
    ) -> list[str]:
        """Names of what is found in the market."""
        sought = ListingFilter(text=text, consortium_id=market.consortium_id, **asked)
        async with host.unit_of_work(read_only=True) as uow:
            page = await self.in_time(search.find(uow, sought, 20, None))
        return [one.name_it for one in page.listings]

    async def test_a_word_is_found_and_others_are_not(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        assert await self.found(host, search, market, "segale") == ["Pane di segale"]
        cheeses = {name for name in GOODS if name.startswith("Formaggio")}
        assert set(await self.found(host, search, market, "FORMAGGIO")) == cheeses
        assert await self.found(host, search, market, "trattore") == []

    async def test_typing_errors_are_forgiven_as_promised(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        for typed, word in self.typos:
            names = await self.found(host, search, market, typed)
            assert any(word in name.lower() for name in names), f"{typed} does not find {word}"

    async def test_filters_narrow_what_is_found(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        dear = await self.found(host, search, market, "formaggio", price_from=1_000)
        assert dear == ["Formaggio stagionato"]
        assert (
            await self.found(host, search, market, "pane", organization_id=market.products[0]) == []
        )
        elsewhere = Market(market.merchant_id, market.merchant_id, ())
        assert await self.found(host, search, elsewhere, "formaggio") == [], (
            "another market's goods"
        )

    async def test_the_order_is_the_one_asked_for(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        rising = await self.found(host, search, market, "formaggio", sort=Sort.CHEAPEST)
        assert [GOODS[name] for name in rising] == [780, 990, 1_250]
        assert (
            await self.found(host, search, market, "formaggio", sort=Sort.DEAREST) == rising[::-1]
        )

    async def test_a_paused_shop_is_not_found_until_it_opens(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        assert await self.found(host, search, market, "segale")
        for is_open in (False, True):
            async with host.unit_of_work(Caller.program([market.merchant_id])) as uow:
                await shops.set_open(
                    uow, organization_id=market.merchant_id, is_open=is_open, notice=""
                )
            assert bool(await self.found(host, search, market, "segale")) is is_open

    async def test_what_was_taken_off_is_not_found(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        async with host.unit_of_work(Caller.program([market.merchant_id])) as uow:
            await products.withdraw_product(uow, product_id=market.products[3])
        assert await self.found(host, search, market, "segale") == []

    @pytest.mark.parametrize("sort", list(Sort))
    async def test_pages_hold_each_product_once(
        self, host: Host, search: SearchProvider, market: Market, sort: Sort
    ) -> None:
        sought = ListingFilter(text="formaggio", consortium_id=market.consortium_id, sort=sort)
        seen: list[UUID] = []
        after: str | None = None
        async with host.unit_of_work(read_only=True) as uow:
            whole = await self.in_time(search.find(uow, sought, 20, None))
            for turn in range(3):
                page = await self.in_time(search.find(uow, sought, 1, after))
                assert len(page.listings) == len(page.cursors), "a product without its cursor"
                assert len(page.listings) == (1 if turn == 2 else 2), "one more says there is more"
                seen.append(page.listings[0].id)
                after = page.cursors[0]
        assert seen == [one.id for one in whole.listings]
        assert len(set(seen)) == 3

    async def test_details_are_of_the_same_products(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        sought = ListingFilter(text="formaggio", consortium_id=market.consortium_id)
        async with host.unit_of_work(read_only=True) as uow:
            short = await self.in_time(search.find(uow, sought, 20, None))
            whole = await self.in_time(search.find_details(uow, sought, 20, None))
        assert [one.id for one in whole.listings] == [one.id for one in short.listings]
        assert {one.vat_rate for one in whole.listings} == {22}

    async def test_no_text_breaks_it(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        for text in (
            "'",
            '"pane',
            "pane & ",
            "((",
            "-",
            "%_\\",
            "or",
            "<->",
            "\U0001f9c0",
            "a" * 100,
        ):
            await self.found(host, search, market, text)

    async def test_a_cursor_of_another_list_is_refused(
        self, host: Host, search: SearchProvider, market: Market
    ) -> None:
        sought = ListingFilter(text="formaggio", consortium_id=market.consortium_id)
        async with host.unit_of_work(read_only=True) as uow:
            with pytest.raises(InvalidInputError) as caught:
                await self.in_time(search.find(uow, sought, 20, "no cursor"))
        assert caught.value.field == "after"
