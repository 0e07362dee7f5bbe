"""GraphQL queries on shops."""

from __future__ import annotations

from uuid import UUID

import strawberry

from arengo_core.api.connection import (
    Connection,
    connection_of,
    encode_cursor,
    page_size,
)
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import local_id
from arengo_core.errors import InvalidInputError
from arengo_core.organizations import repository as organizations
from arengo_storefront.base import SERVICE
from arengo_storefront.paging import place_by_name
from arengo_storefront.permissions import SHOP
from arengo_storefront.shops import repository
from arengo_storefront.shops.types import ShopType


async def organization_id_of(info: Info, slug: str | None, field: str) -> UUID | None:
    """The organization with a short name. InvalidInputError when there is none."""
    if slug is None:
        return None
    row = await organizations.by_slug(info.context.uow.session, slug)
    if row is None:
        raise InvalidInputError("There is no {value}.", field=field, value=slug[:60])
    return row.id


@strawberry.type
class ShopQuery:
    """Root queries on shops."""

    @strawberry.field(description="A shop by its short name in addresses; null when not shown.")
    async def shop(self, info: Info, slug: str) -> ShopType | None:
        """One shop."""
        uow = info.context.uow
        async with uow.lock:
            found = await repository.shown_by_slug(uow.session, slug)
        return ShopType.of(found) if found else None

    @strawberry.field(
        description="Shops by name; `consortium` and `town` are short names in addresses."
    )
    async def shops(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        consortium: str | None = None,
        town: str | None = None,
    ) -> Connection[ShopType]:
        """Shown shops."""
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.shown(
                uow.session,
                consortium_id=await organization_id_of(info, consortium, "consortium"),
                municipality_id=await organization_id_of(info, town, "town"),
                after=place_by_name(after),
                limit=size + 1,
            )
        return connection_of(
            [ShopType.of(row) for row in rows],
            [encode_cursor(row.name, row.id) for row in rows],
            size,
        )

    @strawberry.field(
        description="The shop of a merchant that I work for, shown or not.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def my_shop(self, info: Info, organization_id: strawberry.ID) -> ShopType | None:
        """One's own shop."""
        uow = info.context.uow
        merchant = local_id(organization_id, "Organization", "organization_id")
        if not uow.caller.may(merchant, SHOP):
            uow.caller.require(merchant)
        async with uow.lock:
            found = await repository.of_merchant(uow.session, merchant)
        return ShopType.of(found) if found else None
