"""The payment desk: talks to gateways between its own transactions.

Each step is safe to repeat from wherever the program stopped. Before the gateway is called the
attempt is marked ``opening``; whoever finds that mark, or an unknown outcome, asks first.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, NotFoundError, UnavailableError
from arengo_core.host import Host
from arengo_payments.base import CARD
from arengo_payments.checkout.requests import checkout_request
from arengo_payments.collecting import repository, service, transitions
from arengo_payments.collecting.models import AttemptRow, PaymentPartRow, PaymentRow
from arengo_payments.collecting.states import COLLECTED, ENDED, AttemptState
from arengo_payments.contract import (
    CHECKOUT_LIFE,
    CheckoutConfirmed,
    CheckoutOpened,
    CheckoutRefused,
    CheckoutRequest,
    CheckoutState,
    NotFound,
    OutcomeUnknown,
    PaymentGateway,
    PaymentOpened,
    PaymentState,
)
from arengo_payments.gateways.providers import gateway_of, outcome_of
from arengo_payments.marketplace import marketplace

QUIET = timedelta(seconds=45)
"""After this long an attempt that waits for its answer is taken for lost. A call ends sooner."""
_SLACK = timedelta(minutes=5)
_GONE_AFTER = timedelta(hours=1)
"""So long past its time, a page that the consortium's gateway does not know is over."""
_NO_ANSWER = "The payment service gave no clear answer. Try again in a minute: nothing is lost."

