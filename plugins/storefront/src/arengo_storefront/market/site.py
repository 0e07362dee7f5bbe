"""Which market a request is in: by the host name, by the address, or the only one there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from litestar import Response

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, host_of
from arengo_core.web.pages import SiteInfo, page
from arengo_core.web.slots import SlotAt
from arengo_marketplace.contract import Consortium, Marketplace
from arengo_storefront.base import in_language
from arengo_storefront.carts.cookies import count_in
from arengo_storefront.shops.hours import weekdays
from arengo_storefront.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Market:
    """The market of a consortium, with the addresses that its pages share."""

    id: UUID
    name: str
    slug: str
    theme: str | None

    @property
    def home(self) -> str:
        """The home of the valley."""
        return f"/market/{self.slug}"

    @property
    def search(self) -> str:
        """Where its search form leads."""
        return f"{self.home}/search"


def _market(consortium: Consortium) -> Market:
    return Market(consortium.id, consortium.name, consortium.slug, consortium.theme)


async def markets(host: Host, uow: UnitOfWork) -> list[Market]:
    """All markets of this deployment, by name."""
    return [_market(row) for row in await host.continuing(uow, Marketplace).consortia()]


async def market_of(host: Host, uow: UnitOfWork, consortium_id: UUID) -> Market:
    """The market of a consortium."""
    return _market(await host.continuing(uow, Marketplace).consortium(consortium_id))


async def market_by_slug(host: Host, uow: UnitOfWork, slug: str) -> Market:
    """The market with this short name. NotFoundError when there is none."""
    for market in await markets(host, uow):
        if market.slug == slug:
            return market
    raise NotFoundError("There is no such market.")


async def has_member(host: Host, uow: UnitOfWork, market: Market, organization_id: UUID) -> bool:
    """Whether an organization is a present member of the market's consortium."""
    try:
        member = await host.continuing(uow, Marketplace).member(organization_id)
    except NotFoundError:
        return False
    return member.consortium_id == market.id


async def market_page(
    request: ArengoRequest,
    uow: UnitOfWork,
    template: str,
    market: Market | None,
    *,
    shop: Shop | None = None,
    theme: str | None = None,
    status: int = 200,
    slots: Sequence[SlotAt] = (),
    **context: object,
) -> Response[str]:
    """Render a page for shoppers in the theme that the shop, town or consortium chose."""
    if market is None:
        known = await markets(host_of(request), uow)
        market = known[0] if len(known) == 1 else None
    links = dict(_links(request))
    if market is not None:
        links |= {"home": market.home, "search": market.search}
    chosen = (shop.theme if shop else None) or theme or (market.theme if market else None)
    name = market.name if market else gettext("Shops of the valley")
    return await page(
        request,
        uow,
        template,
        face="market",
        status=status,
        theme=chosen,
        site=SiteInfo(name),
        slots=slots,
        market=market,
        shop=shop,
        links=links,
        in_language=in_language,
        weekdays=weekdays,
        **{"cart_count": count_in(request), **context},
    )


def _links(request: ArengoRequest) -> dict[str, str]:
    pages = host_of(request).state["pages"]
    return pages.environment(pages.theme_for("market", None)).globals["links"]
