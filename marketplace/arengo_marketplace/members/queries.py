"""GraphQL queries of members."""

from __future__ import annotations

from uuid import UUID

import strawberry

from arengo_core import clock
from arengo_core.api.connection import (
    Connection,
    connection_of,
    decode_cursor,
    encode_cursor,
    page_size,
)
from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace import register
from arengo_marketplace.members import charter as charters
from arengo_marketplace.members import directory, joining, repository
from arengo_marketplace.members.types import (
    CharterType,
    ConsortiumType,
    JoinRequestType,
    MemberType,
    RegisteredMunicipality,
)
from arengo_marketplace.permissions import MEMBERS


@strawberry.type
class MembersQuery:
    """Root queries of members."""

    @strawberry.field(description="All consortia of this deployment, by name.")
    async def consortia(self, info: Info) -> list[ConsortiumType]:
        """The consortia."""
        uow = info.context.uow
        async with uow.lock:
            return [ConsortiumType.of(row) for row in await directory.consortia(uow)]

    @strawberry.field(description="Present members of a consortium, by name.")
    async def members(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        kind: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[MemberType]:
        """A page of members."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        size = page_size(first)
        cursor = decode_cursor(after, 2)
        uow = info.context.uow
        async with uow.lock, uow.widened(governs=[consortium]):
            rows = await repository.members_page(
                uow.session,
                consortium,
                clock.today(),
                kind,
                (cursor[0], UUID(cursor[1])) if cursor else None,
                size + 1,
            )
        return connection_of(
            [MemberType.of(directory.as_member(*row)) for row in rows],
            [encode_cursor(row[1].name, row[0].id) for row in rows],
            size,
        )

    @strawberry.field(description="The present membership of an organization.")
    async def member(self, info: Info, organization_id: strawberry.ID) -> MemberType:
        """One member."""
        uow = info.context.uow
        async with uow.lock:
            found = await directory.member(
                uow, local_id(organization_id, "Organization", "organization_id")
            )
        return MemberType.of(found)

    @strawberry.field(description="A consortium's charter; for its officers.")
    async def charter(self, info: Info, consortium_id: strawberry.ID) -> CharterType:
        """The charter."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, MEMBERS)
        uow = info.context.uow
        async with uow.lock:
            return CharterType.of(await charters.charter_of(uow, consortium))

    @strawberry.field(description="Merchants who wait for the office's answer, oldest first.")
    async def join_requests(
        self, info: Info, consortium_id: strawberry.ID
    ) -> list[JoinRequestType]:
        """Undecided requests."""
        uow = info.context.uow
        async with uow.lock:
            rows = await joining.waiting(
                uow, local_id(consortium_id, "Organization", "consortium_id")
            )
        return [JoinRequestType.of(row) for row in rows]

    @strawberry.field(description="Italian municipalities whose name holds a text, at most 25.")
    async def municipalities(
        self, search: str, first: int | None = None
    ) -> list[RegisteredMunicipality]:
        """Search of the register."""
        return [
            RegisteredMunicipality(
                istat_code=record.istat_code,
                name=record.name,
                province=record.province_code,
                region=record.region,
                population=record.population,
            )
            for record in register.search(search, min(page_size(first), 25))
        ]
