"""Lifts in the one schema: a query, a mutation, and fields on types of others."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.errors import NotFoundError
from arengo_marketplace.contract import Marketplace
from arengo_skilift.contract import SERVICE, LiftView
from arengo_skilift.lifts import service


@strawberry.type(name="Lift", description="A lift, and what was last reported of it.")
class LiftType:
    """GraphQL face of a lift."""

    organization_id: strawberry.ID
    name: str
    state: str = strawberry.field(description="`open`, `closed` or `unknown`.")
    note: str
    reported_at: datetime

    @classmethod
    def of(cls, view: LiftView) -> LiftType:
        """From its view."""
        return cls(
            organization_id=global_id("Organization", view.organization_id),
            name=view.name,
            state=view.state.value,
            note=view.note,
            reported_at=view.reported_at,
        )


@strawberry.type
class LiftPayload(Payload):
    """The lift as reported."""

    lift: LiftType | None = None


@strawberry.type
class LiftQuery:
    """Root queries."""

    @strawberry.field(description="All lifts of the valley, by name.")
    async def lifts(self, info: Info) -> list[LiftType]:
        """Lifts of members that have the service."""
        uow = info.context.uow
        async with uow.lock:
            return [LiftType.of(view) for view in await service.in_the_valley(uow)]


@strawberry.type
class LiftMutation:
    """Root mutations."""

    @strawberry.mutation(
        description="Report whether a lift of my organization runs.",
        metadata=only_with(SERVICE),
    )
    @answers(LiftPayload)
    async def report_lift(
        self, info: Info, organization_id: strawberry.ID, name: str, state: str, note: str = ""
    ) -> LiftPayload:
        """Report a lift."""
        async with info.context.writing() as uow:
            lift = await service.report(
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                name=name,
                state=state,
                note=note,
            )
        return LiftPayload(lift=LiftType.of(service.view_of(lift)))


def organization_of(root: Any) -> UUID:
    """The member that an ``Organization`` of the schema is."""
    return local_id(root.id, "Organization")


async def open_lifts(root: object, info: Info) -> int | None:
    """Field ``Organization.openLifts``; the host asks only for members with the service."""
    uow = info.context.uow
    async with uow.lock:
        return await service.open_lifts(uow, organization_of(root))


async def open_lifts_nearby(root: Any, info: Info) -> int | None:
    """Field ``Product.openLiftsNearby``: in the municipality where the shop has its seat."""
    uow = info.context.uow
    async with uow.lock:
        marketplace = info.context.host.continuing(uow, Marketplace)
        try:
            member = await marketplace.member(root.merchant_id)
        except NotFoundError:
            return None
        return await service.open_lifts(uow, member.seat_id or member.organization_id)
