"""The marketplace's capability: what plugins ask of it, in their transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotActiveError
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_marketplace.activations import service as activations
from arengo_marketplace.contract import (
    CollectingEntity,
    Consortium,
    Member,
    OnlineReceipt,
    Posting,
    UsageReading,
)
from arengo_marketplace.ledger import repository as ledger_rows
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.members import charter, directory
from arengo_marketplace.metering import service as metering
from arengo_marketplace.statements import payments as statement_payments


class MarketplaceCapability:
    """Implements :class:`arengo_marketplace.contract.Marketplace`."""

    def __init__(self, host: Host, uow: UnitOfWork | None) -> None:
        assert uow is not None, "the marketplace works in its caller's transaction"
        self._host = host
        self._uow = uow

    async def consortium(self, consortium_id: UUID) -> Consortium:
        return await directory.consortium(self._uow, consortium_id)

    async def consortia(self) -> Sequence[Consortium]:
        return await directory.consortia(self._uow)

    async def member(self, organization_id: UUID) -> Member:
        return await directory.member(self._uow, organization_id)

    async def members(
        self, consortium_id: UUID, kind: OrganizationKind | None = None
    ) -> Sequence[Member]:
        return await directory.members(self._uow, consortium_id, kind)

    async def settings(self, service: str, organization_id: UUID) -> Any:
        found = await self.settings_of_members(service, [organization_id])
        if organization_id not in found:
            raise NotActiveError(service)
        return found[organization_id]

    async def settings_of_members(
        self, service: str, organization_ids: Collection[UUID]
    ) -> Mapping[UUID, Any]:
        return await activations.settings_of(self._uow, self._host, service, organization_ids)

    async def collecting_entity(self, consortium_id: UUID) -> CollectingEntity | None:
        return await charter.collecting_entity(self._uow, self._host, consortium_id)

    async def set_collecting_entity(
        self,
        consortium_id: UUID,
        *,
        organization_id: UUID | None = None,
        name: str = "",
        vat_number: str = "",
        is_public: bool = False,
        gateway: str,
        gateway_settings: Mapping[str, str],
    ) -> CollectingEntity:
        await charter.name_collecting_entity(
            self._uow,
            self._host,
            consortium_id=consortium_id,
            organization_id=organization_id,
            name=name,
            vat_number=vat_number,
            is_public=is_public,
            gateway=gateway,
            gateway_settings=gateway_settings,
        )
        named = await charter.collecting_entity(self._uow, self._host, consortium_id)
        assert named is not None, "it was named just now"
        return named

    async def report_usage(self, readings: Sequence[UsageReading]) -> int:
        return await metering.report(self._uow, self._host, readings)

    async def post(
        self,
        consortium_id: UUID,
        *,
        key: str,
        description: str,
        postings: Sequence[Posting],
        occurred_at: datetime | None = None,
    ) -> None:
        await ledger.post(
            self._uow,
            consortium_id,
            key=key,
            description=description,
            postings=postings,
            occurred_at=occurred_at,
        )

    async def record_online(self, receipt: OnlineReceipt) -> None:
        await statement_payments.record_online(self._uow, receipt)

    async def balance(
        self, consortium_id: UUID, account: str, organization_id: UUID | None = None
    ) -> Money:
        return await ledger.balance(self._uow, consortium_id, account, organization_id)

    async def balances(self, consortium_id: UUID, account: str) -> Mapping[UUID, Money]:
        async with self._uow.widened(governs=[consortium_id]):
            found = await ledger_rows.balances(self._uow.session, consortium_id, account)
        return {organization_id: Money(amount) for organization_id, amount in found.items()}
