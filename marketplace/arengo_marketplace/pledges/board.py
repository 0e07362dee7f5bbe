"""How the pledges at an offer stand: who came on which condition, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, ConflictError, ForbiddenError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import error_text
from arengo_marketplace.activations import service as activations
from arengo_marketplace.activations.preview import paid_before, scenario_of, stated_forecast
from arengo_marketplace.consents import service as consents
from arengo_marketplace.contract import Member
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.forecast import outlook
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding.covering import expected_grants
from arengo_marketplace.members import directory
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.bearers import FOREVER, bearers_for, newcomers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.permissions import OFFICE, SERVICES
from arengo_marketplace.pledges import repository
from arengo_marketplace.pledges.evaluation import (
    Candidate,
    Costs,
    Missing,
    Present,
    holding,
    wanting,
)
from arengo_marketplace.pledges.models import Pledge


@dataclass(frozen=True, slots=True)
class Row:
    """A pledge with its member. ``hindrance`` says why it cannot count now, in words."""

    pledge: Pledge
    member: Member | None
    hindrance: str = ""
    missing: Missing | None = None
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """The open pledges of an offer, as they stand; those that hold start on ``starts_on``."""

    offer: Offer
    starts_on: date
    present: Present
    rows: tuple[Row, ...]

    @property
    def together(self) -> Present:
        """Those who have the service and all pledges that can count."""
        return self.present.joined_by(_candidates(self.rows))

    @property
    def nearest(self) -> Missing | None:
        """The least that one of the waiting pledges lacks; None where none waits."""
        lacking = [row.missing for row in self.rows if row.missing and not row.holds]
        return min(lacking, key=_size, default=None)

    @property
    def may_be_larger(self) -> bool:
        """Whether a limit on cost is among the conditions: the set is then perhaps not largest."""
        return any(row.pledge.most_yearly_cost is not None for row in self.rows)


def _size(lacking: Missing) -> tuple[int, int, int]:
    return (lacking.members, lacking.inhabitants, lacking.cost or 0)


def next_period(today: date) -> date:
    """The first day of the next period."""
    return Period.months_from(today, 1).end


async def board(uow: UnitOfWork, host: Host, offer_id: UUID) -> Board:
    """The pledges of an offer, for the consortium's office and its members' officers."""
    offer = await offers.offer_of(uow, offer_id)
    await _require_inside(uow, offer)
    starts_on = next_period(clock.today())
    return await standing(uow, host, offer, starts_on)


async def _require_inside(uow: UnitOfWork, offer: Offer) -> None:
    caller = uow.caller
    caller.require_signed_in()
    if caller.may(offer.organization_id, OFFICE):
        return
    for grant in caller.grants:
        if caller.may(grant.organization_id, SERVICES):
            try:
                await directory.member(uow, grant.organization_id, offer.organization_id)
            except NotFoundError:
                continue
            return
    raise ForbiddenError("You may not do this for that organization.")


async def standing(
    uow: UnitOfWork,
    host: Host,
    offer: Offer,
    starts_on: date,
    counts: Callable[[Pledge], bool] = lambda _: True,
) -> Board:
    """How an offer's open pledges stand for a period; those for whom ``counts`` is false are left
    out. For services that have checked who may know."""
    async with uow.widened(governs=[offer.organization_id]):
        pledges = await repository.open_of_offer(uow.session, offer.organization_id, offer.id)
    members = {
        member.organization_id: member
        for member in await directory.members(uow, offer.organization_id)
    }
    counted = [pledge for pledge in pledges if counts(pledge)]
    pledging = [
        members[pledge.organization_id] for pledge in counted if pledge.organization_id in members
    ]
    async with uow.widened([member.organization_id for member in pledging]):
        hindered = await activations.hindrances(uow, host.registry, offer, pledging)
    rows: list[Row] = []
    for pledge in counted:
        member = members.get(pledge.organization_id)
        own = hindered.get(pledge.organization_id)
        rows.append(Row(pledge, member, _hindrance(host, offer, pledge, member, own, starts_on)))
    able = _candidates(rows)
    present, costs = await _figures(uow, host, offer, starts_on, rows)
    held = holding(able, present, costs)
    lacking = wanting(able, present, costs)
    return Board(
        offer,
        starts_on,
        present,
        tuple(
            Row(
                row.pledge,
                row.member,
                row.hindrance,
                lacking.get(row.pledge.organization_id),
                row.pledge.organization_id in held,
            )
            for row in rows
        ),
    )


def _candidates(rows: Sequence[Row]) -> list[Candidate]:
    return [
        Candidate(row.pledge.organization_id, row.member.population or 0, row.pledge.terms)
        for row in rows
        if row.member is not None and not row.hindrance
    ]


def _hindrance(
    host: Host,
    offer: Offer,
    pledge: Pledge,
    member: Member | None,
    own: ArengoError | None,
    starts_on: date,
) -> str:
    """Why a pledge could not become active at a period's start, whatever its condition."""
    try:
        if member is None:
            raise NotFoundError("This organization is not a member of the consortium.")
        if own is not None:
            raise own
        consents.require_accepted(host.registry, offer.service, pledge.agreed)
        if pledge.expires_on < starts_on:
            raise ConflictError("It expires before the next period begins.")
    except ArengoError as error:
        return error_text(error)
    return ""


async def _figures(
    uow: UnitOfWork, host: Host, offer: Offer, starts_on: date, rows: Sequence[Row]
) -> tuple[Present, Costs]:
    """Who has the service on that day anyway, and the yearly cost of each when others join."""
    period = Period.months_from(starts_on, 12)
    bearing = await bearers_for(uow, offer, Period(starts_on, FOREVER))
    expected = await stated_forecast(uow, offer, period)
    pledging = [row.member for row in rows if row.member is not None]
    joining = await newcomers(uow, offer, pledging, starts_on)
    for row in rows:
        expected[row.pledge.organization_id] = {
            meter: Decimal(units) for meter, units in row.pledge.forecast.items()
        }
    paid = await paid_before(uow, offer, period)
    grants = await expected_grants(uow, offer.organization_id, offer.service)
    scenario = scenario_of(host, offer, period, expected, paid, grants)
    keys = allocation_keys(host.registry, host.guard)

    def costs(members: frozenset[UUID]) -> Mapping[UUID, int]:
        everybody = [*bearing, *(joining[member] for member in sorted(members))]
        try:
            shares = outlook(scenario, everybody, keys).shares()
        except CostError:
            return {}
        return {member: share.amount for member, share in shares.items()}

    present = Present(len(bearing), sum(bearer.population or 0 for bearer in bearing))
    return present, costs


async def counts(uow: UnitOfWork, consortium_id: UUID) -> dict[UUID, int]:
    """How many open pledges each offer of a consortium has."""
    async with uow.widened(governs=[consortium_id]):
        return await repository.counts(uow.session, consortium_id)
