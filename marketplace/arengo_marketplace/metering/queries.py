"""GraphQL queries of usage."""

from __future__ import annotations

import strawberry

from arengo_core.api.connection import Connection, connection_of, page_size
from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.cursors import cursor_at, day_and_id
from arengo_marketplace.metering import repository
from arengo_marketplace.metering.reading import check_meter, of_members, readable_member
from arengo_marketplace.metering.types import UsageBatchType, UsageRecordType, UsageType
from arengo_marketplace.permissions import USAGE
from arengo_marketplace.pools.service import month_named


@strawberry.type
class MeteringQuery:
    """Root queries of usage."""

    @strawberry.field(description="What a member used in a month (`2026-09`), by meter.")
    async def usage(
        self, info: Info, organization_id: strawberry.ID, month: str
    ) -> list[UsageType]:
        """A member's usage."""
        uow = info.context.uow
        async with uow.lock:
            member = await readable_member(
                uow, local_id(organization_id, "Organization", "organization_id")
            )
            used = await of_members(uow, [member], month_named(month))
        return [UsageType.of(one, info.context.host.registry) for one in used]

    @strawberry.field(description="The single records of a member's meter in a month.")
    async def usage_records(
        self,
        info: Info,
        organization_id: strawberry.ID,
        meter: str,
        month: str,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[UsageRecordType]:
        """A page of records."""
        size = page_size(first)
        check_meter(info.context.host.registry, meter)
        uow = info.context.uow
        async with uow.lock:
            member = await readable_member(
                uow, local_id(organization_id, "Organization", "organization_id")
            )
            rows = await repository.records(
                uow.session,
                member.organization_id,
                meter,
                month_named(month),
                after=day_and_id(after),
                limit=size + 1,
            )
        return connection_of(
            [UsageRecordType.of(row) for row in rows],
            [cursor_at(row.counted_on, row.id) for row in rows],
            size,
        )

    @strawberry.field(
        description="Batches in which use came, the latest month first; for its officers."
    )
    async def usage_batches(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[UsageBatchType]:
        """A page of batches."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, USAGE)
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.batches(
                uow.session, consortium, after=day_and_id(after), limit=size + 1
            )
        return connection_of(
            [UsageBatchType.of(row) for row in rows],
            [cursor_at(row.starts_on, row.id) for row in rows],
            size,
        )
