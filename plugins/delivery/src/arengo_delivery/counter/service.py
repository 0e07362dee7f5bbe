"""Rules of the counter: a code of six digits, five tries, ten minutes' pause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, TooManyError
from arengo_core.host import Host
from arengo_core.idempotency import first_answer, remember
from arengo_core.plugins import gate
from arengo_delivery.contract import ParcelState
from arengo_delivery.counter import repository
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.parcels import repository as parcels
from arengo_delivery.parcels import service
from arengo_delivery.parcels.codes import PICK_UP_DIGITS, PickUpCodes
from arengo_delivery.parcels.desk import move_by_label
from arengo_delivery.parcels.models import ParcelRow
from arengo_delivery.permissions import COUNTER
from arengo_delivery.points import repository as points

HAND_OVER = "delivery.hand_over"
TRIES = 5
PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parcel that waits, as the counter's list shows it: no name without the code."""

    order_reference: str
    since: datetime


def wrong_code() -> InvalidInputError:
    """What to answer to a code that fits nothing here; raise it after the commit."""
    return InvalidInputError(
        "No parcel waits here under this code. Ask for the newest mail and try again.",
        field="code",
    )


def read_code(text: str) -> str:
    """Six digits, as typed. InvalidInputError otherwise."""
    code = "".join(character for character in text if not character.isspace())
    if len(code) != PICK_UP_DIGITS or not code.isdecimal():
        raise InvalidInputError("A code has {count} digits.", field="code", count=PICK_UP_DIGITS)
    return code


async def enter(uow: UnitOfWork, organization_id: UUID) -> None:
    """Let a keeper's people in, while delivery is active or a point of theirs is known."""
    uow.caller.require(organization_id, COUNTER)
    if not await points.of_organization(uow.session, organization_id):
        await gate.require_active(uow.session, SERVICE_KEY, organization_id)


async def waiting(uow: UnitOfWork, organization_id: UUID) -> list[Waiting]:
    """What waits at a keeper's points, longest first."""
    await enter(uow, organization_id)
    keys = await parcels.keys_held(uow.session, organization_id)
    merchants = {key.merchant_id for key in keys}
    async with uow.widened(merchants):
        rows: Sequence[ParcelRow] = await parcels.by_ids(
            uow.session, merchants, [key.parcel_id for key in keys]
        )
        return [Waiting(row.order_reference, row.moved_at) for row in rows]


async def find(
    host: Host, uow: UnitOfWork, *, organization_id: UUID, code: str
) -> ParcelRow | None:
    """The parcel under a shopper's code, brought within reach; None for a wrong code.

    The caller commits either way, since wrong codes are counted, and then raises
    :func:`wrong_code`. TooManyError after five in a row, for ten minutes.
    """
    await enter(uow, organization_id)
    checked = read_code(code)
    attempts = await repository.lock_attempts(
        uow.session, organization_id, uow.caller.require_signed_in()
    )
    moment = clock.now()
    if attempts.locked_until is not None and attempts.locked_until > moment:
        raise TooManyError("Too many wrong codes. Wait ten minutes and compare the mail.")
    key = await parcels.key(uow.session, PickUpCodes.of(host).digest(organization_id, checked))
    if key is None:
        attempts.failures += 1
        if attempts.failures >= TRIES:
            attempts.failures, attempts.locked_until = 0, moment + PAUSE
        await uow.session.flush()
        return None
    attempts.failures, attempts.locked_until = 0, None
    await uow.widen([key.merchant_id])
    return await parcels.get(uow.session, key.parcel_id, merchant_id=key.merchant_id, lock=True)


async def hand_over(
    host: Host,
    uow: UnitOfWork,
    *,
    organization_id: UUID,
    code: str,
    idempotency_key: str | None = None,
) -> ParcelRow | None:
    """Give the parcel under a code away; the code serves no more. None for a wrong code."""
    await enter(uow, organization_id)
    first = await first_answer(uow, HAND_OVER, idempotency_key)
    if first is not None:
        return await _given(uow, first)
    row = await find(host, uow, organization_id=organization_id, code=code)
    if row is None:
        return None
    point = await points.get(uow.session, row.point_id) if row.point_id else None
    await service.move(
        host,
        uow,
        row,
        ParcelState.DELIVERED,
        place=point.name[: service.PLACE_LIMIT] if point else "",
        by_code=True,
    )
    await remember(uow, HAND_OVER, idempotency_key, row.id)
    uow.audit(organization_id, "parcel.handed_over", "Parcel", row.id)
    return row


async def _given(uow: UnitOfWork, parcel_id: UUID) -> ParcelRow | None:
    key = await parcels.label_key(uow.session, parcel_id)
    if key is None:
        return None
    await uow.widen([key.merchant_id])
    return await parcels.get(uow.session, parcel_id, merchant_id=key.merchant_id)


async def receive(host: Host, uow: UnitOfWork, *, organization_id: UUID, code: str) -> ParcelRow:
    """Take a parcel in by its label: the shopper gets the code."""
    await enter(uow, organization_id)
    row = await service.by_label(uow, code)
    point = await points.get(uow.session, row.point_id) if row.point_id else None
    if point is None or point.organization_id != organization_id:
        raise InvalidInputError(
            "This parcel does not belong to this counter. The label says where it goes.",
            field="label",
        )
    return await move_by_label(
        host,
        uow,
        organization_id=organization_id,
        code=code,
        state=ParcelState.AT_PICK_UP_POINT,
        place=point.name[: service.PLACE_LIMIT],
    )
