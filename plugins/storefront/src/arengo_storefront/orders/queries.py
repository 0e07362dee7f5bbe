"""GraphQL queries of orders."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from arengo_core.api.connection import Connection, connection_of, page_size
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import MoneyType, local_id
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.i18n import gettext
from arengo_storefront.base import SERVICE
from arengo_storefront.contract import MERCHANT_ORDER_TYPE
from arengo_storefront.orders import desk, money, repository, service
from arengo_storefront.orders.desk_pages import TABS, before_cursor, cursor_of
from arengo_storefront.orders.types import MerchantOrderType, OrderType
from arengo_storefront.orders.views import with_lines
from arengo_storefront.permissions import ORDERS


@strawberry.type(description="A merchant's money: what is due, and whether it takes cards.")
class ShopMoney:
    """GraphQL face of the money page."""

    due: MoneyType | None
    takes_cards: bool
    reason: str = strawberry.field(description="Why it takes no cards; empty when it does.")


@strawberry.type
class OrderQuery:
    """Root queries of orders."""

    @strawberry.field(description="An order by the secret of its link; null when there is none.")
    async def order(self, info: Info, secret: str) -> OrderType | None:
        """An order."""
        uow = info.context.uow
        try:
            async with uow.lock, uow.widened():
                view = await service.by_secret(uow, secret)
        except NotFoundError:
            return None
        return OrderType.of(view)

    @strawberry.field(
        description="One of a merchant's own orders.", metadata=only_with(SERVICE, finishes=True)
    )
    async def merchant_order(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> MerchantOrderType | None:
        """A merchant order."""
        uow = info.context.uow
        merchant_id = local_id(organization_id, "Organization", "organization_id")
        try:
            async with uow.lock:
                view = await desk.look(uow, merchant_id, local_id(id, MERCHANT_ORDER_TYPE))
        except NotFoundError:
            return None
        return MerchantOrderType.of(view)

    @strawberry.field(
        description="A merchant's own orders, newest first.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def merchant_orders(
        self,
        info: Info,
        organization_id: strawberry.ID,
        show: str = "all",
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[MerchantOrderType]:
        """A page of a merchant's orders; `show` is `open`, `done` or `all`."""
        uow, size = info.context.uow, page_size(first)
        merchant_id = local_id(organization_id, "Organization", "organization_id")
        uow.caller.require(merchant_id, ORDERS)
        async with uow.lock:
            rows = await repository.merchant_orders(
                uow.session,
                merchant_id,
                states=_states(show),
                before=before_cursor(after),
                limit=size + 1,
            )
            lines = await repository.lines_of(
                uow.session, [row.order_id for row in rows], [merchant_id]
            )
        nodes = [MerchantOrderType.of(view) for view in with_lines(rows, lines)]
        return connection_of(nodes, [cursor_of(row) for row in rows], size)

    @strawberry.field(
        description="What is due to a merchant, and whether it takes cards.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def shop_money(self, info: Info, organization_id: strawberry.ID) -> ShopMoney:
        """A merchant's money."""
        host, uow = info.context.host, info.context.uow
        merchant_id = local_id(organization_id, "Organization", "organization_id")
        uow.caller.require(merchant_id, ORDERS)
        async with uow.lock:
            cards = await money.card_state(host, uow, merchant_id)
            due = await money.due_to(host, uow, merchant_id)
        return ShopMoney(
            due=MoneyType.of(due) if due is not None else None,
            takes_cards=cards.on,
            reason=gettext(cards.reason) if cards.reason else "",
        )


def _states(show: str) -> Sequence[str]:
    if show not in TABS:
        raise InvalidInputError(
            "{value} is not a list of orders: open, done or all is expected.",
            field="show",
            value=show[:20],
        )
    return TABS[show]
