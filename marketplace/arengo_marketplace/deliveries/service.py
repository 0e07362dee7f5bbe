"""Rules of deliveries: one for each person and cause, noted before it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError
from arengo_core.ids import new_id
from arengo_core.organizations import service as organizations
from arengo_marketplace.deliveries import repository
from arengo_marketplace.deliveries.models import DeliveryState, Reason, Way
from arengo_marketplace.members.addresses import NOBODY, Recipient, recipients
from arengo_marketplace.permissions import INCOME
from arengo_marketplace.statements import service as statement_service
from arengo_marketplace.statements.models import Statement

PREPARE = "marketplace.mail_statement"
SEND = "marketplace.send_statement"


def tell(uow: UnitOfWork, issued: Iterable[Statement]) -> None:
    """Have the people of each member told, after commit, that its statement is there."""
    for statement in issued:
        uow.enqueue(
            PREPARE, {"statement": str(statement.id), "member": str(statement.organization_id)}
        )


async def note(
    uow: UnitOfWork,
    statement: Statement,
    *,
    level: int = 0,
    round: int = 0,
    asked_by: UUID | None = None,
) -> int:
    """Note a delivery to each person of the member and have it sent after commit; how many.

    What is noted already is not noted, and not sent, again. Where there is nobody to write to,
    one that failed says so.
    """
    member = await organizations.get(uow, statement.organization_id)
    found = await recipients(uow, member)
    is_nobody = not found
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "organization_id": statement.organization_id,
            "consortium_id": statement.consortium_id,
            "created_at": clock.now(),
            "statement_id": statement.id,
            "level": level,
            "round": round,
            "recipient_id": recipient.user_id,
            "role": recipient.role,
            "way": Way.MAIL.value,
            "state": (DeliveryState.FAILED if is_nobody else DeliveryState.QUEUED).value,
            "reason": Reason.NOBODY.value if is_nobody else "",
            "attempts": 0,
            "asked_by": asked_by,
        }
        for recipient in found or [Recipient("", NOBODY)]
    ]
    new = await repository.write(uow.session, rows)
    if is_nobody:
        return 0
    for delivery_id in new:
        uow.enqueue(SEND, {"delivery": str(delivery_id), "member": str(statement.organization_id)})
    return len(new)


async def send_again(uow: UnitOfWork, *, statement_id: UUID, level: int = 0) -> Statement:
    """Have a statement sent once more to the people of the member; the office may.

    ConflictError where the member has nobody to write to.
    """
    statement = await statement_service.statement_of(uow, statement_id)
    uow.caller.require(statement.consortium_id, INCOME)
    await uow.widen([statement.organization_id, statement.consortium_id])
    sent = await note(
        uow,
        statement,
        level=level,
        round=await repository.rounds(uow.session, statement.id, level),
        asked_by=uow.caller.user_id,
    )
    if not sent:
        raise ConflictError(
            "Nobody of this member can be written to: it has no people and no address."
        )
    uow.audit(statement.consortium_id, "statement.sent_again", "Statement", statement.id)
    return statement
