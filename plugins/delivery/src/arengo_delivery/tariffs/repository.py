"""Queries on tariffs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.ids import new_id
from arengo_delivery.tariffs.models import Tariff
from arengo_delivery.tariffs.schedule import Band, Bands


async def of_consortium(session: AsyncSession, consortium_id: UUID) -> dict[str, Bands]:
    """What a consortium's office set, by destination."""
    rows = await session.execute(
        select(Tariff.destination, Tariff.bands).where(Tariff.organization_id == consortium_id)
    )
    return {
        destination: tuple(Band(weight, price) for weight, price in bands)
        for destination, bands in rows
    }


async def put(session: AsyncSession, consortium_id: UUID, destination: str, bands: Bands) -> None:
    """Set the prices to a destination."""
    value = [[band.up_to_grams, band.price] for band in bands]
    await session.execute(
        insert(Tariff)
        .values(id=new_id(), organization_id=consortium_id, destination=destination, bands=value)
        .on_conflict_do_update(
            index_elements=["organization_id", "destination"], set_={"bands": value}
        )
    )


async def remove(session: AsyncSession, consortium_id: UUID, destination: str) -> bool:
    """Take a destination's own prices away; whether there were any."""
    done = await session.execute(
        delete(Tariff)
        .where(Tariff.organization_id == consortium_id, Tariff.destination == destination)
        .returning(Tariff.id)
    )
    return done.first() is not None
