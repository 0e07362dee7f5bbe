"""GraphQL types of cost lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from arengo_core.api.ids import Node
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id, local_id
from arengo_core.money import Money
from arengo_marketplace.costs.vat import Taxed, Vat
from arengo_marketplace.csv_rows import RowFault
from arengo_marketplace.months import month_key
from arengo_marketplace.offers.terms import vat_of
from arengo_marketplace.pools.models import PoolLine
from arengo_marketplace.pools.service import LineData, kind_named, month_named


@strawberry.type(name="CostPart", description="What of a cost falls due in a month.")
class CostPartType:
    """GraphQL face of a month's part."""

    month: str
    amount: MoneyType


@strawberry.type(name="CostVat", description="A price with its value-added tax.")
class CostVatType:
    """GraphQL face of a taxed amount."""

    rate: Decimal = strawberry.field(description="In per cent.")
    recoverable: bool = strawberry.field(description="Whether the tax is no cost.")
    net: MoneyType
    tax: MoneyType
    gross: MoneyType

    @classmethod
    def of(cls, taxed: Taxed, currency: str) -> CostVatType:
        """From the reckoned one."""
        return cls(
            rate=taxed.vat.rate,
            recoverable=taxed.vat.recoverable,
            net=MoneyType.cents(taxed.net, currency),
            tax=MoneyType.cents(taxed.tax, currency),
            gross=MoneyType.cents(taxed.gross, currency),
        )


@strawberry.type(
    name="CostLine", description="A cost, fee or grant of an offer in a month; kind says which."
)
class CostLineType(Node):
    """GraphQL face of a pool line."""

    offer_id: strawberry.ID
    service: str
    month: str = strawberry.field(description="As `2026-09`; the first of several.")
    last_month: str = strawberry.field(description="The same month, unless the cost is spread.")
    schedule: list[int] = strawberry.field(
        description="Weights, each for an equal stretch of the months; none: equal parts."
    )
    kind: str = strawberry.field(description="`fixed`, `usage`, `one_off`, `fee` or `funding`.")
    description: str
    supplier: str
    document_number: str
    document_date: date | None
    amount: MoneyType = strawberry.field(description="The whole of what is shared.")
    vat: CostVatType | None = strawberry.field(description="Of what price and tax, where known.")
    parts: list[CostPartType] = strawberry.field(
        description="What falls due in each month; together they are the amount, or what of it is"
        " due before `restFrom`."
    )
    rest_from: str | None = strawberry.field(
        description="From this month on another line bears what is left, whose `restOfId` names it."
    )
    rest_of_id: strawberry.ID | None = strawberry.field(
        description="The line whose rest this one bears."
    )
    paid_by_id: strawberry.ID | None = strawberry.field(
        description="The member that paid the supplier; settlements credit it what they take."
    )
    evidence_name: str
    evidence_digest: str = strawberry.field(description="SHA-256 of the evidence, hexadecimal.")
    from_plan: bool = strawberry.field(description="Whether the price plan made it.")

    @classmethod
    def of(cls, row: PoolLine) -> CostLineType:
        """From its row."""
        return cls(
            id=global_id("CostLine", row.id),
            offer_id=global_id("Offer", row.offer_id),
            service=row.service,
            month=month_key(row.month),
            last_month=month_key(row.last_month),
            schedule=list(row.spread.schedule),
            kind=row.kind,
            description=row.description,
            supplier=row.supplier,
            document_number=row.document_number,
            document_date=row.document_date,
            amount=MoneyType.of(row.money),
            vat=CostVatType.of(row.taxed, row.currency) if row.taxed else None,
            parts=[
                CostPartType(month=month_key(month), amount=MoneyType.of(row.part(month.start)))
                for month in row.due_months.months()
            ],
            rest_from=f"{row.rest_from:%Y-%m}" if row.rest_from else None,
            rest_of_id=global_id("CostLine", row.rest_of) if row.rest_of else None,
            paid_by_id=global_id("Organization", row.paid_by) if row.paid_by else None,
            evidence_name=row.evidence_name,
            evidence_digest=row.evidence_digest,
            from_plan=row.from_plan,
        )


@strawberry.input(description="How value-added tax applies to an amount.")
class VatInput:
    """A treatment to apply."""

    rate: str = strawberry.field(description="In per cent, as `22`.")
    recoverable: bool = strawberry.field(
        default=False, description="The tax is recovered, and no cost to share."
    )
    included: bool = strawberry.field(default=False, description="The amount includes the tax.")

    def treatment(self) -> Vat | None:
        """For the service. InvalidInputError naming the field."""
        return vat_of(self.rate, recoverable=self.recoverable, included=self.included)


@strawberry.input(description="What a cost line says. The amount is in minor units.")
class CostLineInput:
    """A line to enter."""

    offer_id: strawberry.ID
    month: str
    kind: str
    description: str
    amount: int
    currency: str = "EUR"
    last_month: str | None = strawberry.field(
        default=None, description="Spread the amount up to this month."
    )
    schedule: list[int] = strawberry.field(
        default_factory=list[int],
        description="Weights such as `[40, 30, 30]`, each for an equal stretch of the months; left"
        " out, each month takes an equal part.",
    )
    paid_by_id: strawberry.ID | None = strawberry.field(
        default=None, description="The member that paid the supplier, to be credited."
    )
    vat: VatInput | None = strawberry.field(
        default=None, description="Left out, the amount is what is shared."
    )
    supplier: str = ""
    document_number: str = ""
    document_date: date | None = None
    evidence_name: str = ""
    evidence_digest: str = ""

    def data(self) -> LineData:
        """The line for the service. InvalidInputError naming the field."""
        return LineData(
            offer_id=local_id(self.offer_id, "Offer", "offer_id"),
            month=month_named(self.month).start,
            kind=kind_named(self.kind),
            description=self.description,
            amount=Money(self.amount, self.currency),
            last_month=month_named(self.last_month, "last_month").start
            if self.last_month
            else None,
            schedule=tuple(self.schedule),
            paid_by=local_id(self.paid_by_id, "Organization", "paid_by_id")
            if self.paid_by_id
            else None,
            vat=self.vat.treatment() if self.vat else None,
            supplier=self.supplier,
            document_number=self.document_number,
            document_date=self.document_date,
            evidence_name=self.evidence_name,
            evidence_digest=self.evidence_digest,
        )


@strawberry.type(description="What is wrong in one cell of a file; the column is empty for a line.")
class ImportFault:
    """GraphQL face of a row fault."""

    line: int
    column: str
    message: str

    @classmethod
    def of(cls, fault: RowFault) -> ImportFault:
        """From the reader's."""
        return cls(line=fault.line, column=fault.column, message=fault.message)


@strawberry.type
class CostLinePayload(Payload):
    """A cost line."""

    cost_line: CostLineType | None = None


@strawberry.type
class CostLinesPayload(Payload):
    """Cost lines, and the offers left alone because costs of theirs were entered."""

    cost_lines: list[CostLineType] = strawberry.field(default_factory=list[CostLineType])
    left_alone: list[strawberry.ID] = strawberry.field(default_factory=list[strawberry.ID])


@strawberry.type
class ImportPayload(Payload):
    """What a file gave: lines entered (none in a dry run), or every fault in it."""

    entered: int = 0
    readable: int = 0
    total: MoneyType | None = None
    faults: list[ImportFault] = strawberry.field(default_factory=list[ImportFault])
