"""What every payment gateway must do: subclass :class:`PaymentGatewayContract`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_core.testing.contracts import ContractTests, FarSide
from arengo_payments.contract import (
    CHECKOUT_LIFE,
    CheckoutConfirmed,
    CheckoutLine,
    CheckoutOpened,
    CheckoutRefused,
    CheckoutRequest,
    CheckoutState,
    CheckoutStatus,
    InvalidSignatureError,
    NotFound,
    OutcomeUnknown,
    Payee,
    PaymentGateway,
    RefundDone,
    RefundRefused,
    RefundRequest,
    RefundStatus,
)


class PaymentFarSide(FarSide, Protocol):
    """A gateway's server, with somebody who pays."""

    async def pay(self, url: str) -> None:
        """Pay on the page of an open checkout, with success."""
        ...


def checkout_request(**changes: Any) -> CheckoutRequest:
    """Two loaves and a jar of honey, EUR 29.90 in all, for a firm, under a key of its own."""
    fields: dict[str, Any] = {
        "idempotency_key": f"attempt-{new_id()}",
        "order_id": f"order-{new_id()}",
        "payee": Payee("Valmalenco Servizi S.r.l.", is_public_administration=False),
        "lines": (
            CheckoutLine("Pane di segale", Money(1250), 2),
            CheckoutLine("Miele", Money(490)),
        ),
        "amount": Money(2990),
        "locale": "it",
        "success_url": "http://shop.test/order?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.test/cart",
        "expires_at": datetime.now(UTC) + CHECKOUT_LIFE,
        "payer_email": "anna@example.it",
        **changes,
    }
    return CheckoutRequest(**fields)


def _an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


