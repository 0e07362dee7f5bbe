"""GraphQL of the consent log."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.connection import Connection, connection_of, page_size
from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_core.consents import cursors, reading
from arengo_core.consents.contract import ConsentEntry


@strawberry.type(name="ConsentEntry", description="A line of the consent log.")
class ConsentEntryType:
    """GraphQL face of an entry."""

    at: datetime
    who: str = strawberry.field(description="A name or an address; empty for the program.")
    in_name_of: str = strawberry.field(
        description="Another organization whose person it was, by delegation."
    )
    what: str
    act: str = strawberry.field(description="`given`, `asked`, `unrecorded` or `withdrawn`.")
    words: list[str] = strawberry.field(description="What was shown.")

    @classmethod
    def of(cls, entry: ConsentEntry) -> ConsentEntryType:
        """From the domain's."""
        return cls(
            at=entry.at,
            who=entry.who,
            in_name_of=entry.in_name_of,
            what=entry.what,
            act=entry.act.value,
            words=list(entry.words),
        )


@strawberry.type
class ConsentQuery:
    """Root query of the consent log."""

    @strawberry.field(
        description="Who agreed to what, when, by which words, and when it ended; newest first."
    )
    async def consents(
        self,
        info: Info,
        organization_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ConsentEntryType]:
        """A page of the log."""
        place = local_id(organization_id, "Organization", "organization_id")
        size, before = page_size(first), cursors.before(after)
        uow = info.context.uow
        async with uow.lock:
            entries = await reading.page_of(
                info.context.host, uow, place, before=before, limit=size + 1
            )
        return connection_of(
            [ConsentEntryType.of(entry) for entry in entries],
            [cursors.cursor_of(entry) for entry in entries],
            size,
        )
