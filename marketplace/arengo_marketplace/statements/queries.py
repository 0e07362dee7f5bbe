"""GraphQL queries of statements."""

from __future__ import annotations

import msgspec
import strawberry

from arengo_core.api.connection import Connection, connection_of, page_size
from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_core.errors import NotFoundError
from arengo_marketplace.cursors import cursor_at, day_and_id
from arengo_marketplace.metering.reading import readable_member
from arengo_marketplace.statements import repository, service
from arengo_marketplace.statements.sheet import sheet_of
from arengo_marketplace.statements.types import MemberYearType, StatementType
from arengo_marketplace.statements.year import year_of


@strawberry.type
class StatementsQuery:
    """Root queries of statements."""

    @strawberry.field(
        description="Statements of a member, or of all members to the consortium's officers."
    )
    async def statements(
        self,
        info: Info,
        organization_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[StatementType]:
        """A page of statements, the latest month first."""
        whose = local_id(organization_id, "Organization", "organization_id")
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            is_consortium = await service.may_list(uow, whose)
            rows = await repository.page(
                uow.session,
                consortium_id=whose if is_consortium else None,
                organization_id=None if is_consortium else whose,
                after=day_and_id(after),
                limit=size + 1,
            )
            standings = await service.standings(uow, rows)
        return connection_of(
            [StatementType.of(one) for one in standings],
            [cursor_at(row.starts_on, row.id) for row in rows],
            size,
        )

    @strawberry.field(
        description="Statements that should have been paid by now, the longest due first; for the"
        " consortium's officers."
    )
    async def overdue_statements(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[StatementType]:
        """A page of them."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            found = await service.overdue(uow, consortium, after=day_and_id(after), limit=size + 1)
        return connection_of(
            [StatementType.of(one) for one in found],
            [cursor_at(one.statement.due_on, one.statement.id) for one in found],
            size,
        )

    @strawberry.field(description="One statement; null when there is none for you.")
    async def statement(self, info: Info, id: strawberry.ID) -> StatementType | None:
        """A statement."""
        uow = info.context.uow
        async with uow.lock:
            try:
                row = await service.statement_of(uow, local_id(id, "Statement"))
            except NotFoundError:
                return None
            return StatementType.of(await service.standing_of(uow, row))

    @strawberry.field(description="The file of a statement with its SHA-256, as JSON text.")
    async def statement_document(self, info: Info, id: strawberry.ID) -> str:
        """The file."""
        uow = info.context.uow
        async with uow.lock:
            sheet = await sheet_of(uow, info.context.host, local_id(id, "Statement"))
        return msgspec.json.encode(sheet.written(), order="sorted").decode()

    @strawberry.field(description="A member's year: what it uses, what it cost, and why.")
    async def member_year(
        self, info: Info, organization_id: strawberry.ID, year: int
    ) -> MemberYearType:
        """A member's year."""
        uow = info.context.uow
        async with uow.lock:
            member = await readable_member(
                uow, local_id(organization_id, "Organization", "organization_id")
            )
            figures = await year_of(uow, info.context.host.registry, member, year)
        return MemberYearType.of(figures)
