"""The ways to deliver that a checkout offers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.organizations import service as organizations
from arengo_delivery.carriers.keys import PICK_UP_POINT
from arengo_delivery.contract import Carrier, DeliveryKind, DeliveryOption, PickUpPoint, Quote
from arengo_delivery.points.service import as_contract, open_points
from arengo_delivery.tariffs import service as tariffs


async def options(
    host: Host,
    uow: UnitOfWork,
    *,
    merchant_id: UUID,
    consortium_id: UUID,
    weight_grams: int,
    destination_istat: str | None,
) -> list[DeliveryOption]:
    """Pick-up where there is a point, and what each carrier asks for a known destination.

    A carrier that fails, or needs more than half of the time that this call has, is left out.
    """
    if weight_grams < 0:
        raise InvalidInputError("A weight is 0 g or more.", field="weight_grams")
    merchant = await organizations.get(uow, merchant_id)
    points = tuple(as_contract(row) for row in await open_points(uow, consortium_id))
    settings: dict[str, Any] = {"merchant_id": merchant_id, "consortium_id": consortium_id}
    if destination_istat:
        settings["schedule"] = await tariffs.schedule(host, uow, consortium_id)
    keys = [
        owned.value.key
        for owned in host.registry.providers_of(Carrier)
        if (points if owned.value.key == PICK_UP_POINT else destination_istat)
    ]
    quotes = await asyncio.gather(
        *(
            _quotes(host, key, settings, weight_grams, merchant.istat_code, destination_istat)
            for key in keys
        )
    )
    return [
        _option(key, quote, points)
        for key, found in zip(keys, quotes, strict=True)
        for quote in found
    ]


async def _quotes(
    host: Host,
    key: str,
    settings: dict[str, Any],
    weight_grams: int,
    origin: str | None,
    destination: str | None,
) -> Sequence[Quote]:
    owned = host.registry.providers[(Carrier, key)]
    made = owned.value.make(host, settings)
    carrier = cast(
        Carrier,
        host.guard.wrap(
            owned.plugin, made, door=f"Carrier {key}", time_limit=host.guard.time_limit / 2
        ),
    )
    try:
        return await carrier.quote(weight_grams, origin or "", destination or "")
    except ArengoError:
        return ()


def _option(key: str, quote: Quote, points: tuple[PickUpPoint, ...]) -> DeliveryOption:
    pick_up = key == PICK_UP_POINT
    return DeliveryOption(
        key=f"{key}:{quote.option}",
        carrier=key,
        kind=DeliveryKind.PICK_UP if pick_up else DeliveryKind.COURIER,
        title=quote.title,
        price=quote.price,
        points=points if pick_up else (),
    )
