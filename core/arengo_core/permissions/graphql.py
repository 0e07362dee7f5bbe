"""GraphQL of permissions."""

from __future__ import annotations

from datetime import date

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.i18n import gettext
from arengo_core.identity.graphql import DonePayload
from arengo_core.permissions import holders, service
from arengo_core.permissions.holders import Holder, Loan, Standing
from arengo_core.permissions.models import Delegation
from arengo_core.plugins.contributions import GraphqlContribution


@strawberry.type(name="Delegation", description="That another organization may do something.")
class DelegationType:
    """GraphQL face of a delegation."""

    id: strawberry.ID
    permission: str
    delegate_id: strawberry.ID
    since: date
    until: date = strawberry.field(description="The last day.")

    @classmethod
    def of(cls, row: Delegation) -> DelegationType:
        """From its row."""
        return cls(
            id=global_id("Delegation", row.id),
            permission=row.permission,
            delegate_id=global_id("Organization", row.delegate_id),
            since=row.starts_on,
            until=row.ends_on,
        )


@strawberry.type(description="Somebody who has a permission, and why.")
class PermissionHolder:
    """A person by a role, or by a delegation."""

    user_id: strawberry.ID
    name: str
    role: str = strawberry.field(description="Of the delegate, where it is by delegation.")
    delegation: DelegationType | None

    @classmethod
    def of(cls, holder: Holder) -> PermissionHolder:
        """From the domain's."""
        return cls(
            user_id=global_id("User", holder.user_id),
            name=holder.name,
            role=holder.role.value,
            delegation=DelegationType.of(holder.delegation) if holder.delegation else None,
        )


@strawberry.type(name="Permission", description="Something that may be done in an organization.")
class PermissionType:
    """GraphQL face of a permission in an organization."""

    key: str
    title: str
    is_delegable: bool
    is_fixed: bool = strawberry.field(description="Not given to other roles nor taken from these.")
    roles: list[str]
    holders: list[PermissionHolder]
    delegations: list[DelegationType]

    @classmethod
    def of(cls, standing: Standing) -> PermissionType:
        """From the domain's."""
        return cls(
            key=standing.permission.key,
            title=gettext(standing.permission.title),
            is_delegable=standing.permission.delegable,
            is_fixed=standing.permission.fixed,
            roles=sorted(role.value for role in standing.roles),
            holders=[PermissionHolder.of(holder) for holder in standing.holders],
            delegations=[_delegation(loan) for loan in standing.loans],
        )


def _delegation(loan: Loan) -> DelegationType:
    return DelegationType.of(loan.delegation)


@strawberry.type
class PermissionsQuery:
    """Root query on permissions."""

    @strawberry.field(description="Who can do what in an organization, and why; for its leaders.")
    async def permissions(self, info: Info, organization_id: strawberry.ID) -> list[PermissionType]:
        """Every permission there."""
        place = local_id(organization_id, "Organization", "organization_id")
        uow = info.context.uow
        async with uow.lock:
            found = await holders.standings(uow, info.context.host, place)
        return [PermissionType.of(standing) for standing in found]


@strawberry.type
class DelegationPayload(Payload):
    """The delegation made."""

    delegation: DelegationType | None = None


@strawberry.type
class PermissionsMutation:
    """Mutations on permissions."""

    @strawberry.mutation(description="Give a permission to a role of an organization, or take it.")
    @answers(DonePayload)
    async def set_role_permission(
        self, info: Info, organization_id: strawberry.ID, permission: str, role: str, may: bool
    ) -> DonePayload:
        """Give or take."""
        place = local_id(organization_id, "Organization", "organization_id")
        async with info.context.writing() as uow:
            await service.set_role(
                uow, info.context.host, place, permission=permission, role=role, may=may
            )
        return DonePayload(done=True)

    @strawberry.mutation(
        description="Let the people of another organization do something; days are included."
    )
    @answers(DelegationPayload)
    async def delegate_permission(
        self,
        info: Info,
        organization_id: strawberry.ID,
        permission: str,
        delegate_id: strawberry.ID,
        until: date,
        since: date | None = None,
    ) -> DelegationPayload:
        """Delegate."""
        place = local_id(organization_id, "Organization", "organization_id")
        async with info.context.writing() as uow:
            row = await service.delegate(
                uow,
                info.context.host,
                place,
                permission=permission,
                delegate_id=local_id(delegate_id, "Organization", "delegate_id"),
                until=until,
                since=since,
            )
        return DelegationPayload(delegation=DelegationType.of(row))

    @strawberry.mutation(description="End a delegation of an organization at once.")
    @answers(DonePayload)
    async def revoke_delegation(
        self, info: Info, organization_id: strawberry.ID, delegation_id: strawberry.ID
    ) -> DonePayload:
        """End one."""
        place = local_id(organization_id, "Organization", "organization_id")
        async with info.context.writing() as uow:
            await service.revoke(uow, place, local_id(delegation_id, "Delegation", "delegation_id"))
        return DonePayload(done=True)


CONTRIBUTION = GraphqlContribution(queries=(PermissionsQuery,), mutations=(PermissionsMutation,))
