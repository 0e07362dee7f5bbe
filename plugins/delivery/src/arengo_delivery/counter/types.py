"""GraphQL types of the counter."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.payload import Payload
from arengo_delivery.parcels.models import ParcelRow


@strawberry.type(description="A parcel on the counter's list; no name without the code.")
class WaitingParcel:
    """One that waits."""

    order_reference: str
    since: datetime


@strawberry.type(description="A parcel at the counter, as the clerk sees it who has the code.")
class CounterParcel:
    """To whom it goes."""

    order_reference: str
    recipient_name: str
    state: str

    @classmethod
    def of(cls, row: ParcelRow) -> CounterParcel:
        """From its row."""
        return cls(
            order_reference=row.order_reference,
            recipient_name=row.recipient_name,
            state=row.state,
        )


@strawberry.type
class CounterPayload(Payload):
    """The parcel at the counter."""

    parcel: CounterParcel | None = None
