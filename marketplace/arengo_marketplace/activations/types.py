"""GraphQL types of activations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.ids import Node
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_marketplace.activations.models import Activation, ActivationChange
from arengo_marketplace.activations.preview import ActivationPreview
from arengo_marketplace.costs.forecast import Change
from arengo_marketplace.offers.types import DataGrantType


@strawberry.type(description="Units expected in a month.")
class ExpectedUse:
    """A forecast of one meter."""

    meter: str
    units: Decimal


@strawberry.input(description="Units expected in a month.")
class ExpectedUseInput:
    """A forecast of one meter."""

    meter: str
    units: str


@strawberry.type(name="ActivationChange", description="A dated change of an activation's state.")
class ActivationChangeType:
    """GraphQL face of a change."""

    state: str
    at: datetime
    by: strawberry.ID | None
    why: str

    @classmethod
    def of(cls, row: ActivationChange) -> ActivationChangeType:
        """From its row."""
        by = global_id("User", row.by) if row.by else None
        return cls(state=row.state, at=row.at, by=by, why=row.why)


@strawberry.type(name="PlainSetting", description="A setting that is not secret.")
class PlainSetting:
    """A setting with its value."""

    name: str
    value: str


@strawberry.type(name="Activation", description="A member's opt-in to an offer.")
class ActivationType(Node):
    """GraphQL face of an activation. Secrets never leave."""

    member_id: strawberry.ID
    offer_id: strawberry.ID
    service: str
    state: str
    expected_use: list[ExpectedUse]
    settings: list[PlainSetting]
    agreed_grants: list[str] = strawberry.field(
        description="Keys of what the member agreed that the service reads and writes."
    )

    @strawberry.field(
        description="What the installed version asks for and the member has not agreed to; it is"
        " not in force until then."
    )
    def outstanding_grants(self, info: Info) -> list[DataGrantType]:
        """What is to be answered."""
        if self.state == "ended":
            return []
        return [
            DataGrantType.of(grant)
            for grant in info.context.host.registry.asked_by(self.service)
            if grant.key not in self.agreed_grants
        ]

    @classmethod
    def of(cls, row: Activation) -> ActivationType:
        """From its row."""
        return cls(
            id=global_id("Activation", row.id),
            member_id=global_id("Organization", row.organization_id),
            offer_id=global_id("Offer", row.offer_id),
            service=row.service,
            state=row.state,
            expected_use=[
                ExpectedUse(meter=meter, units=_decimal(units))
                for meter, units in sorted(row.forecast.items())
            ],
            settings=[
                PlainSetting(name=name, value=str(value))
                for name, value in sorted(row.settings.items())
            ],
            agreed_grants=list(row.agreed),
        )


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal()


@strawberry.type(description="A member's cost of the year ahead, today and afterwards.")
class CostChange:
    """The effect on one member."""

    member_id: strawberry.ID
    name: str
    today: MoneyType
    afterwards: MoneyType
    difference: MoneyType
    per_inhabitant: MoneyType | None = strawberry.field(description="Afterwards, a year.")

    @classmethod
    def of(cls, change: Change) -> CostChange:
        """From the forecast's."""
        each = change.per_inhabitant_afterwards
        return cls(
            member_id=global_id("Organization", change.bearer.organization_id),
            name=change.bearer.name,
            today=MoneyType.of(change.today),
            afterwards=MoneyType.of(change.afterwards),
            difference=MoneyType.of(change.difference),
            per_inhabitant=MoneyType.of(each) if each is not None else None,
        )


@strawberry.type(name="ActivationPreview", description="The year ahead with and without.")
class ActivationPreviewType:
    """GraphQL face of a preview. ``own`` is null where the member bears no share."""

    starts_on: date
    ends_on: date
    cost_today: MoneyType
    cost_afterwards: MoneyType
    expected_use: list[ExpectedUse]
    own: CostChange | None
    others: list[CostChange]

    @classmethod
    def of(cls, preview: ActivationPreview) -> ActivationPreviewType:
        """From the domain's."""
        return cls(
            starts_on=preview.period.start,
            ends_on=preview.period.end,
            cost_today=MoneyType.of(preview.figures.today.cost),
            cost_afterwards=MoneyType.of(preview.figures.afterwards.cost),
            expected_use=[
                ExpectedUse(meter=meter, units=units)
                for meter, units in sorted(preview.forecast.items())
            ],
            own=CostChange.of(preview.own) if preview.own else None,
            others=[CostChange.of(change) for change in preview.others],
        )


@strawberry.type
class ActivationPayload(Payload):
    """An activation."""

    activation: ActivationType | None = None


def forecast_of(values: Iterable[ExpectedUseInput] | None) -> dict[str, str]:
    """The forecast of an input."""
    return {value.meter: value.units for value in values or ()}
