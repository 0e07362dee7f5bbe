"""The ways to deliver that a checkout offers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, cast
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.organizations import repository as organizations
from arengo_delivery.carriers.keys import PICK_UP_POINT
from arengo_delivery.contract import Carrier, DeliveryKind, DeliveryOption, PickUpPoint, Quote
from arengo_delivery.points.service import as_contract, open_points
from arengo_delivery.tariffs import service as tariffs


async def options(
    host: Host,
    uow: UnitOfWork,
    weights: Mapping[UUID, int],
    consortium_id: UUID,
    destination_istat: str | None,
) -> dict[UUID, list[DeliveryOption]]:
    """By merchant: pick-up where there is a point, and what each carrier asks for the destination.

    A carrier that fails, or needs more than half of the time that this call has, is left out.
    """
    if any(weight < 0 for weight in weights.values()):
        raise InvalidInputError("A weight is 0 g or more.", field="weight_grams")
    merchants = await organizations.by_ids(uow.session, weights)
    if merchants.keys() != weights.keys():
        raise NotFoundError("There is no such organization.")
    points = tuple(as_contract(row) for row in await open_points(uow, consortium_id))
    settings: dict[str, Any] = {"consortium_id": consortium_id}
    if destination_istat:
        settings["schedule"] = await tariffs.schedule(host, uow, consortium_id)
    keys = [
        owned.value.key
        for owned in host.registry.providers_of(Carrier)
        if (points if owned.value.key == PICK_UP_POINT else destination_istat)
    ]
    asked = list(product(weights, keys))
    quotes = await asyncio.gather(
        *(
            _quotes(
                host,
                key,
                {"merchant_id": merchant_id, **settings},
                weights[merchant_id],
                merchants[merchant_id].istat_code,
                destination_istat,
            )
            for merchant_id, key in asked
        )
    )
    options: dict[UUID, list[DeliveryOption]] = {merchant_id: [] for merchant_id in weights}
    for (merchant_id, key), found in zip(asked, quotes, strict=True):
        options[merchant_id] += [_option(key, quote, points) for quote in found]
    return options


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
