"""Why a member pays another amount than the month before: the difference by cause, to the cent.

The month before is divided anew with one thing at a time as it is now, in the order of
:class:`Cause`; each division gives whole cents, so the differences add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from arengo_marketplace.costs.allocation import amounts, in_order
from arengo_marketplace.costs.bearer import Usage
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.frozen import Frozen
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.pool import CostKind, CostLine, CostPool
from arengo_marketplace.costs.resting import background_of, plays
from arengo_marketplace.costs.weighing import Weighing


class Cause(StrEnum):
    """What makes a share differ from the one before.

    ``WHOLE`` is a difference that is not told apart: of a rule that plays the cost game, or that
    cannot divide what lies between the two months.
    """

    SERVICES = "services"
    LEFT = "left"
    JOINED = "joined"
    MEMBERS = "members"
    USAGE = "usage"
    FIXED = "fixed"
    ONE_OFF = "one_off"
    FEES = "fees"
    GRANTS = "grants"
    RULE = "rule"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class OfferMonth:
    """An offer's divided month: what it rested on, its pool, and the shares in minor units.

    ``frozen`` is None of a month whose inputs were not kept.
    """

    pool: CostPool
    shares: Mapping[UUID, int]
    frozen: Frozen | None = None


Steps = dict[Cause, int]


def causes(
    before: OfferMonth | None, now: OfferMonth | None, keys: KeyRegistry
) -> dict[UUID, Steps]:
    """Each member's difference by cause, in minor units; causes that change nothing are left out.

    An offer that was not divided in one of the months has come or gone as a whole. Of a member
    that takes part in one of them alone, all is because it joined or left.
    """
    old, new = before.shares if before else {}, now.shares if now else {}
    found: dict[UUID, Steps] = {}
    for member in old.keys() - new.keys():
        found[member] = {(Cause.LEFT if now else Cause.SERVICES): -old[member]}
    for member in new.keys() - old.keys():
        found[member] = {(Cause.JOINED if before else Cause.SERVICES): new[member]}
    staying = old.keys() & new.keys()
    if before and now:
        steps = list(_divided(before, now, keys))
        for member in staying:
            found[member] = _steps(member, old[member], new[member], steps)
    return {
        member: kept
        for member, steps in found.items()
        if (kept := {cause: amount for cause, amount in steps.items() if amount})
    }


def summed(many: Iterable[Steps]) -> Steps:
    """Differences added up, in the order of the causes."""
    sums = dict.fromkeys(Cause, 0)
    for steps in many:
        for cause, amount in steps.items():
            sums[cause] += amount
    return {cause: amount for cause, amount in sums.items() if amount}


def _steps(
    member: UUID, old: int, new: int, divided: list[tuple[Cause, Mapping[UUID, int]]]
) -> Steps:
    steps: Steps = {}
    for cause, shares in divided:
        steps[cause] = shares[member] - old
        old = shares[member]
    last = Cause.RULE if divided else Cause.WHOLE
    return {**steps, last: new - old}


def _divided(
    before: OfferMonth, now: OfferMonth, keys: KeyRegistry
) -> list[tuple[Cause, Mapping[UUID, int]]]:
    """The shares after each cause but the rule; nothing where they cannot be told apart."""
    old, new = before.frozen, now.frozen
    if old is None or new is None or plays(old.rule) or plays(new.rule):
        return []
    try:
        return list(_one_by_one(old, new, before.pool, now.pool, keys))
    except CostError:
        return []


def _one_by_one(
    old: Frozen, new: Frozen, paid: CostPool, pool: CostPool, keys: KeyRegistry
) -> Iterator[tuple[Cause, Mapping[UUID, int]]]:
    known = {member.organization_id: member for member in old.inputs.members}
    members = in_order(
        replace(known[member.organization_id], active=member.active)
        if member.organization_id in known
        else member
        for member in new.inputs.members
    )
    days = [member.days_in(pool.period) for member in members]
    background = background_of(old.rule, old.plan, old.inputs, old.past, old.last_year)

    def divide(at: CostPool, by: Weighing) -> dict[UUID, int]:
        made = amounts(at, old.rule, by)
        return {one.organization_id: amount for one, amount in zip(members, made, strict=True)}

    at = replace(paid, period=pool.period)
    before = Weighing(
        members, days, pool.period, _with_joined(old, new), keys, background, known={}
    )
    yield Cause.MEMBERS, divide(at, before)
    by = replace(before, usage={**old.usage, **new.usage}, known={})
    for cause, kind in (
        (Cause.USAGE, CostKind.USAGE),
        (Cause.FIXED, CostKind.FIXED),
        (Cause.ONE_OFF, CostKind.ONE_OFF),
    ):
        at = replace(at, lines=_with_lines(at, pool, kind))
        yield cause, divide(at, by)
    yield Cause.FEES, divide(replace(at, fees=pool.fees), by)
    yield Cause.GRANTS, divide(pool, by)


def _with_joined(old: Frozen, new: Frozen) -> Usage:
    """The use of the month before, and of those who joined their first."""
    known = {member.organization_id for member in old.inputs.members}
    return {
        meter: {
            **read,
            **{
                member: units
                for member, units in new.usage.get(meter, {}).items()
                if member not in known
            },
        }
        for meter, read in old.usage.items()
    }


def _with_lines(at: CostPool, pool: CostPool, kind: CostKind) -> tuple[CostLine, ...]:
    """The lines of a pool, those of one kind as they are in another."""
    kept = (line for line in at.lines if line.kind is not kind)
    return (*kept, *(line for line in pool.lines if line.kind is kind))
