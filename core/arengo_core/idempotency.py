"""Idempotency keys: the same request again gets the first answer."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.ids import digest
from arengo_core.plugins.models import IdempotentRequest

_REQUESTS = cast(Table, IdempotentRequest.__table__)
_CLAIM = insert(_REQUESTS).on_conflict_do_nothing().returning(_REQUESTS.c.digest)
_REMEMBER = (
    update(_REQUESTS)
    .where(_REQUESTS.c.digest == bindparam("claimed"))
    .values(result_id=bindparam("answer"))
)


def check(key: str) -> None:
    """Refuse a key that is too short to be anybody's own, or too long to be kept."""
    if not 8 <= len(key) <= 200:
        raise InvalidInputError(
            "An idempotency key has 8 to 200 characters.", field="idempotency_key"
        )


def _digest(uow: UnitOfWork, operation: str, key: str) -> bytes:
    check(key)
    return digest(f"{operation}\n{uow.caller.user_id or uow.caller.plugin or ''}\n{key}")


async def first_answer(uow: UnitOfWork, operation: str, key: str | None) -> UUID | None:
    """Claim a key in this transaction; the id of the first answer if it was claimed before.

    A concurrent request with the same key waits here until the first one commits.
    """
    if key is None:
        return None
    value = _digest(uow, operation, key)
    claimed = await uow.session.execute(_CLAIM, {"digest": value, "created_at": clock.now()})
    if claimed.first() is not None:
        return None
    return await uow.session.scalar(
        select(IdempotentRequest.result_id).where(IdempotentRequest.digest == value)
    )


async def remember(uow: UnitOfWork, operation: str, key: str | None, result_id: UUID) -> None:
    """Store the answer under the claimed key."""
    if key is not None:
        asked = {"claimed": _digest(uow, operation, key), "answer": result_id}
        await uow.session.execute(_REMEMBER, asked)
