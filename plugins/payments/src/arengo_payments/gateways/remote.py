"""Gateways that remote plugins bring: the contract, spoken over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from arengo_core.errors import InvalidInputError
from arengo_core.ids import new_token
from arengo_core.remote.calling import Refusal, Remote, Unknown
from arengo_core.remote.kinds import RemoteKind
from arengo_payments.contract import (
    CheckoutConfirmed,
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
    PaymentGateway,
    RefundDone,
    RefundRefused,
    RefundRequest,
)

_NOT_FOUND = "not_found"
_STRANGE = "no payer is sent to {!r}"
_State = CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown
_Refund = RefundDone | NotFound | RefundRefused | OutcomeUnknown


@dataclass(frozen=True, slots=True)
class _Opened:
    """Without a ``url`` nothing is to be paid online: the order is confirmed."""

    reference: str
    url: str | None = None
    expires_at: datetime | None = None


class RemoteGateway:
    """A gateway behind ``/arengo/gateway/<key>/``; its webhooks come signed by our secret."""

    def __init__(self, remote: Remote, key: str) -> None:
        self._remote = remote
        self._key = key

    @property
    def key(self) -> str:
        """The provider's key in the manifest."""
        return self._key

    async def open_checkout(
        self, request: CheckoutRequest
    ) -> CheckoutOpened | CheckoutConfirmed | CheckoutRefused | OutcomeUnknown:
        """Open a checkout, once for the request's key.

        An address that the program itself might not call is no answer: the payer is not sent
        there, and what happened is unknown.
        """
        answer = await self._ask(
            "open_checkout", msgspec.to_builtins(request), _Opened, request.idempotency_key
        )
        if isinstance(answer, Unknown):
            return OutcomeUnknown(answer.reason)
        if isinstance(answer, Refusal):
            return CheckoutRefused(answer.code, answer.message)
        if answer.url is None:
            return CheckoutConfirmed(answer.reference)
        if not self._may_lead_to(answer.url):
            return OutcomeUnknown(_STRANGE.format(answer.url))
        expires_at = answer.expires_at or request.expires_at
        return CheckoutOpened(answer.reference, answer.url, expires_at)

    async def fetch_checkout(self, reference: str) -> _State:
        """The checkout's present state."""
        asked = {"reference": reference}
        return self._state(await self._ask("fetch_checkout", asked, CheckoutState))

    async def find_checkout(self, idempotency_key: str, since: datetime) -> _State:
        """The checkout that a key opened."""
        asked = {"idempotency_key": idempotency_key, "since": since.isoformat()}
        return self._state(await self._ask("find_checkout", asked, CheckoutState))

    async def expire_checkout(self, reference: str) -> _State:
        """Close an open checkout."""
        asked = {"reference": reference}
        return self._state(
            await self._ask("expire_checkout", asked, CheckoutState, f"expire:{reference}")
        )

    async def refund(self, request: RefundRequest) -> RefundDone | RefundRefused | OutcomeUnknown:
        """Give money back, once for the request's key."""
        answer = await self._ask(
            "refund", msgspec.to_builtins(request), RefundDone, request.idempotency_key
        )
        done = _refund(answer)
        return RefundRefused(_NOT_FOUND, str(answer)) if isinstance(done, NotFound) else done

    async def fetch_refund(self, reference: str) -> _Refund:
        """The refund's present state."""
        return _refund(await self._ask("fetch_refund", {"reference": reference}, RefundDone))

    async def find_refund(self, idempotency_key: str, payment_reference: str) -> _Refund:
        """The refund that a key made."""
        asked = {"idempotency_key": idempotency_key, "payment_reference": payment_reference}
        return _refund(await self._ask("find_refund", asked, RefundDone))

    async def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent:
        """A GatewayEvent in JSON, signed by Standard Webhooks."""
        if not await self._remote.took(body, headers):
            raise InvalidSignatureError("The signature is not the plugin's, or is too old.")
        try:
            return msgspec.json.decode(body, type=GatewayEvent)
        except (msgspec.DecodeError, ValueError) as error:
            raise MalformedEventError("Not an event of a gateway: {fault}", fault=error) from None

    async def aclose(self) -> None:
        """Nothing is held between calls."""

    def _may_lead_to(self, url: str) -> bool:
        try:
            self._remote.host.outbound.check(url, field="url")
        except InvalidInputError:
            return False
        return True

    def _state(self, answer: CheckoutState | Refusal | Unknown) -> _State:
        """What became of a checkout; money that arrived counts, wherever its page was."""
        if isinstance(answer, Unknown):
            return OutcomeUnknown(answer.reason)
        if isinstance(answer, Refusal):
            missing = answer.code == _NOT_FOUND
            return NotFound() if missing else CheckoutRefused(answer.code, answer.message)
        if answer.url is None or self._may_lead_to(answer.url):
            return answer
        if answer.status is CheckoutStatus.OPEN:
            return OutcomeUnknown(_STRANGE.format(answer.url))
        return replace(answer, url=None)

    async def _ask(self, call: str, asked: Mapping[str, Any], kind: Any, key: str = "") -> Any:
        path = f"/gateway/{self._key}/{call}"
        return await self._remote.ask(path, key or new_token(16), asked, kind)


def _refund(answer: RefundDone | Refusal | Unknown) -> _Refund:
    if isinstance(answer, Unknown):
        return OutcomeUnknown(answer.reason)
    if isinstance(answer, Refusal):
        missing = answer.code == _NOT_FOUND
        return NotFound() if missing else RefundRefused(answer.code, answer.message)
    return answer


def _adapt(
    remote: Remote, key: str, _options: Mapping[str, str], _settings: Mapping[str, Any]
) -> RemoteGateway:
    return RemoteGateway(remote, key)


GATEWAY = RemoteKind(
    "gateway", PaymentGateway, _adapt, tests="arengo_payments.remote_tests:RemoteGatewayTests"
)
