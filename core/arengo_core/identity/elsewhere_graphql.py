"""GraphQL of signing in elsewhere. The way there and back is a browser's: it has pages alone."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.identity import elsewhere
from arengo_core.identity.graphql import DonePayload
from arengo_core.plugins.contributions import GraphqlContribution


@strawberry.type(name="SignInProvider", description="A provider that says who somebody is.")
class SignInProviderType:
    """GraphQL face of a configured provider."""

    key: str
    label: str
    path: str = strawberry.field(description="Where a browser begins.")


@strawberry.type(name="LinkedIdentity", description="An identity elsewhere that signs me in.")
class LinkedIdentityType:
    """GraphQL face of a link."""

    id: strawberry.ID
    provider: str = strawberry.field(description="The provider's key.")
    created_at: datetime
    last_used_at: datetime | None


@strawberry.type
class ElsewhereQuery:
    """Root queries on signing in elsewhere."""

    @strawberry.field(description="The providers by which one may sign in here.")
    async def sign_in_providers(self, info: Info) -> list[SignInProviderType]:
        """Those that are configured."""
        return [
            SignInProviderType(key=way.key, label=way.label, path=f"/sign-in/with/{way.key}")
            for way in elsewhere.ways(info.context.host)
        ]

    @strawberry.field(description="My identities elsewhere, oldest first; for a session.")
    async def linked_identities(self, info: Info) -> list[LinkedIdentityType]:
        """The caller's."""
        uow = info.context.uow
        async with uow.lock:
            rows = await elsewhere.own(uow)
        return [
            LinkedIdentityType(
                id=global_id("LinkedIdentity", row.id),
                provider=row.provider,
                created_at=row.created_at,
                last_used_at=row.last_used_at,
            )
            for row in rows
        ]


@strawberry.type
class ElsewhereMutation:
    """Mutations on signing in elsewhere."""

    @strawberry.mutation(description="Take one of my identities elsewhere away.")
    @answers(DonePayload)
    async def unlink_identity(self, info: Info, linked_identity_id: strawberry.ID) -> DonePayload:
        """Unlink it."""
        async with info.context.writing() as uow:
            await elsewhere.unlink(
                uow, local_id(linked_identity_id, "LinkedIdentity", "linked_identity_id")
            )
        return DonePayload(done=True)


CONTRIBUTION = GraphqlContribution(queries=(ElsewhereQuery,), mutations=(ElsewhereMutation,))
