"""Queries on settlements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, undefer

from arengo_marketplace.settlements.models import (
    SettledLine,
    SettledOffer,
    Settlement,
    SettlementDifference,
    Share,
)

_ALONE = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
_KEEP_OPEN = text(
    "select pg_advisory_xact_lock_shared(hashtextextended(name, 0))"
    " from unnest(cast(:names as text[])) as name order by name"
)


def _books(consortium_id: UUID) -> str:
    return f"marketplace.books.{consortium_id}"


async def close_books(session: AsyncSession, consortium_id: UUID) -> None:
    """Until the end of this transaction nobody else settles or records anything."""
    await session.execute(_ALONE, {"name": _books(consortium_id)})


async def keep_books_open(session: AsyncSession, consortium_ids: Iterable[UUID]) -> None:
    """Until the end of this transaction nobody settles; many may record at once."""
    names = sorted({_books(consortium_id) for consortium_id in consortium_ids})
    await session.execute(_KEEP_OPEN, {"names": names})


def _standing(consortium_id: UUID) -> Select[Settlement]:
    """Settlements that hold: neither reversals nor reversed."""
    reversal = aliased(Settlement)
    reversed_ids = select(reversal.reverses_id).where(
        reversal.organization_id == consortium_id, reversal.reverses_id.is_not(None)
    )
    return select(Settlement).where(
        Settlement.organization_id == consortium_id,
        Settlement.reverses_id.is_(None),
        Settlement.id.not_in(reversed_ids),
    )


async def settled_months(session: AsyncSession, consortium_id: UUID) -> set[date]:
    """First days of the months that are settled, and not reversed."""
    standing = _standing(consortium_id).subquery()
    return set((await session.execute(select(standing.c.starts_on))).scalars())


async def standing(
    session: AsyncSession, consortium_id: UUID, starts_on: date
) -> Settlement | None:
    """The settlement that holds for the month of a day."""
    statement = _standing(consortium_id).where(Settlement.starts_on == starts_on)
    return (await session.execute(statement)).scalar_one_or_none()


async def last_before(session: AsyncSession, consortium_id: UUID, day: date) -> Settlement | None:
    """The settlement that holds for the latest month settled before a day."""
    statement = _standing(consortium_id).where(Settlement.starts_on < day)
    statement = statement.order_by(Settlement.starts_on.desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def all_standing(session: AsyncSession, consortium_id: UUID) -> Sequence[Settlement]:
    """The settlements that hold, the latest month first."""
    statement = _standing(consortium_id).order_by(Settlement.starts_on.desc())
    return (await session.execute(statement)).scalars().all()


async def revisions(session: AsyncSession, consortium_id: UUID, starts_on: date) -> int:
    """How many settlements and reversals a month has had."""
    statement = select(func.count()).where(
        Settlement.organization_id == consortium_id, Settlement.starts_on == starts_on
    )
    return await session.scalar(statement) or 0


async def get(session: AsyncSession, settlement_id: UUID, consortium_id: UUID) -> Settlement | None:
    """A settlement of a consortium."""
    statement = select(Settlement).where(
        Settlement.id == settlement_id, Settlement.organization_id == consortium_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def by_id(session: AsyncSession, settlement_id: UUID) -> Settlement | None:
    """A settlement in scope."""
    statement = select(Settlement).where(Settlement.id == settlement_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def page(
    session: AsyncSession,
    consortium_id: UUID,
    limit: int | None = None,
    after: tuple[date, UUID] | None = None,
) -> Sequence[Settlement]:
    """Settlements and reversals, the latest month first, in it the latest written."""
    statement = select(Settlement).where(Settlement.organization_id == consortium_id)
    order = (Settlement.starts_on, Settlement.id)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*after))
    statement = statement.order_by(*(part.desc() for part in order))
    return (await session.execute(statement.limit(limit))).scalars().all()


async def reversals(session: AsyncSession, consortium_id: UUID) -> dict[UUID, UUID]:
    """Reversed settlements with the settlement that reversed each."""
    statement = select(Settlement.reverses_id, Settlement.id).where(
        Settlement.organization_id == consortium_id, Settlement.reverses_id.is_not(None)
    )
    rows = (await session.execute(statement)).all()
    return {taken_back: by for taken_back, by in rows if taken_back is not None}


async def offers(
    session: AsyncSession, settlement_id: UUID, consortium_id: UUID, *, with_inputs: bool = False
) -> Sequence[SettledOffer]:
    """The offers of a settlement, by service."""
    return await offers_of(session, [settlement_id], [consortium_id], with_inputs=with_inputs)


async def offers_of(
    session: AsyncSession,
    settlement_ids: Sequence[UUID],
    consortium_ids: Sequence[UUID],
    *,
    with_inputs: bool = False,
) -> Sequence[SettledOffer]:
    """The offers of settlements, by service."""
    statement = (
        select(SettledOffer)
        .where(
            SettledOffer.organization_id.in_(consortium_ids),
            SettledOffer.settlement_id.in_(settlement_ids),
        )
        .order_by(SettledOffer.service, SettledOffer.id)
    )
    if with_inputs:
        statement = statement.options(undefer(SettledOffer.inputs))
    return (await session.execute(statement)).scalars().all()


async def lines(
    session: AsyncSession, settlement_id: UUID, consortium_id: UUID, offer_id: UUID | None = None
) -> Sequence[SettledLine]:
    """The pool lines settled, of one offer or all."""
    statement = select(SettledLine).where(
        SettledLine.organization_id == consortium_id, SettledLine.settlement_id == settlement_id
    )
    if offer_id is not None:
        statement = statement.where(SettledLine.offer_id == offer_id)
    statement = statement.order_by(SettledLine.offer_id, SettledLine.kind, SettledLine.line_id)
    return (await session.execute(statement)).scalars().all()


async def shares(
    session: AsyncSession, settlement_id: UUID, consortium_id: UUID, offer_id: UUID | None = None
) -> Sequence[Share]:
    """The shares of a settlement, for the consortium's officers."""
    statement = select(Share).where(
        Share.consortium_id == consortium_id, Share.settlement_id == settlement_id
    )
    if offer_id is not None:
        statement = statement.where(Share.offer_id == offer_id)
    statement = statement.order_by(Share.organization_id, Share.service, Share.id)
    return (await session.execute(statement)).scalars().all()


