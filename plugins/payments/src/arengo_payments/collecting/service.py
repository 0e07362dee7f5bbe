"""Rules of payments, in the caller's transaction: ways to pay, preparing, counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotActiveError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import N_, format_money
from arengo_core.ids import new_id
from arengo_core.money import Money, total
from arengo_core.plugins import gate
from arengo_marketplace.contract import CollectingEntity
from arengo_payments.base import CARD, COUNTER, SERVICE
from arengo_payments.collecting import repository, transitions
from arengo_payments.collecting.models import (
    AttemptRow,
    PaymentAddress,
    PaymentPartRow,
    PaymentRow,
)
from arengo_payments.collecting.repository import Named
from arengo_payments.collecting.states import AttemptState
from arengo_payments.contract import Payment, PaymentMethod, PaymentRequest, PaymentState
from arengo_payments.marketplace import marketplace, owed_to
from arengo_payments.settings import PaymentSettings

CARD_METHOD = PaymentMethod(CARD, N_("Card, on the secure page of the payment service"), True)
COUNTER_METHOD = PaymentMethod(COUNTER, N_("At the counter, when you collect"), False)
PUBLIC_PAYEE = N_(
    "{name} is a public administration: by law it collects through pagoPA alone"
    " (art. 65(2) D.Lgs. 217/2017), so cards cannot be taken for it."
)


def view(row: PaymentRow, url: str | None = None) -> Payment:
    """A payment as others see it."""
    return Payment(
        id=row.id,
        order_id=row.subject_id,
        method=row.method,
        state=PaymentState(row.state),
        amount=row.money,
        refunded=Money(row.refunded, row.currency),
        url=url,
    )


def collects_cards(entity: CollectingEntity | None) -> bool:
    """Whether somebody may take cards for a market."""
    return (
        entity is not None
        and entity.gateway not in {"", COUNTER}
        and not entity.is_public_administration
    )


async def methods(
    host: Host, uow: UnitOfWork, consortium_id: UUID, merchants: Sequence[UUID]
) -> Sequence[PaymentMethod]:
    """Ways to pay for an order of these merchants; there is always one."""
    market = marketplace(host, uow)
    found: list[PaymentMethod] = []
    async with uow.widened([consortium_id, *merchants]):
        active: Mapping[UUID, PaymentSettings] = await market.settings_of_members(
            SERVICE, merchants
        )
        if active.keys() == set(merchants) and collects_cards(
            await market.collecting_entity(consortium_id)
        ):
            found.append(CARD_METHOD)
    refuse_counter = any(settings.counter == "no" for settings in active.values())
    if not (found and refuse_counter):
        found.append(COUNTER_METHOD)
    return found


async def prepare(host: Host, uow: UnitOfWork, request: PaymentRequest) -> Payment:
    """Store a payment; the same key again gives the same one."""
    _check(request)
    consortium_id = request.consortium_id
    merchants = [part.merchant_id for part in request.parts]
    entity = None
    if request.method == CARD:
        for merchant in merchants:
            await gate.require_active(uow.session, SERVICE, merchant)
        entity = await marketplace(host, uow).collecting_entity(consortium_id)
    async with uow.widened([consortium_id, *merchants], [consortium_id]):
        known = await repository.payment_by_key(uow.session, consortium_id, request.key)
        if known is not None:
            require_same(known, request)
            return view(known)
        row, parts = rows(request)
        uow.session.add_all([row, address(row), *parts])
        await uow.session.flush()
        if request.method == CARD:
            await new_attempt(uow, row, payable_entity(entity), request.expires_at)
        return view(row)


def public_payee(entity: CollectingEntity, field: str | None = None) -> ConflictError:
    """Why a public administration takes no cards."""
    return ConflictError(PUBLIC_PAYEE, field=field, code="PUBLIC_PAYEE", name=entity.name)


def payable_entity(entity: CollectingEntity | None) -> CollectingEntity:
    """The collecting entity, if it may take cards. NotActiveError, ConflictError."""
    if entity is not None and entity.is_public_administration:
        raise public_payee(entity)
    if entity is None or not collects_cards(entity):
        raise NotActiveError(SERVICE)
    return entity


async def new_attempt(
    uow: UnitOfWork, payment: PaymentRow, entity: CollectingEntity, expires_at: datetime
) -> AttemptRow:
    """Store an attempt, with a key of its own; its payment's present one from now on."""
    moment, gateway_moment = clock.now(), datetime.now(UTC)
    attempt_id = new_id()
    attempt = AttemptRow(
        id=attempt_id,
        organization_id=payment.consortium_id,
        consortium_id=payment.consortium_id,
        payment_id=payment.id,
        gateway=entity.gateway,
        key=f"arengo-checkout-{attempt_id}",
        state=AttemptState.PREPARED,
        payee_name=entity.name,
        payee_is_public_administration=entity.is_public_administration,
        expires_at=expires_at,
        gateway_since=gateway_moment,
        gateway_expires_at=gateway_moment + (expires_at - moment),
        changed_at=moment,
        created_at=moment,
    )
    uow.session.add(attempt)
    payment.attempt_id = attempt.id
    payment.state = PaymentState.PENDING
    await uow.session.flush()
    await repository.name(
        uow.session,
        payment.consortium_id,
        attempt.gateway,
        attempt.key,
        Named(payment.id, attempt.id),
    )
    return attempt


