"""To whom a member may delegate: its consortia, and the other municipalities in them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_marketplace.members import directory, repository


class Peers:
    """The federation as core asks for it."""

    def __init__(self, uow: UnitOfWork | None) -> None:
        assert uow is not None, "asked within the caller's transaction"
        self._uow = uow

    async def peers(self, organization_id: UUID) -> Sequence[UUID]:
        """The consortia of a member and their other municipalities, today."""
        uow = self._uow
        async with uow.widened([organization_id]):
            rows = await repository.memberships_of(uow.session, organization_id, clock.today())
        found: list[UUID] = []
        for consortium_id in [membership.consortium_id for membership, _ in rows]:
            towns = await directory.members(uow, consortium_id, OrganizationKind.MUNICIPALITY)
            found += [consortium_id, *(town.organization_id for town in towns)]
        return [place for place in found if place != organization_id]
