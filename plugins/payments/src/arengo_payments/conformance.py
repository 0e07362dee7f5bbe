"""The gateways that this plugin brings, tried by their contract's tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from arengo_payments.base import COUNTER
from arengo_payments.contract import CheckoutRequest
from arengo_payments.contract_tests import PaymentGatewayContract, checkout_request
from arengo_payments.gateways.counter import CounterGateway
from arengo_payments.gateways.providers import STRIPE
from arengo_payments.gateways.stripe_gateway import StripeGateway, StripeSettings
from arengo_payments.testing import StripeStandin

OPEN = {
    "the consortium's account": (
        "/office/payments*",
        "menu /office/payments",
    ),
    "what was paid is looked at, and paid back, after a suspension too": (
        "/desk/money*",
        "menu /desk/money",
        "capability PaymentDesk",
    ),
    "it asks the gate for each merchant whom a payment concerns": ("capability Payments",),
    "a member pays its consortium's statement, and uses no service": ("capability StatementDesk",),
    "a gateway tells, signed, what became of a payment": ("/webhooks/payments/*",),
}
"""What names no service, by why it is open; the kit asks for each."""


@dataclass(frozen=True, slots=True)
class _StandinSide:
    standin: StripeStandin

    async def pay(self, url: str) -> None:
        assert (await self.standin.pay(url)).is_paid

    async def lose_next_answer(self) -> None:
        await self.standin.fail_next("drop", when="after")

    async def fall_silent(self) -> None:
        await self.standin.fail_next("hang")


@asynccontextmanager
async def _closing(standin: StripeStandin, time_limit: float) -> AsyncGenerator[StripeGateway]:
    settings = StripeSettings(
        standin.secret_key,
        standin.webhook_secret,
        api_base=standin.base_url,
        time_limit=time_limit,
    )
    made = StripeGateway(settings)
    yield made
    await made.aclose()


class TestStripe(PaymentGatewayContract):
    """Stripe against the stand-in, over HTTP."""

    provider = STRIPE

    @pytest.fixture
    async def gateway(self, stripe_standin: StripeStandin) -> AsyncIterator[StripeGateway]:
        """With the stand-in's address as its API base."""
        async with _closing(stripe_standin, self.time_limit) as made:
            yield made

    @pytest.fixture
    async def impatient(self, stripe_standin: StripeStandin) -> AsyncIterator[StripeGateway]:
        """The same, in a hurry."""
        async with _closing(stripe_standin, 0.5) as made:
            yield made

    @pytest.fixture
    def far_side(self, stripe_standin: StripeStandin) -> _StandinSide:
        """The stand-in."""
        return _StandinSide(stripe_standin)

    @pytest.fixture
    def refused_request(self) -> CheckoutRequest:
        """Stripe opens no checkout for less than half an hour."""
        return checkout_request(expires_at=datetime.now(UTC) + timedelta(minutes=29))


class TestCounter(PaymentGatewayContract):
    """The counter, which asks nobody."""

    provider = COUNTER
    is_remote = False

    @pytest.fixture
    def gateway(self) -> CounterGateway:
        """There is nothing to set."""
        return CounterGateway()
