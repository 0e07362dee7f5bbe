"""The stand-in, a gateway that talks to it, Stripe's own description of both, and a market."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from openapi_schema_validator import OAS30Validator
from sqlalchemy import select

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_core.outbox.models import OutboxEvent
from arengo_core.testing.fixtures import application
from arengo_core.testing.serving import serving
from arengo_marketplace.contract import Marketplace
from arengo_payments.checkout import janitor
from arengo_payments.collecting import repository
from arengo_payments.collecting.models import AttemptRow, PaymentPartRow, PaymentRow
from arengo_payments.contract import (
    CHECKOUT_LIFE,
    CheckoutLine,
    CheckoutRequest,
    Payee,
    Payment,
    PaymentDesk,
    PaymentOpened,
    PaymentPart,
    PaymentRequest,
    Payments,
    RefundOrder,
)
from arengo_payments.gateways.stripe_gateway import StripeGateway, StripeSettings
from arengo_payments.refunds.models import RefundRow
from arengo_payments.testing import StripeStandin

SPEC = Path(__file__).parent / "data" / "stripe-openapi.json.gz"
MakeRequest = Callable[..., CheckoutRequest]


@pytest.fixture
async def gateway(stripe_standin: StripeStandin) -> AsyncIterator[StripeGateway]:
    """The real gateway, with the stand-in's address as its API base."""
    made = StripeGateway(
        StripeSettings(
            secret_key=stripe_standin.secret_key,
            webhook_secret=stripe_standin.webhook_secret,
            api_base=stripe_standin.base_url,
        )
    )
    yield made
    await made.aclose()


@pytest.fixture
def checkout_request() -> MakeRequest:
    """An order of two shops: 2 × 12.50 and 1 × 4.90."""

    def make(**changes: Any) -> CheckoutRequest:
        fields: dict[str, Any] = {
            "idempotency_key": "attempt-1",
            "order_id": "order-1",
            "payee": Payee("Valmalenco Servizi S.r.l.", is_public_administration=False),
            "lines": (
                CheckoutLine("Bitto", Money(1250), 2),
                CheckoutLine("Miele di castagno", Money(490)),
            ),
            "amount": Money(2990),
            "locale": "it",
            "success_url": "http://shop.test/order?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.test/cart",
            "expires_at": datetime.now(UTC) + CHECKOUT_LIFE,
            "payer_email": "anna@example.it",
        }
        return CheckoutRequest(**fields | changes)

    return make