async def amounts(
    session: AsyncSession, settlement_id: UUID, consortium_id: UUID
) -> dict[UUID, dict[UUID, int]]:
    """The shares of a settlement in minor units, by offer and member; for its officers."""
    statement = select(Share.offer_id, Share.organization_id, Share.amount).where(
        Share.consortium_id == consortium_id, Share.settlement_id == settlement_id
    )
    found: dict[UUID, dict[UUID, int]] = {}
    for offer_id, member, amount in (await session.execute(statement)).all():
        found.setdefault(offer_id, {})[member] = amount
    return found


async def paid_in(
    session: AsyncSession, consortium_id: UUID, months: Collection[date]
) -> dict[UUID, dict[date, dict[UUID, int]]]:
    """Shares of months whose settlement holds: minor units by offer, month and member."""
    standing = _standing(consortium_id).where(Settlement.starts_on.in_(months)).subquery()
    statement = select(
        Share.offer_id, standing.c.starts_on, Share.organization_id, Share.amount
    ).where(Share.consortium_id == consortium_id, Share.settlement_id == standing.c.id)
    found: dict[UUID, dict[date, dict[UUID, int]]] = {}
    for offer_id, month, member, amount in (await session.execute(statement)).all():
        found.setdefault(offer_id, {}).setdefault(month, {})[member] = amount
    return found


async def shares_of_statements(
    session: AsyncSession, organization_ids: Sequence[UUID], statement_ids: Sequence[UUID]
) -> Sequence[Share]:
    """Members' shares on their statements, by service."""
    statement = (
        select(Share)
        .where(Share.organization_id.in_(organization_ids), Share.statement_id.in_(statement_ids))
        .order_by(Share.service, Share.id)
    )
    return (await session.execute(statement)).scalars().all()


async def differences(
    session: AsyncSession, consortium_id: UUID, settlement_id: UUID, beside_id: UUID
) -> Sequence[SettlementDifference]:
    """What was kept of a settlement beside another, of all members, in the order of their ids."""
    statement = (
        select(SettlementDifference)
        .where(
            SettlementDifference.consortium_id == consortium_id,
            SettlementDifference.settlement_id == settlement_id,
            SettlementDifference.beside_id == beside_id,
        )
        .order_by(SettlementDifference.organization_id)
    )
    return (await session.execute(statement)).scalars().all()


async def differences_of(
    session: AsyncSession, organization_ids: Collection[UUID], settlement_ids: Collection[UUID]
) -> Sequence[SettlementDifference]:
    """What was kept of settlements for some members."""
    statement = select(SettlementDifference).where(
        SettlementDifference.organization_id.in_(organization_ids),
        SettlementDifference.settlement_id.in_(settlement_ids),
    )
    return (await session.execute(statement)).scalars().all()


async def compared(session: AsyncSession, consortium_id: UUID) -> set[tuple[UUID, UUID]]:
    """Which settlements of a consortium are kept beside which."""
    statement = select(SettlementDifference.settlement_id, SettlementDifference.beside_id).where(
        SettlementDifference.organization_id == consortium_id
    )
    return {(row[0], row[1]) for row in (await session.execute(statement)).all()}


async def compare_alone(session: AsyncSession, consortium_id: UUID) -> None:
    """Until the end of this transaction nobody else keeps comparisons of the consortium."""
    await session.execute(_ALONE, {"name": f"marketplace.differences.{consortium_id}"})
