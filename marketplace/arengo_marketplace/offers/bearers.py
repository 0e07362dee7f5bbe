"""Who bears an offer's cost, and on which days: one answer for preview and settlement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from arengo_core.clock import ROME
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_marketplace import register
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.activations.repository import Change
from arengo_marketplace.contract import Member
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.frozen import figure_of
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.rule_documents import attributes_named
from arengo_marketplace.members import directory
from arengo_marketplace.members import repository as members
from arengo_marketplace.members.repository import MemberRow
from arengo_marketplace.offers.models import Offer

FOREVER = date.max
_KINDS = {"municipalities": "municipality", "merchants": "merchant"}


def active_days(changes: Iterable[Change]) -> list[Period]:
    """The ranges of days on which an Activation was active; the last may have no end.

    The day of activation counts, the day of suspension or end does not.
    """
    ranges: list[Period] = []
    since: date | None = None
    for change in changes:
        day = change.at.astimezone(ROME).date()
        if change.state == "active":
            since = since or day
        elif since is not None:
            if day > since:
                ranges.append(Period(since, day))
            since = None
    if since is not None:
        ranges.append(Period(since, FOREVER))
    return ranges


async def bearers_for(
    uow: UnitOfWork, offer: Offer, period: Period, *, proposed: Mapping[str, Any] | None = None
) -> list[Bearer]:
    """The members over which the offer's cost in the period is divided, by id.

    Each has the days on which it was a member and had the offer active (a merchant also by its
    seat's covering activation), and the figures that the offer's rules ask for, a ``proposed`` one
    too. The caller has checked who may see them.
    """
    async with uow.widened(governs=[offer.organization_id]):
        changes = await activations.changes_of_consortium(
            uow.session, offer.organization_id, offer.id
        )
        rows = await members.members_during(
            uow.session,
            offer.organization_id,
            period.start,
            period.end,
            _KINDS[offer.cost_bearers],
        )
    days = _days(changes.get(offer.id, {}))
    return _bearers(offer, period, rows, days, await _seated(uow, offer, period, proposed))


@dataclass(frozen=True, slots=True)
class Bearing:
    """Who bears the costs of a consortium's offers in a period, and whose use counts for whom."""

    bearers: Mapping[UUID, Sequence[Bearer]]
    accounts: Mapping[UUID, Mapping[UUID, UUID]]


async def bearing_of_all(
    uow: UnitOfWork, consortium_id: UUID, offers: Sequence[Offer], period: Period
) -> Bearing:
    """``bearers_for`` and ``bearing`` of every offer, by the offers' ids, in four statements."""
    async with uow.widened(governs=[consortium_id]):
        changes = await activations.changes_of_consortium(uow.session, consortium_id)
        rows = {
            kind: await members.members_during(
                uow.session, consortium_id, period.start, period.end, kind
            )
            for kind in _KINDS.values()
        }
        seated = await members.seated(uow.session, consortium_id, period.start, period.end)
    everybody = [row for of_kind in rows.values() for row in of_kind]
    return Bearing(
        {
            offer.id: _bearers(
                offer,
                period,
                rows[_KINDS[offer.cost_bearers]],
                _days(changes.get(offer.id, {})),
                seated if _by_merchants(offer) else {},
            )
            for offer in offers
        },
        {offer.id: _accounts(offer, everybody) for offer in offers},
    )


def _bearers(
    offer: Offer,
    period: Period,
    rows: Sequence[MemberRow],
    days: Mapping[UUID, Sequence[Period]],
    seated: Mapping[UUID, int],
) -> list[Bearer]:
    found: dict[UUID, Bearer] = {}
    for membership, organization in rows:
        mine = [*days.get(membership.organization_id, ())]
        if offer.covers_merchants and membership.seat_id is not None:
            mine += days.get(membership.seat_id, ())
        spell = Period(membership.starts_on, membership.ends_on or FOREVER)
        active = [part for one in mine if (part := one.overlap(spell))]
        if not any(part.overlap(period) for part in active):
            continue
        before = found.get(membership.organization_id)
        found[membership.organization_id] = Bearer(
            membership.organization_id,
            membership.population,
            organization.name,
            tuple(sorted([*active, *((before.active or ()) if before else ())])),
            figures(
                organization.istat_code,
                membership.attributes,
                seated.get(membership.organization_id, 0),
            ),
            organization.istat_code or "",
        )
    return [found[key] for key in sorted(found)]


def bears(offer: Offer, member: Member) -> bool:
    """Whether a member is one of those over whom the offer's cost is divided."""
    return member.kind == _KINDS[offer.cost_bearers]


async def newcomers(
    uow: UnitOfWork, offer: Offer, joining: Collection[Member], start: date
) -> dict[UUID, Bearer]:
    """Members as they would bear the offer's cost from a day on."""
    days = Period(start, FOREVER)
    ids = [member.organization_id for member in joining]
    own = await directory.attributes(uow, offer.organization_id, ids)
    seated = await _seated(uow, offer, days)
    return {
        member.organization_id: Bearer(
            member.organization_id,
            member.population,
            member.name,
            (days,),
            figures(
                member.istat_code,
                own.get(member.organization_id, {}),
                seated.get(member.organization_id, 0),
            ),
            member.istat_code or "",
        )
        for member in joining
    }


def figures(istat_code: str | None, own: Mapping[str, str], merchants: int) -> dict[str, object]:
    """What rules may divide or choose by: the register's area, the merchants, and one's own."""
    found: dict[str, object] = {"merchants": merchants}
    if istat_code:
        found["area"] = register.by_istat(istat_code).area_km2
    return found | {name: figure_of(text) for name, text in own.items()}


def _by_merchants(offer: Offer, proposed: Mapping[str, Any] | None = None) -> bool:
    rules = [*(version.rule for version in offer.rules), *([proposed] if proposed else [])]
    return any("merchants" in attributes_named(rule) for rule in rules)


async def _seated(
    uow: UnitOfWork, offer: Offer, period: Period, proposed: Mapping[str, Any] | None = None
) -> dict[UUID, int]:
    """How many merchants are seated in each municipality, where the offer's rule asks for it."""
    if not _by_merchants(offer, proposed):
        return {}
    async with uow.widened(governs=[offer.organization_id]):
        return await members.seated(uow.session, offer.organization_id, period.start, period.end)


def _days(changes: Mapping[UUID, Sequence[Sequence[Change]]]) -> dict[UUID, list[Period]]:
    """The days on which members had an offer active, of all their activations."""
    return {
        member: [days for one in of_member for days in active_days(one)]
        for member, of_member in changes.items()
    }


async def bearing(uow: UnitOfWork, offer: Offer, period: Period) -> dict[UUID, UUID]:
    """For whose account a member's usage counts: its own, or that of its seat.

    Where municipalities bear the cost, what a merchant uses counts for its municipality. Members
    whose usage counts for nobody are absent.
    """
    async with uow.widened(governs=[offer.organization_id]):
        rows: list[MemberRow] = []
        for kind in _KINDS.values():
            rows += await members.members_during(
                uow.session, offer.organization_id, period.start, period.end, kind
            )
    return _accounts(offer, rows)


def _accounts(offer: Offer, rows: Sequence[MemberRow]) -> dict[UUID, UUID]:
    accounts: dict[UUID, UUID] = {}
    for membership, _ in rows:
        if membership.kind == _KINDS[offer.cost_bearers]:
            accounts[membership.organization_id] = membership.organization_id
        elif offer.cost_bearers == "municipalities" and membership.seat_id is not None:
            accounts[membership.organization_id] = membership.seat_id
    return accounts
