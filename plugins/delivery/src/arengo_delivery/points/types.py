"""GraphQL types of pick-up points."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id
from arengo_delivery.points.models import PickUpPointRow


@strawberry.type(name="PickUpPoint", description="A counter or shop where parcels wait.")
class PickUpPointType:
    """GraphQL face of a pick-up point."""

    id: strawberry.ID
    keeper_id: strawberry.ID
    name: str
    address: str
    opening_hours: str
    closed_at: datetime | None

    @classmethod
    def of(cls, row: PickUpPointRow) -> PickUpPointType:
        """From its row."""
        return cls(
            id=global_id("PickUpPoint", row.id),
            keeper_id=global_id("Organization", row.organization_id),
            name=row.name,
            address=row.address,
            opening_hours=row.opening_hours,
            closed_at=row.closed_at,
        )


@strawberry.type
class PickUpPointPayload(Payload):
    """The pick-up point."""

    point: PickUpPointType | None = None