def strict(node: Any) -> Any:
    """The schema with unnamed fields forbidden, so that an invented field is found too.

    OpenAPI 3.0's `nullable` beside `enum` or `anyOf` is spelled out for the validator.
    """
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {name: strict(value) for name, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    if closed.pop("nullable", False) is True:
        return {"anyOf": [{"enum": [None]}, closed]}
    return closed


@pytest.fixture(scope="session")
def stripe_spec() -> dict[str, Any]:
    return strict(json.loads(gzip.decompress(SPEC.read_bytes())))


@pytest.fixture(scope="session")
def conforms(stripe_spec: dict[str, Any]) -> Callable[[str, Any], None]:
    """Assert that data is an object of Stripe's, by the name of its schema."""

    def check(schema: str, data: Any) -> None:
        whole = {**stripe_spec, "$ref": f"#/components/schemas/{schema}"}
        errors = list(OAS30Validator(whole).iter_errors(data))
        assert not errors, "\n".join(f"{e.json_path}: {e.message[:300]}" for e in errors)

    return check


@pytest.fixture(scope="session")
def is_form(stripe_spec: dict[str, Any]) -> Callable[[str, Any], None]:
    """Assert that data is a request body that Stripe takes at a path."""

    def check(path: str, data: Any) -> None:
        whole = {**stripe_spec, **stripe_spec["requests"][path]}
        errors = list(OAS30Validator(whole).iter_errors(data))
        assert not errors, "\n".join(f"{e.json_path}: {e.message[:300]}" for e in errors)

    return check


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was stored for others."""

    name: str
    payload: dict[str, Any]


@dataclass(slots=True)
class Valley:
    """What the tests of payments do and look at."""

    host: Host
    standin: StripeStandin
    consortium: Any
    bakery: Any
    dairy: Any
    offer: Any
    orders: dict[UUID, tuple[UUID, UUID]] = field(default_factory=dict[UUID, tuple[UUID, UUID]])

    @property
    def id(self) -> UUID:
        return self.consortium.id

    @property
    def webhook_path(self) -> str:
        return f"/webhooks/payments/stripe/{self.id}"

    def request(self, method: str = "card", **changes: Any) -> PaymentRequest:
        """An order of 12.50 at the bakery and 7.50 at the dairy."""
        order = new_id()
        self.orders[order] = (new_id(), new_id())
        fields: dict[str, Any] = {
            "key": f"order-{order}",
            "order_id": order,
            "consortium_id": self.id,
            "method": method,
            "amount": Money(2000),
            "parts": (
                PaymentPart(self.bakery.id, self.orders[order][0], Money(1250), "Panificio"),
                PaymentPart(self.dairy.id, self.orders[order][1], Money(750), "Latteria"),
            ),
            "locale": "it",
            "success_url": "http://localhost/orders/done",
            "cancel_url": "http://localhost/orders/back",
            "expires_at": clock.now() + CHECKOUT_LIFE,
            "payer_email": "anna@example.it",
        }
        return PaymentRequest(**fields | changes)

    async def prepare(self, request: PaymentRequest | None = None, **changes: Any) -> Payment:
        """Prepare as a shopper's checkout does: nobody signed in, the cart's shops in scope."""
        async with self.host.unit_of_work() as uow:
            payments = self.host.continuing(uow, Payments)
            return await payments.prepare(request or self.request(**changes))

    @property
    def desk(self) -> PaymentDesk:
        return self.host.standalone(PaymentDesk)

    async def checkout(self, **changes: Any) -> tuple[Payment, PaymentOpened]:
        """A card payment whose hosted page is open."""
        payment = await self.prepare(**changes)
        return payment, await self.desk.open(payment.id)

    async def paid(self, **changes: Any) -> Payment:
        """A card payment that is paid and told."""
        payment, opened = await self.checkout(**changes)
        assert opened.url is not None
        assert (await self.standin.pay(opened.url)).is_paid
        await self.standin.settle()
        return await self.payment(payment.id)

    async def payment(self, payment_id: UUID) -> Payment:
        async with self.host.unit_of_work(read_only=True) as uow:
            return await self.host.continuing(uow, Payments).payment(payment_id)

    async def refund(self, payment: Payment, amount: int, shop: int = 0, key: str = "") -> UUID:
        """Give back some of the bakery's (0) or the dairy's (1) part."""
        merchant = (self.bakery, self.dairy)[shop]
        order = RefundOrder(
            key=key or f"refund-{new_id()}",
            payment_id=payment.id,
            merchant_id=merchant.id,
            merchant_order_id=self.orders[payment.order_id][shop],
            amount=Money(amount),
            reason="Rotto",
        )
        async with self.host.unit_of_work() as uow:
            return await self.host.continuing(uow, Payments).refund(order)

    @property
    def officer(self) -> Caller:
        return Caller.program([self.id, self.bakery.id, self.dairy.id], [self.id])

    async def balances(self) -> dict[str, int]:
        """What the gateway holds, and what each shop is owed."""
        async with self.host.unit_of_work(self.officer, read_only=True) as uow:
            market: Marketplace = self.host.continuing(uow, Marketplace)
            gateway = await market.balance(self.id, "gateway")
            bakery = await market.balance(self.id, "merchant_payable", self.bakery.id)
            dairy = await market.balance(self.id, "merchant_payable", self.dairy.id)
        return {"gateway": gateway.amount, "bakery": bakery.amount, "dairy": dairy.amount}

    async def row(self, payment_id: UUID) -> PaymentRow:
        async with self.host.unit_of_work(self.officer, read_only=True) as uow:
            found = await repository.payment(uow.session, self.id, payment_id)
        assert found is not None
        return found

    async def attempt(self, payment_id: UUID) -> AttemptRow:
        row = await self.row(payment_id)
        async with self.host.unit_of_work(self.officer, read_only=True) as uow:
            assert row.attempt_id is not None
            found = await repository.attempt(uow.session, self.id, row.attempt_id)
        assert found is not None
        return found

    async def parts(self, payment_id: UUID) -> list[PaymentPartRow]:
        async with self.host.unit_of_work(self.officer, read_only=True) as uow:
            return list(await repository.parts(uow.session, self.id, payment_id))

    async def refund_row(self, refund_id: UUID) -> RefundRow:
        async with self.host.unit_of_work(self.officer, read_only=True) as uow:
            found = await uow.session.get(RefundRow, refund_id)
        assert found is not None
        return found

    async def told(self, order_id: UUID) -> list[Told]:
        """What was told about an order, in its order."""
        async with self.host.unit_of_work(self.officer, read_only=True) as uow:
            rows = await uow.session.execute(
                select(OutboxEvent)
                .where(OutboxEvent.aggregate_id == order_id)
                .order_by(OutboxEvent.version)
            )
            return [Told(row.name, row.payload) for row in rows.scalars()]

    async def names_told(self, order_id: UUID) -> list[str]:
        return [event.name.removeprefix("payments.") for event in await self.told(order_id)]

    async def janitor(self) -> None:
        await janitor.resolve(self.host, {})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(host: Host) -> AsyncIterator[str]:
    """The address of the running application."""
    async with serving(application(host)) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def valley(
    host: Host,
    stripe_standin: StripeStandin,
    site: str,
    make_consortium: Any,
    make_merchant: Any,
    make_offer: Any,
    activate: Any,
) -> Valley:
    """A consortium with two shops that take cards, and a company that collects."""
    consortium = await make_consortium(
        collecting=True,
        gateway="stripe",
        gateway_settings={
            "secret_key": stripe_standin.secret_key,
            "webhook_secret": stripe_standin.webhook_secret,
            "api_base": stripe_standin.base_url,
        },
    )
    town = consortium.municipalities[2]
    bakery = await make_merchant(consortium.id, town.id, name="Panificio della Prova")
    dairy = await make_merchant(consortium.id, town.id, name="Latteria della Prova")
    offer = await make_offer(consortium.id, "payments", covers_merchants=True)
    await activate(bakery.id, offer)
    await activate(dairy.id, offer)
    made = Valley(host, stripe_standin, consortium, bakery, dairy, offer)
    await stripe_standin.send_webhooks_to(f"{site}{made.webhook_path}")
    return made
