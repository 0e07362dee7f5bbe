"""What members let a remote plugin do, by which it calls back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.caller import Grant, OrganizationKind, Services
from arengo_core.plugins.grants import owner_of
from arengo_core.plugins.registry import Registry
from arengo_core.remote import repository


@dataclass(frozen=True, slots=True)
class Access:
    """A member that has services of the plugin active, and what it agreed that they do.

    ``active`` are all services that the member has active, others' too.
    """

    organization_id: UUID
    kind: OrganizationKind
    services: frozenset[str]
    grants: frozenset[str]
    active: frozenset[str]


async def of_plugin(
    session: AsyncSession, registry: Registry, plugin: str, only: UUID | None = None
) -> Sequence[Access]:
    """The members that a plugin serves now, by id, or the one that is asked for.

    Of what a member agreed to holds what the registered manifest still asks for.
    """
    own = {key for key, owned in registry.services.items() if owned.plugin == plugin}
    rows = await repository.services_where_active(session, own, only)
    asked = {key: {grant.key for grant in registry.asked_by(key)} for key in own}
    found: dict[UUID, Access] = {}
    for member, kind, service, agreed in rows:
        known = found.get(member) or Access(
            member, OrganizationKind(kind), frozenset(), frozenset(), frozenset()
        )
        is_own = service in own
        found[member] = Access(
            member,
            known.kind,
            known.services | {service} if is_own else known.services,
            known.grants.union(asked[service] & set(agreed)) if is_own else known.grants,
            known.active | {service},
        )
    return list(found.values())


def grants_of(registry: Registry, reached: Iterable[Access], *, writing: bool) -> tuple[Grant, ...]:
    """What the permissions behind members' data grants let the plugin do; no others."""
    found = (
        (access, registry.permissions_by(access.grants, access.kind, writing=writing))
        for access in reached
    )
    return tuple(
        Grant(access.organization_id, access.kind, None, given=permissions)
        for access, permissions in found
        if permissions
    )


def services_of(registry: Registry, plugin: str, reached: Iterable[Access]) -> Services:
    """Services whose fields the plugin sees: its own, and those whose data it was let in to."""
    found: set[str] = set()
    for access in reached:
        owners = {plugin, *map(owner_of, access.grants)}
        found |= {key for key in access.active if registry.owner_of_service(key) in owners}
    return Services(frozenset(found), frozenset(found))