class PaymentGatewayContract(ContractTests):
    """Give the fixtures ``gateway``, ``impatient``, ``far_side`` (:class:`PaymentFarSide`) and
    ``refused_request``, a request that the far side refuses.
    """

    contract = PaymentGateway

    @pytest.fixture
    def gateway(self) -> PaymentGateway:
        """The gateway under test."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture gateway")

    @pytest.fixture
    def impatient(self, gateway: PaymentGateway) -> PaymentGateway:
        """The same gateway with a short time limit."""
        return gateway

    @pytest.fixture
    def refused_request(self, far_side: PaymentFarSide) -> CheckoutRequest:
        """A request that the far side refuses."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture refused_request")

    async def open(self, gateway: PaymentGateway, request: CheckoutRequest) -> CheckoutOpened:
        """A checkout that opens."""
        outcome = await self.in_time(gateway.open_checkout(request))
        assert isinstance(outcome, CheckoutOpened), f"the checkout does not open: {outcome}"
        return outcome

    async def paid(self, gateway: PaymentGateway, far_side: PaymentFarSide) -> str:
        """The payment reference of a checkout that was paid: EUR 29.90."""
        checkout = await self.open(gateway, checkout_request())
        await far_side.pay(checkout.url)
        state = await gateway.fetch_checkout(checkout.reference)
        assert isinstance(state, CheckoutState), state
        assert state.payment_reference, "a paid checkout names no payment"
        return state.payment_reference

    def test_its_key_is_the_providers(self, gateway: PaymentGateway) -> None:
        assert gateway.key == self.provider

    async def test_a_checkout_opens_and_is_known(
        self, gateway: PaymentGateway, far_side: PaymentFarSide
    ) -> None:
        request = checkout_request()
        checkout = await self.open(gateway, request)
        assert checkout.url.startswith(("https://", "http://")), "the payer is sent nowhere"
        state = await self.in_time(gateway.fetch_checkout(checkout.reference))
        assert isinstance(state, CheckoutState), state
        assert state.status is CheckoutStatus.OPEN
        assert state.amount == request.amount
        assert state.order_id == request.order_id, "the order does not travel with the checkout"

    async def test_the_same_key_opens_one_checkout(self, gateway: PaymentGateway) -> None:
        request = checkout_request()
        first = await self.in_time(gateway.open_checkout(request))
        assert isinstance(first, CheckoutOpened | CheckoutConfirmed), first
        again = await self.in_time(gateway.open_checkout(request))
        assert again == first, "the same key opened a second checkout"

    async def test_another_key_opens_another_checkout(self, gateway: PaymentGateway) -> None:
        first = await gateway.open_checkout(checkout_request())
        second = await gateway.open_checkout(checkout_request())
        assert isinstance(first, CheckoutOpened | CheckoutConfirmed), first
        assert isinstance(second, CheckoutOpened | CheckoutConfirmed), second
        assert first.reference != second.reference, "two orders share a checkout"

    async def test_a_request_that_is_refused_says_why(
        self, gateway: PaymentGateway, refused_request: CheckoutRequest
    ) -> None:
        outcome = await self.in_time(gateway.open_checkout(refused_request))
        assert isinstance(outcome, CheckoutRefused), outcome
        assert outcome.code, "a refusal has no code"
        assert outcome.message, "a refusal says nothing"

    async def test_a_paid_checkout_stays_paid(
        self, gateway: PaymentGateway, far_side: PaymentFarSide
    ) -> None:
        checkout = await self.open(gateway, checkout_request())
        await far_side.pay(checkout.url)
        state = await self.in_time(gateway.expire_checkout(checkout.reference))
        assert isinstance(state, CheckoutState), state
        assert state.status is CheckoutStatus.PAID, "what was paid can be expired"
        assert state.payment_reference

    async def test_an_expired_checkout_stays_expired(
        self, gateway: PaymentGateway, far_side: PaymentFarSide
    ) -> None:
        checkout = await self.open(gateway, checkout_request())
        state = await self.in_time(gateway.expire_checkout(checkout.reference))
        assert isinstance(state, CheckoutState), state
        assert state.status is CheckoutStatus.EXPIRED
        assert await gateway.expire_checkout(checkout.reference) == state

    async def test_the_same_key_refunds_once(
        self, gateway: PaymentGateway, far_side: PaymentFarSide
    ) -> None:
        payment = await self.paid(gateway, far_side)
        request = RefundRequest(f"refund-{new_id()}", "order-1", payment, Money(1990))
        first = await self.in_time(gateway.refund(request))
        assert isinstance(first, RefundDone), first
        assert (first.amount, first.payment_reference) == (request.amount, payment)
        again = await gateway.refund(request)
        assert isinstance(again, RefundDone), again
        assert again.reference == first.reference, "the same key refunded twice"
        found = await gateway.fetch_refund(first.reference)
        assert isinstance(found, RefundDone), found

    async def test_more_than_was_paid_is_not_refunded(
        self, gateway: PaymentGateway, far_side: PaymentFarSide
    ) -> None:
        payment = await self.paid(gateway, far_side)
        request = RefundRequest(f"refund-{new_id()}", "order-1", payment, Money(2991))
        outcome = await self.in_time(gateway.refund(request))
        assert isinstance(outcome, RefundRefused), outcome

    async def test_a_refund_by_hand_is_recorded_once(self, gateway: PaymentGateway) -> None:
        if self.is_remote:
            pytest.skip("its refunds are made by the far side")
        request = RefundRequest(f"refund-{new_id()}", "order-1", "payment-1", Money(1990))
        first = await gateway.refund(request)
        assert isinstance(first, RefundDone), first
        assert first.status is RefundStatus.BY_HAND
        assert await gateway.refund(request) == first

    async def test_what_it_does_not_know_is_not_found(self, gateway: PaymentGateway) -> None:
        none = "none-of-its-references"
        assert isinstance(await self.in_time(gateway.fetch_checkout(none)), NotFound)
        assert isinstance(await self.in_time(gateway.fetch_refund(none)), NotFound)
        found = await self.in_time(gateway.find_checkout(none, _an_hour_ago()))
        assert isinstance(found, NotFound), found

    async def test_a_lost_answer_is_unknown_and_its_checkout_is_found(
        self, gateway: PaymentGateway, far_side: PaymentFarSide
    ) -> None:
        request, since = checkout_request(), _an_hour_ago()
        await far_side.lose_next_answer()
        lost = await self.in_time(gateway.open_checkout(request))
        assert isinstance(lost, OutcomeUnknown), f"a lost answer is told as {lost}"
        found = await self.in_time(gateway.find_checkout(request.idempotency_key, since))
        assert isinstance(found, CheckoutState), "the checkout is not found by its key"
        again = await self.open(gateway, request)
        assert again.reference == found.reference, "the retry opened a second checkout"

    async def test_a_lost_answer_is_unknown_and_its_refund_is_found(
        self, gateway: PaymentGateway, far_side: PaymentFarSide
    ) -> None:
        payment = await self.paid(gateway, far_side)
        request = RefundRequest(f"refund-{new_id()}", "order-1", payment, Money(1990))
        await far_side.lose_next_answer()
        lost = await self.in_time(gateway.refund(request))
        assert isinstance(lost, OutcomeUnknown), f"a lost answer is told as {lost}"
        found = await self.in_time(gateway.find_refund(request.idempotency_key, payment))
        assert isinstance(found, RefundDone), "the refund is not found by its key"
        again = await gateway.refund(request)
        assert isinstance(again, RefundDone), again
        assert again.reference == found.reference, "the retry refunded a second time"

    async def test_silence_ends_within_the_time_limit_and_is_unknown(
        self, gateway: PaymentGateway, impatient: PaymentGateway, far_side: PaymentFarSide
    ) -> None:
        request, since = checkout_request(), _an_hour_ago()
        await far_side.fall_silent()
        silent = await self.in_time(impatient.open_checkout(request))
        assert isinstance(silent, OutcomeUnknown), f"silence is told as {silent}"
        found = await self.in_time(gateway.find_checkout(request.idempotency_key, since))
        assert isinstance(found, NotFound), found

    async def test_a_webhook_that_nobody_signed_is_refused(self, gateway: PaymentGateway) -> None:
        with pytest.raises(InvalidSignatureError):
            await gateway.parse_webhook(b'{"id": "1", "type": "checkout_paid"}', {})
