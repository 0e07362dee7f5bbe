"""GraphQL of one's own sessions."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.identity import sessions
from arengo_core.identity.origin import in_words
from arengo_core.plugins.contributions import GraphqlContribution


@strawberry.type(name="Session", description="A device on which I am signed in.")
class SessionType:
    """GraphQL face of a session."""

    id: strawberry.ID
    device: str
    is_this_one: bool
    signed_in_at: datetime
    last_used_at: datetime


@strawberry.type
class SessionQuery:
    """Root queries on sessions."""

    @strawberry.field(description="My sessions, the last used first; for a signed-in session.")
    async def sessions(self, info: Info) -> list[SessionType]:
        """The caller's sessions."""
        uow = info.context.uow
        async with uow.lock:
            rows = await sessions.own(uow)
        return [
            SessionType(
                id=global_id("Session", row.id),
                device=in_words(row.browser, row.system),
                is_this_one=row.id == info.context.caller.session_id,
                signed_in_at=row.created_at,
                last_used_at=row.last_used_at,
            )
            for row in rows
        ]


@strawberry.type
class SessionsEndedPayload(Payload):
    """How many sessions ended."""

    ended: int = 0


@strawberry.type
class SessionMutation:
    """Root mutations on sessions."""

    @strawberry.mutation(description="Sign one of my devices out.")
    @answers(SessionsEndedPayload)
    async def end_session(self, info: Info, session_id: strawberry.ID) -> SessionsEndedPayload:
        """End one session."""
        async with info.context.writing() as uow:
            await sessions.end(uow, local_id(session_id, "Session", "session_id"))
        return SessionsEndedPayload(ended=1)

    @strawberry.mutation(description="Sign all of my devices out but this one.")
    @answers(SessionsEndedPayload)
    async def end_other_sessions(self, info: Info) -> SessionsEndedPayload:
        """End all other sessions."""
        async with info.context.writing() as uow:
            ended = await sessions.end_others(uow)
        return SessionsEndedPayload(ended=ended)


CONTRIBUTION = GraphqlContribution(queries=(SessionQuery,), mutations=(SessionMutation,))
