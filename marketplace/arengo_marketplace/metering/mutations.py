"""GraphQL mutation of usage."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import local_id
from arengo_core.errors import ForbiddenError
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.metering import by_plugins


@strawberry.input(description="One reading of a meter; the same key counts once.")
class UsageReadingInput:
    """What a plugin counted."""

    meter: str
    organization_id: strawberry.ID
    quantity: Decimal
    occurred_at: datetime
    key: str

    def as_contract(self) -> UsageReading:
        """As the marketplace takes it."""
        return UsageReading(
            meter=self.meter,
            organization_id=local_id(self.organization_id, "Organization", "organization_id"),
            quantity=self.quantity,
            occurred_at=self.occurred_at,
            key=self.key,
        )


@strawberry.type
class UsagePayload(Payload):
    """How many readings were new."""

    new: int = 0


@strawberry.type
class MeteringMutation:
    """Root mutation of usage."""

    @strawberry.mutation(
        description="Report use by the calling plugin's meters, 500 readings at most; all or none."
    )
    @answers(UsagePayload)
    async def report_usage(self, info: Info, readings: list[UsageReadingInput]) -> UsagePayload:
        """Store what the plugin counted."""
        context = info.context
        plugin, only = context.caller.require_plugin(), context.caller.member_id
        reported = [one.as_contract() for one in readings]
        if only is not None and {one.organization_id for one in reported} - {only}:
            raise ForbiddenError("This token is of another member.")
        return UsagePayload(new=await by_plugins.report(context.host, plugin, reported))
