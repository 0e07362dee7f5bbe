"""GraphQL of identity."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.errors import ForbiddenError, UnauthenticatedError
from arengo_core.identity.labels import INVITED_REFUSED, REFUSED
from arengo_core.identity.models import Person
from arengo_core.identity.service import SecondStepNeeded
from arengo_core.organizations import repository as organizations
from arengo_core.organizations import service as organization_service
from arengo_core.organizations.models import Organization
from arengo_core.plugins.contributions import GraphqlContribution
from arengo_core.web.devices import origin_from


@strawberry.type(name="Organization", description="Anything that acts: consortium, municipality…")
class OrganizationType:
    """GraphQL face of an Organization."""

    id: strawberry.ID
    kind: str
    name: str
    slug: str
    vat_number: str | None
    istat_code: str | None
    city: str
    province: str
    email: str

    @classmethod
    def of(cls, row: Organization) -> OrganizationType:
        """From its row."""
        return cls(
            id=global_id("Organization", row.id),
            kind=row.kind,
            name=row.name,
            slug=row.slug,
            vat_number=row.vat_number,
            istat_code=row.istat_code,
            city=row.city,
            province=row.province,
            email=row.email,
        )


@strawberry.type(description="A role that somebody holds in an organization.")
class RoleHeld:
    """One grant."""

    role: str
    organization: OrganizationType


@strawberry.type(description="The person who calls.")
class Me:
    """The caller's own account."""

    id: strawberry.ID
    name: str
    email: str
    roles: list[RoleHeld]
    acting_for: OrganizationType | None


@strawberry.type
class IdentityQuery:
    """Identity's root queries."""

    @strawberry.field(description="Who I am; null when not signed in.")
    async def me(self, info: Info) -> Me | None:
        """The caller."""
        caller = info.context.caller
        if caller.user_id is None:
            return None
        uow = info.context.uow
        async with uow.lock:
            person = await uow.session.get(Person, caller.user_id)
            places = await organizations.by_ids(
                uow.session, [grant.organization_id for grant in caller.grants]
            )
        acting = places.get(caller.acting_id) if caller.acting_id else None
        return Me(
            id=global_id("User", caller.user_id),
            name=person.name if person else "",
            email=person.email if person else "",
            roles=[
                RoleHeld(
                    role=grant.role.value,
                    organization=OrganizationType.of(places[grant.organization_id]),
                )
                for grant in caller.grants
                if grant.role is not None and grant.organization_id in places
            ],
            acting_for=OrganizationType.of(acting) if acting else None,
        )


@strawberry.type
class SessionPayload(Payload):
    """A session for scripts: send the token as ``Authorization: Bearer``.

    Whoever signs in by two steps gets ``secondStep`` instead, for ``signInWithCode``.
    """

    token: str | None = None
    second_step: str | None = None

    @classmethod
    def of(cls, entered: str | SecondStepNeeded) -> SessionPayload:
        """From what the first step led to."""
        if isinstance(entered, SecondStepNeeded):
            return cls(second_step=entered.token)
        return cls(token=entered)


@strawberry.type
class DonePayload(Payload):
    """Whether it was done."""

    done: bool = False


