"""Loaders of parcels' steps and points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from arengo_core.api.loader import Loader
from arengo_delivery.parcels import repository
from arengo_delivery.parcels.models import ParcelEvent
from arengo_delivery.points import repository as points
from arengo_delivery.points.models import PickUpPointRow


class StepsLoader(Loader[UUID, list[ParcelEvent]]):
    """The steps of parcels, newest first, by parcel."""

    async def fetch(self, keys: Sequence[UUID]) -> Mapping[UUID, list[ParcelEvent]]:
        """Many parcels' steps in one statement."""
        return await repository.events_of(self.context.uow.session, keys)


class PointLoader(Loader[UUID, PickUpPointRow]):
    """Pick-up points by id."""

    async def fetch(self, keys: Sequence[UUID]) -> Mapping[UUID, PickUpPointRow]:
        """Many points in one statement."""
        return await points.by_ids(self.context.uow.session, keys)
