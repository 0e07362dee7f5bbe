"""Table of tariffs."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_delivery.base import DeliveryBase


class Tariff(DeliveryBase, Identified, Owned):
    """A consortium's prices to one destination; its tenant is the consortium.

    ``destination`` is ``valley``, ``elsewhere`` or a municipality's ISTAT code; ``bands`` are
    pairs of grams and minor units of EUR, lightest first; none: the courier does not go there.
    """

    __tablename__ = "tariff"
    __table_args__ = table(TableClass.PUBLIC, UniqueConstraint("organization_id", "destination"))

    destination: Mapped[str]
    bands: Mapped[list[list[int]]] = mapped_column(JSONB)
