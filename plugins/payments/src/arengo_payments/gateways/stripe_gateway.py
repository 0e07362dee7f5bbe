"""Cards through Stripe: Checkout Sessions on Stripe's own page, by the official SDK."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from arengo_payments.contract import (
    CheckoutOpened,
    CheckoutRefused,
    CheckoutRequest,
    CheckoutState,
    CheckoutStatus,
    GatewayEvent,
    InvalidSignatureError,
    MalformedEventError,
    NotFound,
    OutcomeUnknown,
    RefundDone,
    RefundRefused,
    RefundRequest,
    Refused,
)
from arengo_payments.gateways import stripe_mapping as mapping

if TYPE_CHECKING:
    import stripe

API_VERSION = "2026-08-26.dahlia"
"""The API version we ask for: the one that the tests check answers and requests against."""

_Refusal = TypeVar("_Refusal", bound=Refused)
_Call = Callable[["stripe.StripeClient"], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """One Stripe account: the collecting entity's. Times in seconds.

    `api_base` has no trailing slash. `webhook_tolerance` is how old a signature may be.
    """

    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    api_base: str = "https://api.stripe.com"
    time_limit: float = 20.0
    webhook_tolerance: int = 300


class StripeGateway:
    """Stripe as a `PaymentGateway`. One instance belongs to one event loop.

    `transport` is how it reaches an address that people entered; None: the SDK's own way.
    """

    def __init__(
        self, settings: StripeSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._client: stripe.StripeClient | None = None
        self._http: stripe.HTTPXClient | None = None

    @property
    def key(self) -> str:
        return "stripe"

    async def open_checkout(
        self, request: CheckoutRequest
    ) -> CheckoutOpened | CheckoutRefused | OutcomeUnknown:
        """Open a hosted page. A public administration is refused: it collects through pagoPA alone
        (art. 65(2) D.Lgs. 217/2017)."""
        if request.payee.is_public_administration:
            return CheckoutRefused(
                "payee_is_public_administration",
                f"{request.payee.name} is a public administration: it may collect only through"
                " pagoPA (art. 65(2) D.Lgs. 217/2017), not by card through this account",
            )
        session = await self._ask(
            CheckoutRefused,
            lambda client: client.v1.checkout.sessions.create_async(
                mapping.session_params(request), {"idempotency_key": request.idempotency_key}
            ),
        )
        if not isinstance(session, dict):
            return session
        state = mapping.checkout_state(session)
        if state.url is None:
            return CheckoutRefused("checkout_closed", f"{state.reference} is {state.status.value}")
        return CheckoutOpened(state.reference, state.url, mapping.moment(session["expires_at"]))

    async def fetch_checkout(
        self, reference: str
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """Ask Stripe for a session."""
        session = await self._ask(
            CheckoutRefused, lambda client: client.v1.checkout.sessions.retrieve_async(reference)
        )
        if isinstance(session, Refused) and session.code == "resource_missing":
            return NotFound()
        return mapping.checkout_state(session) if isinstance(session, dict) else session

    async def find_checkout(
        self, idempotency_key: str, since: datetime
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """Read the sessions created since, newest first, for the one marked with the key."""

        async def search(client: stripe.StripeClient) -> CheckoutState | NotFound:
            sessions = await client.v1.checkout.sessions.list_async(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}
            )
            async for session in sessions.auto_paging_iter():
                state = mapping.checkout_state(session.to_dict())
                if state.idempotency_key == idempotency_key:
                    return state
            return NotFound()

        return await self._guard(CheckoutRefused, search)

    async def expire_checkout(
        self, reference: str
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """Expire an open session; one that is closed already is returned as it stands."""
        session = await self._ask(
            CheckoutRefused, lambda client: client.v1.checkout.sessions.expire_async(reference)
        )
        if isinstance(session, dict):
            return mapping.checkout_state(session)
        if isinstance(session, OutcomeUnknown):
            return session
        state = await self.fetch_checkout(reference)
        is_open = isinstance(state, CheckoutState) and state.status is CheckoutStatus.OPEN
        return session if is_open else state

    async def refund(self, request: RefundRequest) -> RefundDone | RefundRefused | OutcomeUnknown:
        """Refund a PaymentIntent, whole or in part."""
        refund = await self._ask(
            RefundRefused,
            lambda client: client.v1.refunds.create_async(
                mapping.refund_params(request), {"idempotency_key": request.idempotency_key}
            ),
        )
        return mapping.refund_done(refund) if isinstance(refund, dict) else refund

    async def fetch_refund(
        self, reference: str
    ) -> RefundDone | NotFound | RefundRefused | OutcomeUnknown:
        """Ask Stripe for a refund."""
        refund = await self._ask(
            RefundRefused, lambda client: client.v1.refunds.retrieve_async(reference)
        )
        if isinstance(refund, Refused) and refund.code == "resource_missing":
            return NotFound()
        return mapping.refund_done(refund) if isinstance(refund, dict) else refund

    async def find_refund(
        self, idempotency_key: str, payment_reference: str
    ) -> RefundDone | NotFound | RefundRefused | OutcomeUnknown:
        """Read the payment's refunds for the one marked with the key."""

        async def search(client: stripe.StripeClient) -> RefundDone | NotFound:
            refunds = await client.v1.refunds.list_async(
                {"payment_intent": payment_reference, "limit": 100}
            )
            async for refund in refunds.auto_paging_iter():
                done = mapping.refund_done(refund.to_dict())
                if done.idempotency_key == idempotency_key:
                    return done
            return NotFound()

        return await self._guard(RefundRefused, search)

    async def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent:
        """Check `Stripe-Signature` by the SDK, then read the event."""
        stripe = await _sdk()
        names = {name.lower(): value for name, value in headers.items()}
        settings = self._settings
        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(
                text,
                names.get("stripe-signature"),
                settings.webhook_secret,
                settings.webhook_tolerance,
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise InvalidSignatureError(f"Stripe-Signature: {error}") from None
        try:
            event = json.loads(text)
        except ValueError as error:
            raise MalformedEventError(f"not JSON: {error}") from error
        return mapping.gateway_event(event)

    async def aclose(self) -> None:
        """Close the connections to Stripe."""
        http, self._http, self._client = self._http, None, None
        if http is not None:
            await http.close_async()

    async def _ask(
        self, refusal: type[_Refusal], call: _Call
    ) -> dict[str, Any] | _Refusal | OutcomeUnknown:
        """One object of Stripe's as plain data."""

        async def plain(client: stripe.StripeClient) -> dict[str, Any]:
            return (await call(client)).to_dict()

        return await self._guard(refusal, plain)

    async def _guard(
        self, refusal: type[_Refusal], call: Callable[[stripe.StripeClient], Awaitable[Any]]
    ) -> Any | _Refusal | OutcomeUnknown:
        """Run a call within the time limit and sort its failures into refused and unknown."""
        stripe = await _sdk()
        try:
            async with asyncio.timeout(self._settings.time_limit):
                return await call(self._connect(stripe))
        except TimeoutError:
            return OutcomeUnknown(f"no answer within {self._settings.time_limit:g} s")
        except (stripe.APIConnectionError, stripe.APIError) as error:
            return OutcomeUnknown(f"{type(error).__name__}: {error.user_message}")
        except stripe.StripeError as error:
            code = error.code or type(error).__name__
            message = error.user_message or str(error)
            return refusal(code, message, retryable=isinstance(error, stripe.RateLimitError))

    def _connect(self, stripe: Any) -> stripe.StripeClient:
        if self._client is not None:
            return self._client
        # At its finest level the SDK logs what payers told and what Stripe answered.
        logging.getLogger("stripe").setLevel(logging.WARNING)
        self._http = _http_client(stripe, self._settings.time_limit, self._transport)
        client: stripe.StripeClient = stripe.StripeClient(
            self._settings.secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": self._settings.api_base},
            http_client=self._http,
            max_network_retries=0,
        )
        self._client = client
        return client


def _http_client(
    stripe: Any, time_limit: float, transport: httpx.AsyncBaseTransport | None
) -> stripe.HTTPXClient:
    """The SDK's client. It passes httpx no transport: the client under it is ours instead."""
    made = stripe.HTTPXClient(timeout=time_limit)
    if transport is not None:
        made._client_async = httpx.AsyncClient(transport=transport, trust_env=False)
    return made


async def _sdk() -> Any:
    """The SDK takes half a second to import: late, and off the event loop."""
    return await asyncio.to_thread(importlib.import_module, "stripe")
