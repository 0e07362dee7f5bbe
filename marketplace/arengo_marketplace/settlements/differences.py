"""A settlement beside the one before, as it is kept: both never change, so it is reckoned once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core.ids import new_id
from arengo_marketplace.costs.change_causes import Cause, Steps, summed
from arengo_marketplace.costs.comparing import Compared, Difference, MemberDifference
from arengo_marketplace.settlements.models import Settlement, SettlementDifference

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """Two months side by side, with the service of each offer."""

    compared: Compared
    services: Mapping[UUID, str]


def rows_of(kept: Kept, settlement: Settlement, beside: Settlement) -> Iterator[object]:
    """A row for the consortium, of all members together, and one for each member."""
    compared, services = kept.compared, kept.services
    whole = _documents(compared.offers, compared.parts, services)
    each = {
        member: _documents(one.offers, one.parts, services)
        for member, one in compared.members.items()
    }
    for organization_id, offers in {settlement.organization_id: whole, **each}.items():
        yield SettlementDifference(
            id=new_id(),
            organization_id=organization_id,
            consortium_id=settlement.consortium_id,
            settlement_id=settlement.id,
            beside_id=beside.id,
            offers=offers,
        )


def read(rows: Sequence[SettlementDifference], consortium_id: UUID) -> Kept:
    """From all rows of a settlement beside another."""
    whole = next(row for row in rows if row.organization_id == consortium_id)
    members = {row.organization_id: member_of(row) for row in rows if row is not whole}
    return Kept(Compared.of(_offers(whole), members, _parts(whole)), services_of(whole))


def member_of(row: SettlementDifference) -> MemberDifference:
    """A member's difference, from its row."""
    return MemberDifference.of(row.organization_id, _offers(row), _parts(row))


def services_of(row: SettlementDifference) -> dict[UUID, str]:
    """The service of each offer in a row."""
    return {UUID(one["offer"]): one["service"] for one in row.offers}


def _documents(
    offers: Mapping[UUID, Difference],
    parts: Mapping[UUID, Steps],
    services: Mapping[UUID, str],
) -> list[Document]:
    return [
        {
            "offer": str(offer),
            "service": services[offer],
            "before": one.before,
            "now": one.now,
            "causes": {cause.value: amount for cause, amount in parts.get(offer, {}).items()},
        }
        for offer, one in offers.items()
    ]


def _offers(row: SettlementDifference) -> dict[UUID, Difference]:
    return {UUID(one["offer"]): Difference(one["before"], one["now"]) for one in row.offers}


def _parts(row: SettlementDifference) -> dict[UUID, Steps]:
    return {UUID(one["offer"]): _steps(one["causes"].items()) for one in row.offers}


def _steps(causes: Iterable[tuple[str, int]]) -> Steps:
    """In the order of the causes, which the database does not keep."""
    return summed([{Cause(cause): amount for cause, amount in causes}])
