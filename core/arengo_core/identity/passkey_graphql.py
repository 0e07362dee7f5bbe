"""GraphQL of passkeys."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.identity import passkeys
from arengo_core.identity.graphql import DonePayload, SessionPayload
from arengo_core.plugins.contributions import GraphqlContribution
from arengo_core.web.devices import origin_from, party_of


@strawberry.type(name="Passkey", description="A device that signs me in without a password.")
class PasskeyType:
    """GraphQL face of a passkey."""

    id: strawberry.ID
    name: str
    added_at: datetime
    last_used_at: datetime | None


@strawberry.type
class PasskeyQuery:
    """Root queries on passkeys."""

    @strawberry.field(description="My passkeys, oldest first; for a signed-in session.")
    async def passkeys(self, info: Info) -> list[PasskeyType]:
        """The caller's passkeys."""
        uow = info.context.uow
        async with uow.lock:
            rows = await passkeys.own(uow)
        return [
            PasskeyType(
                id=global_id("Passkey", row.id),
                name=row.name,
                added_at=row.created_at,
                last_used_at=row.last_used_at,
            )
            for row in rows
        ]


@strawberry.type
class PasskeyOptionsPayload(Payload):
    """Options for ``navigator.credentials``, as JSON."""

    options: str | None = None


@strawberry.type
class PasskeyMutation:
    """Root mutations on passkeys."""

    @strawberry.mutation(description="What a browser needs to make a passkey for me.")
    @answers(PasskeyOptionsPayload)
    async def begin_passkey(self, info: Info) -> PasskeyOptionsPayload:
        """Begin adding one."""
        identity = info.context.host.identity
        async with info.context.writing() as uow:
            options = await passkeys.begin(uow, identity, party_of(info.context.request))
        return PasskeyOptionsPayload(options=options)

    @strawberry.mutation(description="Keep a passkey that the browser made, given as JSON.")
    @answers(DonePayload)
    async def add_passkey(self, info: Info, credential: str, name: str) -> DonePayload:
        """Add one."""
        party = party_of(info.context.request)
        async with info.context.writing() as uow:
            await passkeys.add(uow, party, credential=credential, name=name)
        return DonePayload(done=True)

    @strawberry.mutation(description="Give one of my passkeys another name.")
    @answers(DonePayload)
    async def rename_passkey(self, info: Info, passkey_id: strawberry.ID, name: str) -> DonePayload:
        """Rename one."""
        async with info.context.writing() as uow:
            await passkeys.rename(uow, local_id(passkey_id, "Passkey", "passkey_id"), name)
        return DonePayload(done=True)

    @strawberry.mutation(description="Take one of my passkeys away.")
    @answers(DonePayload)
    async def remove_passkey(self, info: Info, passkey_id: strawberry.ID) -> DonePayload:
        """Remove one."""
        async with info.context.writing() as uow:
            await passkeys.remove(uow, local_id(passkey_id, "Passkey", "passkey_id"))
        return DonePayload(done=True)

    @strawberry.mutation(description="What a browser needs to sign in by a passkey.")
    @answers(PasskeyOptionsPayload, signs_in=True)
    async def begin_passkey_sign_in(self, info: Info) -> PasskeyOptionsPayload:
        """Begin signing in."""
        identity = info.context.host.identity
        async with info.context.writing() as uow:
            options = await passkeys.begin_sign_in(uow, identity, party_of(info.context.request))
        return PasskeyOptionsPayload(options=options)

    @strawberry.mutation(description="Sign in by what the browser's passkey signed, as JSON.")
    @answers(SessionPayload, signs_in=True)
    async def sign_in_with_passkey(self, info: Info, credential: str) -> SessionPayload:
        """Sign in."""
        request, identity = info.context.request, info.context.host.identity
        async with info.context.writing() as uow:
            token = await passkeys.sign_in(
                uow, identity, party_of(request), credential, origin_from(request)
            )
        return SessionPayload(token=token)


CONTRIBUTION = GraphqlContribution(queries=(PasskeyQuery,), mutations=(PasskeyMutation,))
