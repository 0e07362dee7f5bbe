"""All that one statement shows, gathered once for its page and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import gettext as _
from arengo_core.money import Money
from arengo_core.organizations import service as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace.deliveries import repository as deliveries
from arengo_marketplace.deliveries.models import Delivery
from arengo_marketplace.members import charter
from arengo_marketplace.members.payment_terms import PaymentTerms
from arengo_marketplace.settlements.models import Settlement, Share
from arengo_marketplace.statements import document, online, repository, service
from arengo_marketplace.statements.models import Statement, StatementPayment
from arengo_marketplace.statements.pdf import Printed, make_pdf
from arengo_marketplace.statements.service import Standing


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement with its shares, its settlement, its parties, payments and deliveries."""

    statement: Statement
    shares: Sequence[Share]
    settlement: Settlement
    member: Organization
    consortium: Organization
    payments: Sequence[StatementPayment]
    standing: Standing
    deliveries: Sequence[Delivery]
    terms: PaymentTerms
    pay_at: str = ""
    """Where it can be paid online; empty where it cannot."""

    @property
    def digest(self) -> str:
        """SHA-256 of what was issued."""
        return document.digest(self.statement, self.shares, self.settlement)

    @property
    def file_name(self) -> str:
        """The name of its files, without what they end in."""
        return f"statement-{self.statement.number.replace('/', '-')}"

    @property
    def how_to_pay(self) -> list[tuple[str, str]]:
        """Labels and values of all ways to pay it; empty of a credit, and where nobody said."""
        online = [(_("Online, by card"), self.pay_at)] if self.pay_at else []
        return [*self.by_transfer, *online]

    @property
    def by_transfer(self) -> list[tuple[str, str]]:
        """Labels and values of where to transfer it."""
        if self.statement.reverses_id is not None or not (self.terms.iban or self.terms.note):
            return []
        facts = [
            (_("Account holder"), self.terms.holder or self.consortium.name),
            (_("IBAN"), self.terms.iban_in_groups),
            (_("Bank or treasury"), self.terms.bank),
            (_("Reference to give"), _("Statement {number}", number=self.statement.number)),
            (_("What else you have to know"), self.terms.note),
        ]
        return [(label, value) for label, value in facts if value]

    def written(self) -> dict[str, Any]:
        """The statement as JSON."""
        return document.written(
            self.statement,
            self.shares,
            self.settlement,
            member=self.member,
            consortium=self.consortium,
            payments=self.payments,
            open=self.standing.open,
        )

    def pdf(self, host: Host) -> bytes:
        """The statement on paper, in the present locale."""
        printed = Printed(
            statement=self.statement,
            shares=self.shares,
            member=self.member,
            consortium=self.consortium,
            digest=self.digest,
            settlement_digest=self.settlement.digest,
            link=host.url(f"/office/statements/{self.statement.id}"),
            to_pay=[f"{label}: {value}" for label, value in self.how_to_pay],
        )
        return make_pdf(printed, host.registry)


async def sheet_of(uow: UnitOfWork, host: Host, statement_id: UUID) -> Sheet:
    """The sheet of a statement that the caller may read. NotFoundError otherwise."""
    return await gathered(uow, host, await service.statement_of(uow, statement_id))


async def gathered(uow: UnitOfWork, host: Host, statement: Statement) -> Sheet:
    """The sheet of a statement, for the program or a caller who may read it."""
    standing = await service.standing_of(uow, statement)
    return Sheet(
        statement=statement,
        shares=await service.shares_of(uow, [statement]),
        settlement=await service.settlement_behind(uow, statement),
        member=await organizations.get(uow, statement.organization_id),
        consortium=await organizations.get(uow, statement.consortium_id),
        payments=await repository.payments(
            uow.session, [statement.id], [statement.organization_id]
        ),
        standing=standing,
        deliveries=await deliveries.of_statements(
            uow.session, [statement.id], [statement.organization_id]
        ),
        terms=await charter.payment_terms(uow, statement.consortium_id),
        pay_at=await _pay_at(uow, host, standing),
    )


async def _pay_at(uow: UnitOfWork, host: Host, standing: Standing) -> str:
    row, amount = standing.statement, Money(standing.open, standing.statement.currency)
    if standing.open <= 0 or await online.obstacle(host, uow, row.consortium_id, amount):
        return ""
    return host.url(f"/office/statements/{row.id}#pay")
