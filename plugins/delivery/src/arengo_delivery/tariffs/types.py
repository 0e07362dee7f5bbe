"""GraphQL types of tariffs."""

from __future__ import annotations

import strawberry

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType
from arengo_delivery.tariffs.schedule import Band
from arengo_delivery.tariffs.service import Destination


@strawberry.type(description="The price of parcels up to a weight, VAT included.")
class TariffBand:
    """One step of a tariff."""

    up_to_grams: int
    price: MoneyType


@strawberry.type(description="The valley courier's prices to one destination.")
class CourierTariff:
    """GraphQL face of a destination's prices."""

    destination: str = strawberry.field(
        description="`valley`, `elsewhere`, or a municipality's ISTAT code."
    )
    name: str = strawberry.field(description="The municipality's name; empty for a zone.")
    is_own: bool = strawberry.field(description="Whether the office set it; else the default.")
    bands: list[TariffBand]

    @classmethod
    def of(cls, row: Destination) -> CourierTariff:
        """From the domain's view."""
        return cls(
            destination=row.key,
            name=row.name,
            is_own=row.own,
            bands=[
                TariffBand(up_to_grams=band.up_to_grams, price=MoneyType.cents(band.price))
                for band in row.bands
            ],
        )


@strawberry.input(description="A step of a tariff.")
class TariffBandInput:
    """One step, as entered."""

    up_to_grams: int
    price: int = strawberry.field(description="Cents of EUR, VAT included.")

    def band(self) -> Band:
        """As the domain has it."""
        return Band(self.up_to_grams, self.price)


@strawberry.type
class TariffPayload(Payload):
    """Whether the tariff was set."""

    done: bool = False