async def consortium_of(uow: UnitOfWork, payment_id: UUID) -> UUID:
    """The consortium of a payment. NotFoundError when there is none."""
    found = await repository.consortium_of(uow.session, payment_id)
    if found is None:
        raise NotFoundError("There is no such payment.")
    return found


async def payment(uow: UnitOfWork, payment_id: UUID) -> Payment:
    """A payment by its id. NotFoundError when there is none."""
    consortium_id = await consortium_of(uow, payment_id)
    async with uow.widened(governs=[consortium_id]):
        row = await repository.payment(uow.session, consortium_id, payment_id)
        if row is None:
            raise NotFoundError("There is no such payment.")
        attempt = None
        if row.state == PaymentState.OPEN and row.attempt_id is not None:
            attempt = await repository.attempt(uow.session, consortium_id, row.attempt_id)
        return view(row, attempt.url if attempt else None)


async def received(uow: UnitOfWork, payment_id: UUID, merchant_order_id: UUID) -> None:
    """Note that a counter took the money of a merchant order; again changes nothing.

    ConflictError for a payment that is not due at a counter.
    """
    consortium_id = await consortium_of(uow, payment_id)
    async with uow.widened():
        locked = await transitions.lock(uow, consortium_id, payment_id)
        if locked is None:
            raise NotFoundError("There is no such payment.")
        row, parts = locked
        part = next((part for part in parts if part.merchant_order_id == merchant_order_id), None)
        if part is None:
            raise NotFoundError("This payment is for other orders.")
        if part.paid_at is not None:
            return
        if row.state != PaymentState.DUE:
            raise ConflictError("This order is not to be paid at the counter.")
        part.paid_at = clock.now()
        uow.audit(
            part.organization_id, "payment.part_received", "Payment", row.id, amount=part.amount
        )
        transitions.received(uow, row, parts)


async def due_to(host: Host, uow: UnitOfWork, merchant_id: UUID) -> Money:
    """What the collecting entities of its markets still owe a merchant."""
    async with uow.widened([merchant_id]):
        consortia = await repository.consortia_of_merchant(uow.session, merchant_id)
        return total([await owed_to(host, uow, place, merchant_id) for place in consortia])


def _check(request: PaymentRequest) -> None:
    if request.method not in {CARD, COUNTER}:
        raise InvalidInputError(
            "{value} is not a way to pay: card or counter is expected.",
            field="method",
            value=request.method,
        )
    parts = total((part.amount for part in request.parts), request.amount.currency)
    if parts != request.amount or request.amount.amount <= 0:
        raise InvalidInputError(
            "The parts add up to {parts}, the amount is {amount}.",
            field="amount",
            parts=format_money(parts),
            amount=format_money(request.amount),
        )


def require_same(known: PaymentRow, request: PaymentRequest) -> None:
    """ConflictError where a key was used for another payment."""
    if (known.subject_id, known.money) != (request.order_id, request.amount):
        raise ConflictError("This key was used for another payment.", field="idempotency_key")


def address(row: PaymentRow) -> PaymentAddress:
    """By which a payment is found from its id alone."""
    return PaymentAddress(payment_id=row.id, consortium_id=row.consortium_id)


def rows(request: PaymentRequest) -> tuple[PaymentRow, list[PaymentPartRow]]:
    """A new payment with its parts, not stored yet."""
    is_card = request.method == CARD
    row = PaymentRow(
        id=new_id(),
        organization_id=request.consortium_id,
        consortium_id=request.consortium_id,
        created_at=clock.now(),
        key=request.key,
        subject_id=request.order_id,
        method=request.method,
        state=PaymentState.PENDING if is_card else PaymentState.DUE,
        amount=request.amount.amount,
        currency=request.amount.currency,
        refunded=0,
        locale=request.locale,
        success_url=request.success_url,
        cancel_url=request.cancel_url,
        expires_at=request.expires_at,
        payer_email=request.payer_email if is_card else None,
    )
    parts = [
        PaymentPartRow(
            id=new_id(),
            organization_id=part.merchant_id,
            consortium_id=row.consortium_id,
            payment_id=row.id,
            merchant_order_id=part.merchant_order_id,
            method=row.method,
            position=position,
            label=part.label,
            amount=part.amount.amount,
            refunded=0,
            currency=part.amount.currency,
            created_at=row.created_at,
        )
        for position, part in enumerate(request.parts)
    ]
    return row, parts
