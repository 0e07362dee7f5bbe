"""GraphQL queries of settlements."""

from __future__ import annotations

import msgspec
import strawberry

from arengo_core.api.connection import Connection, connection_of, page_size
from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_core.errors import NotFoundError
from arengo_marketplace.cursors import cursor_at, day_and_id
from arengo_marketplace.permissions import SETTLEMENTS
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.settlements import repository, service
from arengo_marketplace.settlements.types import SettlementPreview, SettlementType


@strawberry.type
class SettlementsQuery:
    """Root queries of settlements."""

    @strawberry.field(description="What closing a month (`2026-09`) now would give each member.")
    async def preview_settlement(
        self, info: Info, consortium_id: strawberry.ID, month: str
    ) -> SettlementPreview:
        """A preview."""
        uow = info.context.uow
        async with uow.lock:
            draft = await service.preview(
                uow,
                info.context.host,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                period=month_named(month),
            )
        return SettlementPreview.of(draft)

    @strawberry.field(
        description="A consortium's settlements and reversals, the latest month first."
    )
    async def settlements(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[SettlementType]:
        """A page of settlements."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, SETTLEMENTS)
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.page(uow.session, consortium, size + 1, day_and_id(after))
        return connection_of(
            [SettlementType.of(row) for row in rows],
            [cursor_at(row.starts_on, row.id) for row in rows],
            size,
        )

    @strawberry.field(description="One settlement; null when there is none for you.")
    async def settlement(self, info: Info, id: strawberry.ID) -> SettlementType | None:
        """A settlement."""
        uow = info.context.uow
        async with uow.lock:
            try:
                found = await service.own_settlement(uow, local_id(id, "Settlement"))
            except NotFoundError:
                return None
        return SettlementType.of(found)

    @strawberry.field(
        description="The file from which a settlement is recomputed elsewhere, as JSON text."
    )
    async def settlement_bundle(self, info: Info, id: strawberry.ID) -> str:
        """The file."""
        uow = info.context.uow
        async with uow.lock:
            made = await service.bundle(uow, local_id(id, "Settlement"))
        return msgspec.json.encode(made, order="sorted").decode()
