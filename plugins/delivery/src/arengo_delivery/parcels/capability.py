"""The capability ``Delivery``, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_delivery.contract import DeliveryOption, Parcel, ParcelRequest, ParcelState
from arengo_delivery.parcels import options, repository, service
from arengo_delivery.parcels.models import ParcelRow
from arengo_delivery.parcels.views import as_parcel


class DeliveryService:
    """Implements :class:`arengo_delivery.contract.Delivery`."""

    def __init__(self, host: Host, uow: UnitOfWork) -> None:
        self._host = host
        self._uow = uow

    async def options(
        self, weights: Mapping[UUID, int], consortium_id: UUID, destination_istat: str | None
    ) -> Mapping[UUID, Sequence[DeliveryOption]]:
        """Ways to deliver from each merchant a weight; couriers only with a known destination."""
        return await options.options(
            self._host, self._uow, weights, consortium_id, destination_istat
        )

    async def announce(self, request: ParcelRequest) -> Parcel:
        """Make a parcel; the same merchant order again answers the one it has."""
        async with self._uow.widened([request.merchant_id]):
            row = await service.announce(self._host, self._uow, request)
            return await as_parcel(self._uow, row)

    async def ready(self, merchant_order_id: UUID) -> Parcel:
        """Packed; again, or later on its way, changes nothing."""
        row = await self._required(merchant_order_id)
        if row.state == ParcelState.ANNOUNCED:
            await service.move(self._host, self._uow, row, ParcelState.READY)
        return await as_parcel(self._uow, row)

    async def parcel_of(self, merchant_order_id: UUID) -> Parcel | None:
        """The parcel of a merchant order, if it has one."""
        row = await repository.of_order(self._uow.session, merchant_order_id)
        return await as_parcel(self._uow, row) if row else None

    async def cancel(self, merchant_order_id: UUID) -> None:
        """Call a parcel off that has not left. ConflictError afterwards."""
        await service.cancel(self._host, self._uow, await self._required(merchant_order_id))

    async def _required(self, merchant_order_id: UUID) -> ParcelRow:
        row = await repository.of_order(self._uow.session, merchant_order_id, lock=True)
        if row is None:
            raise NotFoundError("There is no such parcel.")
        return row
