"""Queries on activations and their changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.activations.models import Activation, ActivationChange

ENDED = "ended"


async def get(session: AsyncSession, activation_id: UUID) -> Activation | None:
    """An activation in scope."""
    return await session.get(Activation, activation_id)


_BY_IDS = select(Activation).where(Activation.id.in_(bindparam("ids", expanding=True)))


async def by_ids(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Activation]:
    """Activations in scope, in one statement."""
    rows = await session.execute(_BY_IDS, {"ids": list(ids)})
    return {row.id: row for row in rows.scalars()}


async def locked(session: AsyncSession, activation_id: UUID) -> Activation | None:
    """An activation in scope, locked for its next change and read anew."""
    statement = select(Activation).where(Activation.id == activation_id).with_for_update()
    statement = statement.execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def current(session: AsyncSession, organization_id: UUID, service: str) -> Activation | None:
    """The member's activation of a service that has not ended."""
    statement = select(Activation).where(
        Activation.organization_id == organization_id,
        Activation.service == service,
        Activation.state != ENDED,
    )
    return (await session.execute(statement.order_by(Activation.id))).scalars().first()


async def holding(
    session: AsyncSession, service: str, organization_ids: Collection[UUID]
) -> set[UUID]:
    """Which organizations in scope have an activation of a service that has not ended."""
    statement = select(Activation.organization_id).where(
        Activation.service == service,
        Activation.organization_id.in_(organization_ids),
        Activation.state != ENDED,
    )
    return set((await session.execute(statement)).scalars())


async def of_member(
    session: AsyncSession, organization_id: UUID, *, ended: bool = False
) -> Sequence[Activation]:
    """A member's activations by service, without the ended ones unless asked."""
    statement = select(Activation).where(Activation.organization_id == organization_id)
    if not ended:
        statement = statement.where(Activation.state != ENDED)
    statement = statement.order_by(Activation.service, Activation.id)
    return (await session.execute(statement)).scalars().all()


async def of_offer(
    session: AsyncSession, consortium_id: UUID, offer_id: UUID
) -> Sequence[Activation]:
    """Every activation of an offer, ended ones too."""
    statement = select(Activation).where(
        Activation.consortium_id == consortium_id, Activation.offer_id == offer_id
    )
    return (await session.execute(statement.order_by(Activation.id))).scalars().all()


async def of_consortium(
    session: AsyncSession, consortium_id: UUID, states: Iterable[str]
) -> Sequence[Activation]:
    """A consortium's activations in some states, oldest first."""
    statement = select(Activation).where(
        Activation.consortium_id == consortium_id, Activation.state.in_(list(states))
    )
    return (await session.execute(statement.order_by(Activation.id))).scalars().all()


async def changes_of(
    session: AsyncSession, organization_id: UUID, activation_id: UUID
) -> Sequence[ActivationChange]:
    """The changes of an activation, oldest first."""
    statement = select(ActivationChange).where(
        ActivationChange.organization_id == organization_id,
        ActivationChange.activation_id == activation_id,
    )
    order = statement.order_by(ActivationChange.at, ActivationChange.id)
    return (await session.execute(order)).scalars().all()


class Change(NamedTuple):
    """A state that an Activation came to, and when."""

    at: datetime
    state: str


async def changes_of_consortium(
    session: AsyncSession, consortium_id: UUID, offer_id: UUID | None = None
) -> dict[UUID, dict[UUID, list[list[Change]]]]:
    """The changes of each activation of a consortium, oldest first, by offer and member; of one
    offer where it is named.
    """
    statement = (
        select(
            Activation.offer_id,
            ActivationChange.organization_id,
            ActivationChange.activation_id,
            ActivationChange.at,
            ActivationChange.state,
        )
        .join(Activation, Activation.id == ActivationChange.activation_id)
        .where(
            ActivationChange.consortium_id == consortium_id,
            Activation.consortium_id == consortium_id,
        )
        .order_by(ActivationChange.at, ActivationChange.id)
    )
    if offer_id is not None:
        statement = statement.where(Activation.offer_id == offer_id)
    found: dict[UUID, dict[UUID, list[list[Change]]]] = {}
    known: dict[UUID, list[Change]] = {}
    for offer, member, activation, at, state in (await session.execute(statement)).all():
        if activation not in known:
            known[activation] = []
            found.setdefault(offer, {}).setdefault(member, []).append(known[activation])
        known[activation].append(Change(at, state))
    return found


async def page(
    session: AsyncSession,
    *,
    organization_id: UUID | None = None,
    consortium_id: UUID | None = None,
    after: UUID | None = None,
    limit: int,
    without: Collection[UUID] = (),
    governed: Collection[UUID] = (),
) -> Sequence[Activation]:
    """Activations of a member or of a consortium, the newest first.

    Members in ``without`` are left out, but where their consortium is ``governed``.
    """
    statement = select(Activation)
    if without:
        statement = statement.where(
            or_(
                Activation.organization_id.not_in(without),
                Activation.consortium_id.in_(governed),
            )
        )
    if organization_id is not None:
        statement = statement.where(Activation.organization_id == organization_id)
    if consortium_id is not None:
        statement = statement.where(Activation.consortium_id == consortium_id)
    if after is not None:
        statement = statement.where(Activation.id < after)
    rows = await session.execute(statement.order_by(Activation.id.desc()).limit(limit))
    return rows.scalars().all()
