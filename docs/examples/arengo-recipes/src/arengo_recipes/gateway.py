"""A payment gateway: a bank that shows its own page to the payer."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from arengo_core.host import Host
from arengo_core.money import Money
from arengo_payments.contract import (
    CheckoutOpened,
    CheckoutRefused,
    CheckoutRequest,
    CheckoutState,
    CheckoutStatus,
    GatewayEvent,
    GatewayEventKind,
    InvalidSignatureError,
    MalformedEventError,
    NotFound,
    OutcomeUnknown,
    RefundDone,
    RefundRefused,
    RefundRequest,
    RefundStatus,
)
from arengo_recipes.asking import Refusal, Server, Unknown


class ValleyBank:
    """Takes payments through the valley's bank, over its HTTP interface."""

    def __init__(self, server: Server, webhook_secret: str) -> None:
        self._server = server
        self._webhook_secret = webhook_secret.encode()

    @property
    def key(self) -> str:
        return "valley-bank"

    async def open_checkout(
        self, request: CheckoutRequest
    ) -> CheckoutOpened | CheckoutRefused | OutcomeUnknown:
        """The bank keeps one checkout for a key; the order travels with it."""
        answer = await self._server.ask(
            "POST",
            "/checkouts",
            request.idempotency_key,
            amount=request.amount.amount,
            currency=request.currency,
            order=request.order_id,
            expires_at=request.expires_at.isoformat(),
            back_to=request.success_url,
        )
        if isinstance(answer, Refusal):
            return CheckoutRefused(answer.code, answer.message)
        if isinstance(answer, Unknown):
            return OutcomeUnknown(answer.reason)
        return CheckoutOpened(answer["id"], answer["url"], request.expires_at)

    async def fetch_checkout(
        self, reference: str
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """The checkout as the bank has it now."""
        return _state(await self._server.ask("GET", f"/checkouts/{reference}"))

    async def find_checkout(
        self, idempotency_key: str, since: datetime
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """The bank finds a checkout by its key."""
        return _state(await self._server.ask("GET", "/checkouts", idempotency_key))

    async def expire_checkout(
        self, reference: str
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """The bank closes what is open, and answers what is closed as it is."""
        return _state(await self._server.ask("POST", f"/checkouts/{reference}/expire"))

    async def refund(self, request: RefundRequest) -> RefundDone | RefundRefused | OutcomeUnknown:
        """The bank refuses more than is left of the payment."""
        done = _refund(
            await self._server.ask(
                "POST",
                "/refunds",
                request.idempotency_key,
                payment=request.payment_reference,
                amount=request.amount.amount,
                currency=request.amount.currency,
            )
        )
        return RefundRefused("not_found", "no such payment") if isinstance(done, NotFound) else done

    async def fetch_refund(
        self, reference: str
    ) -> RefundDone | NotFound | RefundRefused | OutcomeUnknown:
        """The refund as the bank has it now."""
        return _refund(await self._server.ask("GET", f"/refunds/{reference}"))

    async def find_refund(
        self, idempotency_key: str, payment_reference: str
    ) -> RefundDone | NotFound | RefundRefused | OutcomeUnknown:
        """The bank finds a refund by its key."""
        return _refund(await self._server.ask("GET", "/refunds", idempotency_key))

    async def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent:
        """Signed by HMAC-SHA256 over the body, in the header ``X-Bank-Signature``."""
        given = {name.lower(): value for name, value in headers.items()}.get("x-bank-signature", "")
        wanted = hmac.new(self._webhook_secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise InvalidSignatureError("X-Bank-Signature does not fit the body")
        try:
            event = json.loads(body)
            return GatewayEvent(
                id=event["id"],
                kind=_KINDS.get(event["type"], GatewayEventKind.OTHER),
                source_type=event["type"],
                occurred_at=datetime.fromisoformat(event["at"]),
                is_live=True,
                order_id=event.get("order"),
                checkout_reference=event.get("checkout"),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise MalformedEventError(f"not an event of the bank: {error}") from error

    async def aclose(self) -> None:
        """Nothing is held between calls."""


_KINDS = {
    "checkout.paid": GatewayEventKind.CHECKOUT_PAID,
    "checkout.expired": GatewayEventKind.CHECKOUT_EXPIRED,
}


def _state(
    answer: dict[str, Any] | Refusal | Unknown,
) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
    if isinstance(answer, Unknown):
        return OutcomeUnknown(answer.reason)
    if isinstance(answer, Refusal):
        missing = answer.code == "not_found"
        return NotFound() if missing else CheckoutRefused(answer.code, answer.message)
    return CheckoutState(
        reference=answer["id"],
        status=CheckoutStatus(answer["status"]),
        amount=Money(answer["amount"], answer["currency"]),
        order_id=answer["order"],
        idempotency_key=answer["key"],
        payment_reference=answer["payment"],
        url=answer["url"],
        expires_at=datetime.fromisoformat(answer["expires_at"]),
    )


def _refund(
    answer: dict[str, Any] | Refusal | Unknown,
) -> RefundDone | NotFound | RefundRefused | OutcomeUnknown:
    if isinstance(answer, Unknown):
        return OutcomeUnknown(answer.reason)
    if isinstance(answer, Refusal):
        missing = answer.code == "not_found"
        return NotFound() if missing else RefundRefused(answer.code, answer.message)
    return RefundDone(
        reference=answer["id"],
        status=RefundStatus.SUCCEEDED,
        amount=Money(answer["amount"], answer["currency"]),
        payment_reference=answer["payment"],
        idempotency_key=answer["key"],
    )


def make_bank(_host: Host, settings: Mapping[str, Any]) -> ValleyBank:
    """From the settings of the consortium's account."""
    server = Server(str(settings.get("address", "")), str(settings.get("token", "")))
    return ValleyBank(server, str(settings.get("webhook_secret", "")))