@strawberry.type
class IdentityMutation:
    """Identity's root mutations."""

    @strawberry.mutation(description="Sign in; answers a session token for scripts.")
    @answers(SessionPayload, signs_in=True)
    async def sign_in(self, info: Info, email: str, password: str) -> SessionPayload:
        """Sign in with address and password."""
        async with info.context.writing() as uow:
            token = await info.context.host.identity.sign_in(
                uow, email=email, password=password, origin=origin_from(info.context.request)
            )
        if token is None:
            raise UnauthenticatedError(REFUSED)
        return SessionPayload.of(token)

    @strawberry.mutation(description="End this session, or all of mine.")
    @answers(DonePayload)
    async def sign_out(self, info: Info, everywhere: bool = False) -> DonePayload:
        """Sign out."""
        async with info.context.writing() as uow:
            await info.context.host.identity.sign_out(uow, everywhere=everywhere)
        return DonePayload(done=True)

    @strawberry.mutation(description="Choose the organization that this session acts for.")
    @answers(DonePayload)
    async def act_for(self, info: Info, organization_id: strawberry.ID) -> DonePayload:
        """Act for an organization."""
        async with info.context.writing() as uow:
            await info.context.host.identity.act_for(
                uow, local_id(organization_id, "Organization", "organization_id")
            )
        return DonePayload(done=True)

    @strawberry.mutation(description="Invite somebody by mail to take a role.")
    @answers(DonePayload)
    async def invite_person(
        self, info: Info, organization_id: strawberry.ID, email: str, name: str, role: str
    ) -> DonePayload:
        """Invite somebody."""
        identity = info.context.host.identity
        async with info.context.writing() as uow:
            await identity.invite(
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                email=email,
                name=name,
                role=identity.role_named(role),
            )
        return DonePayload(done=True)

    @strawberry.mutation(description="Accept an invitation by the secret of its link.")
    @answers(SessionPayload, signs_in=True)
    async def accept_invitation(
        self, info: Info, token: str, name: str, password: str
    ) -> SessionPayload:
        """Accept an invitation."""
        async with info.context.writing() as uow:
            session = await info.context.host.identity.accept_invitation(
                uow,
                token=token,
                name=name,
                password=password,
                origin=origin_from(info.context.request),
            )
        if session is None:
            raise ForbiddenError(INVITED_REFUSED, field="password")
        return SessionPayload.of(session)

    @strawberry.mutation(description="Mail a link to set a new password.")
    @answers(DonePayload, signs_in=True)
    async def request_password_reset(self, info: Info, email: str) -> DonePayload:
        """Ask for a reset link."""
        async with info.context.writing() as uow:
            await info.context.host.identity.request_password_reset(
                uow, email, origin_from(info.context.request)
            )
        return DonePayload(done=True)

    @strawberry.mutation(description="Set a new password by the secret of the mailed link.")
    @answers(DonePayload, signs_in=True)
    async def reset_password(self, info: Info, token: str, password: str) -> DonePayload:
        """Set a new password."""
        async with info.context.writing() as uow:
            await info.context.host.identity.reset_password(
                uow, token=token, password=password, origin=origin_from(info.context.request)
            )
        return DonePayload(done=True)

    @strawberry.mutation(description="Take a role away from somebody.")
    @answers(DonePayload)
    async def remove_role(
        self, info: Info, organization_id: strawberry.ID, user_id: strawberry.ID, role: str
    ) -> DonePayload:
        """Remove a role."""
        identity = info.context.host.identity
        async with info.context.writing() as uow:
            await identity.remove_role(
                uow,
                user_id=local_id(user_id, "User", "user_id"),
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                role=identity.role_named(role),
            )
        return DonePayload(done=True)


@strawberry.type
class OrganizationPayload(Payload):
    """The organization as it is now."""

    organization: OrganizationType | None = None


@strawberry.input(description="An organization's own data; empty text clears a field.")
class OrganizationInput:
    """What leaders of an organization may change."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    province: str = ""
    email: str = ""
    phone: str = ""
    locale: str = "it"
    theme: str = ""


@strawberry.type
class OrganizationMutation:
    """Mutations on an organization's own data."""

    @strawberry.mutation(description="Change address, language and theme of an organization.")
    @answers(OrganizationPayload)
    async def update_organization(
        self, info: Info, organization_id: strawberry.ID, data: OrganizationInput
    ) -> OrganizationPayload:
        """Update an organization."""
        async with info.context.writing() as uow:
            row = await organization_service.update(
                uow,
                local_id(organization_id, "Organization", "organization_id"),
                themes=info.context.host.state["pages"].themes,
                theme=data.theme,
                locale=data.locale,
                email=data.email,
                street=data.street,
                postcode=data.postcode,
                city=data.city,
                province=data.province,
                phone=data.phone,
            )
        return OrganizationPayload(organization=OrganizationType.of(row))


CONTRIBUTION = GraphqlContribution(
    queries=(IdentityQuery,), mutations=(IdentityMutation, OrganizationMutation)
)