_Answer = CheckoutOpened | CheckoutConfirmed | CheckoutRefused | OutcomeUnknown
_Found = CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask a gateway about an attempt, outside of any transaction."""

    attempt: AttemptRow
    gateway: PaymentGateway
    request: CheckoutRequest
    is_lost: bool


class Desk:
    """The capability ``PaymentDesk``."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def open(self, payment_id: UUID) -> PaymentOpened:
        """Open the hosted page, or give the one that is open. UnavailableError when unknown."""
        consortium_id = await self._consortium_of(payment_id)
        step = await self._begin(consortium_id, payment_id)
        if isinstance(step, PaymentOpened):
            return step
        if step.is_lost and not await self._resolve(consortium_id, payment_id, step):
            raise UnavailableError(_NO_ANSWER)
        if step.is_lost:
            step = await self._begin(consortium_id, payment_id)
            if isinstance(step, PaymentOpened):
                return step
        answer = await outcome_of(step.gateway.open_checkout(step.request))
        return await self._note(consortium_id, payment_id, step.attempt.id, answer)

    async def close(self, payment_id: UUID) -> None:
        """End a payment that waits, so that nobody pays what was cancelled.

        ConflictError for one that a counter took in part; UnavailableError while the gateway
        does not answer.
        """
        consortium_id = await self._consortium_of(payment_id)
        async with self._unit_of_work(consortium_id) as uow:
            payment, parts = await self._lock(uow, consortium_id, payment_id)
            if payment.state in COLLECTED | ENDED:
                return
            attempt = await self._attempt(uow, consortium_id, payment.attempt_id)
            if attempt is None or attempt.state == AttemptState.PREPARED:
                if any(part.paid_at for part in parts):
                    raise ConflictError("A part of this order is paid at the counter already.")
                transitions.ended(uow, payment, attempt, PaymentState.EXPIRED)
                return
        if not await self.ask(payment_id, expire=True):
            raise UnavailableError(_NO_ANSWER)

    async def ask(self, payment_id: UUID, *, expire: bool = False) -> bool:
        """Learn from the gateway how a payment stands; ``expire`` closes its page first.

        False when the gateway does not answer: ask again later.
        """
        consortium_id = await self._consortium_of(payment_id)
        async with self._unit_of_work(consortium_id) as uow:
            payment, _ = await self._lock(uow, consortium_id, payment_id)
            attempt = await self._attempt(uow, consortium_id, payment.attempt_id)
            if attempt is None or attempt.state in {AttemptState.PAID, AttemptState.CLOSED}:
                return True
            if attempt.state == AttemptState.PREPARED:
                if payment.expires_at <= clock.now():
                    transitions.ended(uow, payment, attempt, PaymentState.EXPIRED)
                return True
            call = await self._call(uow, consortium_id, attempt)
            if call is None:
                return True
        return await self._resolve(consortium_id, payment_id, call, expire=expire)

    async def _begin(self, consortium_id: UUID, payment_id: UUID) -> PaymentOpened | Call:
        """Mark the attempt as on its way; or the answer, where there is nothing to ask."""
        async with self._unit_of_work(consortium_id) as uow:
            payment, _ = await self._lock(uow, consortium_id, payment_id)
            state = PaymentState(payment.state)
            attempt = await self._attempt(uow, consortium_id, payment.attempt_id)
            if payment.method != CARD or attempt is None or state in COLLECTED | ENDED:
                return PaymentOpened(payment.id, state)
            now = clock.now()
            match AttemptState(attempt.state):
                case AttemptState.PREPARED:
                    if payment.expires_at <= now:
                        transitions.ended(uow, payment, attempt, PaymentState.EXPIRED)
                        return PaymentOpened(payment.id, PaymentState.EXPIRED)
                    attempt.state, attempt.changed_at = AttemptState.OPENING, now
                    call = await self._call(uow, consortium_id, attempt)
                case AttemptState.OPEN if attempt.expires_at > now:
                    return PaymentOpened(payment.id, state, attempt.url)
                case AttemptState.PROCESSING | AttemptState.PAID | AttemptState.CLOSED:
                    return PaymentOpened(payment.id, state)
                case AttemptState.OPENING if attempt.changed_at > now - QUIET:
                    call = await self._call(uow, consortium_id, attempt)
                case AttemptState.OPENING | AttemptState.UNKNOWN | AttemptState.OPEN:
                    call = await self._call(uow, consortium_id, attempt, is_lost=True)
            return call or PaymentOpened(payment.id, PaymentState.EXPIRED)

    async def _note(
        self, consortium_id: UUID, payment_id: UUID, attempt_id: UUID, answer: _Answer
    ) -> PaymentOpened:
        """Keep what the gateway answered to opening."""
        async with self._unit_of_work(consortium_id) as uow:
            payment, _ = await self._lock(uow, consortium_id, payment_id)
            attempt = await self._attempt(uow, consortium_id, attempt_id)
            assert attempt is not None, "attempts are never deleted"
            match answer:
                case CheckoutOpened():
                    await transitions.opened(uow, payment, attempt, answer.reference, answer.url)
                case CheckoutConfirmed():
                    await transitions.opened(uow, payment, attempt, answer.reference, None)
                case CheckoutRefused(retryable=True):
                    if attempt.state == AttemptState.OPENING:
                        attempt.state, attempt.changed_at = AttemptState.PREPARED, clock.now()
                case CheckoutRefused():
                    transitions.ended(uow, payment, attempt, PaymentState.FAILED, answer.code)
                case OutcomeUnknown():
                    if attempt.state == AttemptState.OPENING:
                        attempt.state, attempt.changed_at = AttemptState.UNKNOWN, clock.now()
                        payment.state = PaymentState.UNKNOWN
            is_known = attempt.state not in {AttemptState.UNKNOWN, AttemptState.PREPARED}
            state, url = PaymentState(payment.state), attempt.url
        if not is_known:
            raise UnavailableError(_NO_ANSWER)
        return PaymentOpened(payment_id, state, url)

    async def _resolve(
        self, consortium_id: UUID, payment_id: UUID, call: Call, *, expire: bool = False
    ) -> bool:
        """Ask the gateway after an attempt and keep the answer; False when it stays unknown."""
        found = await self._ask_gateway(call, expire)
        async with self._unit_of_work(consortium_id) as uow:
            payment, parts = await self._lock(uow, consortium_id, payment_id)
            attempt = await self._attempt(uow, consortium_id, call.attempt.id)
            assert attempt is not None, "attempts are never deleted"
            match found:
                case CheckoutState():
                    await transitions.learned(self._host, uow, payment, parts, attempt, found)
                case NotFound() if attempt.reference is None:
                    await self._begin_anew(uow, payment, attempt, end=expire)
                case NotFound() if _is_gone(attempt):
                    transitions.ended(uow, payment, attempt, PaymentState.EXPIRED)
                case _:
                    attempt.changed_at = clock.now()
                    return False
            return True

    async def _ask_gateway(self, call: Call, expire: bool) -> _Found:
        attempt, gateway = call.attempt, call.gateway
        if attempt.reference is None:
            since = attempt.gateway_since - _SLACK
            found = await outcome_of(gateway.find_checkout(attempt.key, since))
        else:
            found = await outcome_of(gateway.fetch_checkout(attempt.reference))
        if expire and isinstance(found, CheckoutState):
            return await outcome_of(gateway.expire_checkout(found.reference))
        return found

    async def _begin_anew(
        self, uow: UnitOfWork, payment: PaymentRow, attempt: AttemptRow, *, end: bool
    ) -> None:
        """The gateway knows nothing of the attempt: another takes its place, with a new key."""
        if attempt.state not in {AttemptState.OPENING, AttemptState.UNKNOWN}:
            return
        now = clock.now()
        if end or payment.expires_at <= now:
            transitions.ended(uow, payment, attempt, PaymentState.EXPIRED)
            return
        entity = await marketplace(self._host, uow).collecting_entity(payment.consortium_id)
        attempt.state, attempt.changed_at = AttemptState.CLOSED, now
        await service.new_attempt(
            uow,
            payment,
            service.payable_entity(entity),
            max(payment.expires_at, now + CHECKOUT_LIFE),
        )

    async def _call(
        self, uow: UnitOfWork, consortium_id: UUID, attempt: AttemptRow, *, is_lost: bool = False
    ) -> Call | None:
        """What to ask; None where nobody is left to ask and the attempt is over for that."""
        entity = await marketplace(self._host, uow).collecting_entity(consortium_id)
        gateway = gateway_of(self._host, entity, attempt.gateway)
        payment = await repository.payment(uow.session, consortium_id, attempt.payment_id)
        assert payment is not None, "an attempt belongs to a payment"
        if gateway is None and _is_gone(attempt):
            transitions.ended(uow, payment, attempt, PaymentState.EXPIRED)
            return None
        if gateway is None:
            raise UnavailableError(_NO_ANSWER)
        parts = await repository.parts(uow.session, consortium_id, attempt.payment_id)
        return Call(attempt, gateway, checkout_request(payment, parts, attempt), is_lost)

    async def _consortium_of(self, payment_id: UUID) -> UUID:
        async with self._host.unit_of_work(read_only=True) as uow:
            return await service.consortium_of(uow, payment_id)

    def _unit_of_work(self, consortium_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._host.unit_of_work(Caller.program([consortium_id], [consortium_id]))

    async def _lock(
        self, uow: UnitOfWork, consortium_id: UUID, payment_id: UUID
    ) -> tuple[PaymentRow, Sequence[PaymentPartRow]]:
        locked = await transitions.lock(uow, consortium_id, payment_id)
        if locked is None:
            raise NotFoundError("There is no such payment.")
        return locked

    async def _attempt(
        self, uow: UnitOfWork, consortium_id: UUID, attempt_id: UUID | None
    ) -> AttemptRow | None:
        if attempt_id is None:
            return None
        return await repository.attempt(uow.session, consortium_id, attempt_id)


def _is_gone(attempt: AttemptRow) -> bool:
    """Whether an attempt that cannot be asked after waits for nothing any more.

    The consortium has another gateway or account since. Money on its way may still come.
    """
    is_over = attempt.expires_at + _GONE_AFTER <= clock.now()
    return is_over and attempt.state != AttemptState.PROCESSING
