"""A stored attempt as the request that a gateway gets: the same words each time."""

from __future__ import annotations

from collections.abc import Sequence

from arengo_payments.collecting.models import AttemptRow, PaymentPartRow, PaymentRow
from arengo_payments.contract import CheckoutLine, CheckoutRequest, Payee


def checkout_request(
    payment: PaymentRow, parts: Sequence[PaymentPartRow], attempt: AttemptRow
) -> CheckoutRequest:
    """What to ask a gateway for an attempt; one line a merchant."""
    return CheckoutRequest(
        idempotency_key=attempt.key,
        order_id=str(payment.subject_id),
        payee=Payee(attempt.payee_name, attempt.payee_is_public_administration),
        lines=tuple(CheckoutLine(part.label, part.money) for part in parts),
        amount=payment.money,
        locale=payment.locale,
        success_url=payment.success_url,
        cancel_url=payment.cancel_url,
        expires_at=attempt.gateway_expires_at,
        payer_email=payment.payer_email,
    )
