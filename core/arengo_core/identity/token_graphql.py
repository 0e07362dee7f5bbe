"""GraphQL of API tokens."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.identity import tokens
from arengo_core.identity.graphql import DonePayload, OrganizationType
from arengo_core.organizations import repository as organizations
from arengo_core.plugins.contributions import GraphqlContribution


@strawberry.type(name="ApiToken", description="A token for scripts, without its secret.")
class ApiTokenType:
    """GraphQL face of a token."""

    id: strawberry.ID
    hint: str = strawberry.field(description="How the token begins.")
    read_only: bool
    organizations: list[OrganizationType]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to five minutes."
    )


@strawberry.type
class ApiTokenQuery:
    """Root queries on tokens."""

    @strawberry.field(description="My API tokens, newest first; for a session, not a token.")
    async def api_tokens(self, info: Info) -> list[ApiTokenType]:
        """The caller's tokens."""
        uow = info.context.uow
        async with uow.lock:
            rows = await tokens.own(uow)
            places = await organizations.by_ids(
                uow.session, [place for row in rows for place in row.organization_ids]
            )
        return [
            ApiTokenType(
                id=global_id("ApiToken", row.id),
                hint=row.hint,
                read_only=row.read_only,
                organizations=[
                    OrganizationType.of(places[place])
                    for place in row.organization_ids
                    if place in places
                ],
                created_at=row.created_at,
                expires_at=row.expires_at,
                last_used_at=row.last_used_at,
            )
            for row in rows
        ]


@strawberry.type
class ApiTokenPayload(Payload):
    """A new token, shown this once: send it as ``Authorization: Bearer``."""

    token: str | None = None


@strawberry.type
class ApiTokenMutation:
    """Mutations on tokens."""

    @strawberry.mutation(description="Make an API token for some of my organizations.")
    @answers(ApiTokenPayload)
    async def create_api_token(
        self,
        info: Info,
        organization_ids: list[strawberry.ID],
        read_only: bool = True,
        days: int = 90,
    ) -> ApiTokenPayload:
        """Make a token."""
        chosen = [local_id(place, "Organization", "organization_ids") for place in organization_ids]
        async with info.context.writing() as uow:
            token = await tokens.create(
                uow, organization_ids=chosen, read_only=read_only, days=days
            )
        return ApiTokenPayload(token=token)

    @strawberry.mutation(description="End one of my API tokens.")
    @answers(DonePayload)
    async def revoke_api_token(self, info: Info, token_id: strawberry.ID) -> DonePayload:
        """Revoke a token."""
        async with info.context.writing() as uow:
            await tokens.revoke(uow, local_id(token_id, "ApiToken", "token_id"))
        return DonePayload(done=True)


CONTRIBUTION = GraphqlContribution(queries=(ApiTokenQuery,), mutations=(ApiTokenMutation,))
