"""What GraphQL looks up for many statements at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from arengo_core.api.loader import Loader
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_marketplace.contract import OnlinePayment
from arengo_marketplace.deliveries import repository as deliveries
from arengo_marketplace.deliveries.models import Delivery
from arengo_marketplace.settlements import repository as settlements
from arengo_marketplace.settlements.models import Share
from arengo_marketplace.statements import online, repository
from arengo_marketplace.statements.change import StatementChange, changes_of
from arengo_marketplace.statements.models import StatementPayment
from arengo_marketplace.statements.service import Standing

StatementKey = tuple[UUID, UUID]
"""Member and statement: look-ups lead with the tenant."""


class MemberNames(Loader[UUID, str]):
    """Names of organizations."""

    async def fetch(self, keys: Sequence[UUID]) -> Mapping[UUID, str]:
        """Names by id."""
        found = await organizations.by_ids(self.context.uow.session, keys)
        return {key: row.name for key, row in found.items()}


class SharesOf(Loader[StatementKey, Sequence[Share]]):
    """The shares of statements."""

    async def fetch(self, keys: Sequence[StatementKey]) -> Mapping[StatementKey, Sequence[Share]]:
        """Shares by member and statement."""
        rows = await settlements.shares_of_statements(
            self.context.uow.session, [member for member, _ in keys], [key for _, key in keys]
        )
        found: dict[StatementKey, list[Share]] = {}
        for row in rows:
            found.setdefault((row.organization_id, row.statement_id), []).append(row)
        return found


class PaymentsOf(Loader[StatementKey, Sequence[StatementPayment]]):
    """The payments of statements."""

    async def fetch(
        self, keys: Sequence[StatementKey]
    ) -> Mapping[StatementKey, Sequence[StatementPayment]]:
        """Payments by member and statement, oldest first."""
        rows = await repository.payments(
            self.context.uow.session, [key for _, key in keys], [member for member, _ in keys]
        )
        found: dict[StatementKey, list[StatementPayment]] = {}
        for row in rows:
            found.setdefault((row.organization_id, row.statement_id), []).append(row)
        return found


class ChangeOf(Loader[Standing, StatementChange]):
    """Statements beside the month before each."""

    async def fetch(self, keys: Sequence[Standing]) -> Mapping[Standing, StatementChange]:
        """By standing; absent of credits and first months."""
        context = self.context
        found = await changes_of(context.uow, context.host, [one.statement for one in keys])
        return {one: found[one.statement.id] for one in keys if one.statement.id in found}


class DeliveriesOf(Loader[StatementKey, Sequence[Delivery]]):
    """To whom statements were sent."""

    async def fetch(
        self, keys: Sequence[StatementKey]
    ) -> Mapping[StatementKey, Sequence[Delivery]]:
        """Deliveries by member and statement, oldest first."""
        rows = await deliveries.of_statements(
            self.context.uow.session, [key for _, key in keys], [member for member, _ in keys]
        )
        found: dict[StatementKey, list[Delivery]] = {}
        for row in rows:
            found.setdefault((row.organization_id, row.statement_id), []).append(row)
        return found


class OnlinePaymentOf(Loader[Standing, OnlinePayment]):
    """The newest online payment of statements."""

    async def fetch(self, keys: Sequence[Standing]) -> Mapping[Standing, OnlinePayment]:
        """By standing; absent where there never was any."""
        context = self.context
        found = await online.latest(context.host, context.uow, [one.statement for one in keys])
        return {one: found[one.statement.id] for one in keys if one.statement.id in found}


class TakesOnline(Loader[tuple[UUID, Money], bool]):
    """Whether consortia let amounts of their statements be paid online."""

    async def fetch(self, keys: Sequence[tuple[UUID, Money]]) -> Mapping[tuple[UUID, Money], bool]:
        """By consortium and amount."""
        asked: dict[UUID, list[Money]] = {}
        for consortium_id, amount in keys:
            asked.setdefault(consortium_id, []).append(amount)
        return {
            (consortium_id, amount): hindered is None
            for consortium_id, amounts in asked.items()
            for amount, hindered in (
                await online.obstacles(self.context.host, self.context.uow, consortium_id, amounts)
            ).items()
        }
