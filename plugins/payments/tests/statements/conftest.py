"""A closed month whose statements towns pay online."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest_asyncio

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_marketplace.contract import Marketplace, OnlinePayment
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import charter
from arengo_marketplace.pools import service as pools
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.service import LineData
from arengo_marketplace.settlements import service as settlements
from arengo_marketplace.statements import online, payments
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements.models import Statement, StatementPayment
from arengo_marketplace.statements.service import Standing, standing_of
from arengo_payments.checkout import janitor
from arengo_payments.collecting import repository
from arengo_payments.collecting.models import AttemptRow, PaymentRow
from arengo_payments.testing import StripeStandin

AUGUST = Period.month(2026, 8)
OPENING = datetime(2026, 8, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 9, 2, 8, tzinfo=UTC)
TODAY = date(2026, 9, 2)


@dataclass(slots=True)
class Payers:
    """Two towns with a statement each, and what the tests do with them."""

    host: Host
    standin: StripeStandin
    consortium: Any
    statement: Statement
    other: Statement
    settlement_id: UUID
    officer_of_town: Any
    site: str

    @property
    def id(self) -> UUID:
        return self.consortium.id

    @property
    def office(self) -> Caller:
        return Caller.program([self.id], [self.id])

    async def caller(self, person: Any) -> Caller:
        """Somebody signed in."""
        async with self.host.unit_of_work() as uow:
            secret = await self.host.identity.open_session(uow, person.id)
            return await self.host.identity.caller_of(uow, secret, "it")

    async def begin(
        self, person: Any = None, statement: Statement | None = None, key: str | None = None
    ) -> OnlinePayment:
        """Press the button."""
        caller = await self.caller(person or self.officer_of_town)
        chosen = statement or self.statement
        return await online.begin(self.host, caller, statement_id=chosen.id, idempotency_key=key)

    async def paid(self) -> OnlinePayment:
        """Paid on the hosted page, and told."""
        payment = await self.begin()
        assert payment.url is not None
        assert (await self.standin.pay(payment.url)).is_paid
        await self.standin.settle()
        return payment

    async def record(self, amount: int, **more: Any) -> None:
        """A bank transfer that the office records."""
        async with self.host.unit_of_work(self.office) as uow:
            await payments.record(
                uow,
                statement_id=self.statement.id,
                amount=Money(amount),
                paid_on=TODAY,
                reference="CRO 1",
                **more,
            )

    async def standing(self) -> Standing:
        async with self.host.unit_of_work(self.office, read_only=True) as uow:
            return await standing_of(uow, self.statement)

    async def rows(self) -> list[StatementPayment]:
        """What is on the statement."""
        async with self.host.unit_of_work(self.office, read_only=True) as uow:
            member = self.statement.organization_id
            return list(await statements.payments(uow.session, [self.statement.id], [member]))

    async def state(self) -> str:
        """How the newest online payment stands."""
        async with self.host.unit_of_work(self.office, read_only=True) as uow:
            found = await online.latest(self.host, uow, [self.statement])
            return found[self.statement.id].state.value

    async def balances(self) -> dict[str, int]:
        """The ledger's word on gateway and bank, and on what the town owes."""
        async with self.host.unit_of_work(self.office, read_only=True) as uow:
            market: Marketplace = self.host.continuing(uow, Marketplace)
            member = self.statement.organization_id
            return {
                "gateway": (await market.balance(self.id, "gateway")).amount,
                "bank": (await market.balance(self.id, "bank")).amount,
                "owed": (await market.balance(self.id, "member_receivable", member)).amount,
            }

    async def payment_row(self, payment_id: UUID) -> PaymentRow:
        async with self.host.unit_of_work(self.office, read_only=True) as uow:
            found = await repository.payment(uow.session, self.id, payment_id)
        assert found is not None
        return found

    async def attempt(self, payment_id: UUID) -> AttemptRow:
        row = await self.payment_row(payment_id)
        assert row.attempt_id is not None
        async with self.host.unit_of_work(self.office, read_only=True) as uow:
            found = await repository.attempt(uow.session, self.id, row.attempt_id)
        assert found is not None
        return found

    async def reverse(self) -> None:
        """Take the month back."""
        async with self.host.unit_of_work(self.office) as uow:
            await settlements.reverse(uow, settlement_id=self.settlement_id, reason="Sbagliato")

    async def switch(self, **terms: Any) -> None:
        """Change the terms of payment."""
        async with self.host.unit_of_work(self.office) as uow:
            await charter.change_payment_terms(
                uow, self.host, consortium_id=self.id, terms={"online": True} | terms
            )

    async def janitor(self) -> None:
        await janitor.resolve(self.host, {})


async def payers_of(
    host: Host, standin: StripeStandin, site: str, consortium: Any, offer: Any, move_clock: Any
) -> Payers:
    """August of a consortium, settled, its statements payable online."""
    line = LineData(
        offer_id=offer.id,
        month=AUGUST.start,
        kind=LineKind.FIXED,
        description="Canone",
        amount=Money(100_000),
    )
    office = Caller.program([consortium.id], [consortium.id])
    async with host.unit_of_work(office) as uow:
        await pools.add(uow, consortium_id=consortium.id, lines=[line])
        await charter.change_payment_terms(
            uow, host, consortium_id=consortium.id, terms={"online": True}
        )
    move_clock(LATER)
    async with host.unit_of_work(office) as uow:
        closed = await settlements.close(
            uow, host, consortium_id=consortium.id, period=AUGUST, notify=False
        )
    async with host.unit_of_work(office, read_only=True) as uow:
        issued = await statements.of_settlement(uow.session, consortium.id, closed.id)
    of_town = {row.organization_id: row for row in issued}
    return Payers(
        host,
        standin,
        consortium,
        of_town[consortium.municipalities[0].id],
        of_town[consortium.municipalities[1].id],
        closed.id,
        consortium.lead_officer,
        site,
    )


@pytest_asyncio.fixture(loop_scope="session")
async def payers(
    host: Host,
    stripe_standin: StripeStandin,
    site: str,
    make_consortium: Any,
    make_offer: Any,
    activate: Any,
    move_clock: Any,
) -> Payers:
    """Towns with statements of August to pay, and a company that collects."""
    move_clock(OPENING)
    consortium = await make_consortium(
        starts_on=OPENING.date(),
        collecting=True,
        gateway="stripe",
        gateway_settings={
            "secret_key": stripe_standin.secret_key,
            "webhook_secret": stripe_standin.webhook_secret,
            "api_base": stripe_standin.base_url,
        },
    )
    offer = await make_offer(consortium.id, "payments")
    for town in consortium.municipalities[:2]:
        await activate(town.id, offer)
    made = await payers_of(host, stripe_standin, site, consortium, offer, move_clock)
    await stripe_standin.send_webhooks_to(f"{site}/webhooks/payments/stripe/{made.id}")
    return made
