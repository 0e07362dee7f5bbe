"""GraphQL types of settlements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.ids import Node
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.i18n import error_text
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.months import month_key
from arengo_marketplace.settlements import reviewing
from arengo_marketplace.settlements.assembly import Draft
from arengo_marketplace.settlements.batches import FrozenBatch, frozen_batches
from arengo_marketplace.settlements.comparison import beside_last
from arengo_marketplace.settlements.comparison_types import MonthFigures
from arengo_marketplace.settlements.loaders import OffersOf, ReversalOf, StatementsOf
from arengo_marketplace.settlements.models import SettledOffer, Settlement
from arengo_marketplace.settlements.showing import warning_in_words
from arengo_marketplace.settlements.warnings import CHANGE, ClosingWarning
from arengo_marketplace.statements.types import StatementType, money_or_none


@strawberry.type(name="SettledService", description="An offer's pool in a settlement.")
class SettledServiceType:
    """GraphQL face of a settled offer."""

    offer_id: strawberry.ID
    service: str
    costs: MoneyType
    fees: MoneyType
    funding: MoneyType
    net: MoneyType = strawberry.field(description="Costs less fees and funding.")
    members: int
    rule_from: date | None = strawberry.field(
        description="The first month that its rule divides; null of a reversal."
    )
    vote_id: strawberry.ID | None = strawberry.field(
        description="The members' vote that passed its rule, if one did."
    )

    @classmethod
    def of(cls, row: SettledOffer) -> SettledServiceType:
        """From its row."""
        return cls(
            offer_id=global_id("Offer", row.offer_id),
            service=row.service,
            costs=MoneyType.cents(row.costs),
            fees=MoneyType.cents(row.fees),
            funding=MoneyType.cents(row.funding),
            net=MoneyType.cents(row.net),
            members=row.bearers,
            rule_from=row.rule_from,
            vote_id=global_id("Vote", row.vote_id) if row.vote_id else None,
        )


@strawberry.type(description="A batch of usage that a settlement froze.")
class SettledBatch:
    """GraphQL face of a frozen batch."""

    id: strawberry.ID
    source: str
    records: int
    digest: str = strawberry.field(description="SHA-256 of the canonical rows, in hexadecimal.")
    reporter: str = strawberry.field(description="Who reported it; empty of services and programs.")
    recorded_at: datetime | None

    @classmethod
    def of(cls, batch: FrozenBatch) -> SettledBatch:
        """From the batch."""
        return cls(
            id=global_id("UsageBatch", batch.id),
            source=batch.source,
            records=batch.records,
            digest=batch.digest,
            reporter=batch.reporter,
            recorded_at=batch.recorded_at,
        )


@strawberry.type(name="Settlement", description="A closed month, or the reversal of one.")
class SettlementType(Node):
    """GraphQL face of a settlement."""

    row: strawberry.Private[Settlement]
    month: str = strawberry.field(description="As `2026-09`.")
    revision: int
    reverses_id: strawberry.ID | None
    reason: str
    costs: MoneyType
    fees: MoneyType
    funding: MoneyType
    net: MoneyType = strawberry.field(description="What the members divide.")
    closed_at: datetime
    digest: str = strawberry.field(
        description="SHA-256 of all that it rests on and gave, as in its file; empty of a reversal."
    )

    @strawberry.field(description="The settlement that took it back, if one did.")
    async def reversed_by_id(self, info: Info) -> strawberry.ID | None:
        """The reversal."""
        key = (self.row.organization_id, self.row.id)
        found = await info.context.loader(ReversalOf).load(key)
        return global_id("Settlement", found) if found else None

    @strawberry.field(description="Beside the month before, and per inhabitant.")
    def figures(self) -> MonthFigures:
        """The figures of its charts."""
        return MonthFigures(month=self.row)

    @strawberry.field(description="The batches of usage that it froze.")
    async def usage_batches(self, info: Info) -> list[SettledBatch]:
        """The batches."""
        uow = info.context.uow
        async with uow.lock:
            found = await frozen_batches(uow, self.row)
        return [SettledBatch.of(one) for one in found]

    @strawberry.field(description="The services settled.")
    async def services(self, info: Info) -> list[SettledServiceType]:
        """The services."""
        key = (self.row.organization_id, self.row.id)
        rows = await info.context.loader(OffersOf).load(key)
        return [SettledServiceType.of(row) for row in rows or []]

    @strawberry.field(description="The members' statements.")
    async def statements(self, info: Info) -> list[StatementType]:
        """The statements."""
        key = (self.row.organization_id, self.row.id)
        rows = await info.context.loader(StatementsOf).load(key)
        return [StatementType.of(standing) for standing in rows or []]

    @classmethod
    def of(cls, row: Settlement) -> SettlementType:
        """From its row."""
        return cls(
            id=global_id("Settlement", row.id),
            row=row,
            month=month_key(row.period),
            revision=row.revision,
            reverses_id=global_id("Settlement", row.reverses_id) if row.reverses_id else None,
            reason=row.reason,
            costs=MoneyType.cents(row.costs, row.currency),
            fees=MoneyType.cents(row.fees, row.currency),
            funding=MoneyType.cents(row.funding, row.currency),
            net=MoneyType.cents(row.net, row.currency),
            closed_at=row.created_at,
            digest=row.digest,
        )


@strawberry.type(description="What a member would pay.")
class PreviewedShare:
    """A member in a preview."""

    organization_id: strawberry.ID
    name: str
    amount: MoneyType
    per_inhabitant: MoneyType | None


@strawberry.type(description="What a grant would cover of a service.")
class PreviewedGrant:
    """A grant in a preview."""

    funding_id: strawberry.ID
    title: str
    service: str
    amount: MoneyType


@strawberry.type(description="What a member would be credited for costs that it paid to suppliers.")
class PreviewedCredit:
    """A member that paid suppliers, in a preview."""

    organization_id: strawberry.ID
    name: str
    share: MoneyType
    paid: MoneyType
    due: MoneyType = strawberry.field(
        description="Its share less what it paid; negative: the consortium owes it."
    )


@strawberry.type(description="What a warning comes from.")
class WarningCause:
    """A cause of a warning."""

    label: str
    url: str = strawberry.field(description="The office's page on it.")
    amount: MoneyType | None
    units: Decimal | None


@strawberry.type(name="SettlementWarning", description="Something to look at before closing.")
class SettlementWarningType:
    """GraphQL face of a warning."""

    kind: str
    words: str
    causes: list[WarningCause]

    @classmethod
    def of(cls, warning: ClosingWarning, change: int) -> SettlementWarningType:
        """From the warning."""
        return cls(
            kind=warning.kind.value,
            words=warning_in_words(warning, change),
            causes=[
                WarningCause(
                    label=one.label,
                    url=one.url,
                    amount=None if one.amount is None else MoneyType.cents(one.amount),
                    units=one.units,
                )
                for one in warning.causes
            ],
        )


@strawberry.type(description="What closing a month now would give. Nothing is written.")
class SettlementPreview:
    """GraphQL face of a draft."""

    draft: strawberry.Private[Draft]
    month: str
    net: MoneyType
    problems: list[str] = strawberry.field(description="Why it cannot be closed; empty if it can.")
    unrecorded: list[str] = strawberry.field(description="Services in use without entered costs.")
    shares: list[PreviewedShare]
    grants: list[PreviewedGrant] = strawberry.field(description="What grants would cover.")
    credits: list[PreviewedCredit] = strawberry.field(
        description="The members that paid suppliers for all, by name."
    )

    @strawberry.field(description="Beside the month before, and per inhabitant.")
    def figures(self) -> MonthFigures:
        """The figures of its charts."""
        return MonthFigures(month=self.draft)

    @strawberry.field(
        description="What to look at before closing; shares that changed by more than `change` %."
    )
    async def warnings(self, info: Info, change: int = CHANGE) -> list[SettlementWarningType]:
        """The warnings."""
        uow, host = info.context.uow, info.context.host
        async with uow.lock:
            beside = await beside_last(uow, host, self.draft)
            found = await reviewing.warnings(uow, host, self.draft, beside, change)
        return [SettlementWarningType.of(one, change) for one in found]

    @classmethod
    def of(cls, draft: Draft) -> SettlementPreview:
        """From the draft."""
        shares: list[PreviewedShare] = []
        for member, parts in draft.by_member().items():
            bearer, amount = parts[0][1].bearer, draft.amount_of(member)
            each = per_inhabitant(amount, bearer.population)
            shares.append(
                PreviewedShare(
                    organization_id=global_id("Organization", member),
                    name=bearer.name,
                    amount=MoneyType.of(amount),
                    per_inhabitant=money_or_none(each),
                )
            )
        return cls(
            draft=draft,
            month=month_key(draft.period),
            net=MoneyType.of(draft.net),
            problems=[error_text(problem) for problem in draft.problems],
            unrecorded=[book.offer.service for book in draft.unrecorded],
            shares=shares,
            grants=[
                PreviewedGrant(
                    funding_id=global_id("Funding", one.grant.id),
                    title=one.grant.title,
                    service=book.offer.service,
                    amount=MoneyType.cents(one.amount, draft.currency),
                )
                for book in draft.books
                for one in book.covered
            ],
            credits=[
                PreviewedCredit(
                    organization_id=global_id("Organization", one.organization_id),
                    name=one.name,
                    share=MoneyType.of(one.share),
                    paid=MoneyType.of(one.paid),
                    due=MoneyType.of(one.due),
                )
                for one in draft.credits
            ],
        )


@strawberry.type
class SettlementPayload(Payload):
    """A settlement."""

    settlement: SettlementType | None = None
