"""What GraphQL looks up for many settlements at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from arengo_core.api.loader import Loader
from arengo_marketplace.settlements import repository
from arengo_marketplace.settlements.models import SettledOffer
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements import service
from arengo_marketplace.statements.service import Standing

SettlementKey = tuple[UUID, UUID]
"""Consortium and settlement: look-ups lead with the tenant."""


class ReversalOf(Loader[SettlementKey, UUID]):
    """What took settlements back."""

    async def fetch(self, keys: Sequence[SettlementKey]) -> Mapping[SettlementKey, UUID]:
        """Reversals by consortium and settlement."""
        found: dict[SettlementKey, UUID] = {}
        for consortium in {consortium for consortium, _ in keys}:
            rows = await repository.reversals(self.context.uow.session, consortium)
            found |= {(consortium, taken_back): by for taken_back, by in rows.items()}
        return found


class OffersOf(Loader[SettlementKey, Sequence[SettledOffer]]):
    """The pools of settlements."""

    async def fetch(
        self, keys: Sequence[SettlementKey]
    ) -> Mapping[SettlementKey, Sequence[SettledOffer]]:
        """Pools by consortium and settlement."""
        rows = await repository.offers_of(
            self.context.uow.session, [key for _, key in keys], [one for one, _ in keys]
        )
        found: dict[SettlementKey, list[SettledOffer]] = {}
        for row in rows:
            found.setdefault((row.organization_id, row.settlement_id), []).append(row)
        return found


class StatementsOf(Loader[SettlementKey, Sequence[Standing]]):
    """The statements of settlements, with what was paid of them."""

    async def fetch(
        self, keys: Sequence[SettlementKey]
    ) -> Mapping[SettlementKey, Sequence[Standing]]:
        """Statements by consortium and settlement."""
        uow = self.context.uow
        rows = await statements.of_settlements(
            uow.session, [one for one, _ in keys], [key for _, key in keys]
        )
        found: dict[SettlementKey, list[Standing]] = {}
        for standing in await service.standings(uow, rows):
            row = standing.statement
            found.setdefault((row.consortium_id, row.settlement_id), []).append(standing)
        return found
