"""Rules of dunning: what is reminded of and when, disputes, pauses and their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from arengo_core import clock
from arengo_core.clock import ROME
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_marketplace.deliveries import service as deliveries
from arengo_marketplace.dunning import repository
from arengo_marketplace.dunning.models import Pause, PauseKind
from arengo_marketplace.dunning.schedule import NextReminder, Reminded, next_reminder
from arengo_marketplace.members import charter
from arengo_marketplace.permissions import FIGURES, INCOME
from arengo_marketplace.statements import online
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements.models import Statement
from arengo_marketplace.statements.service import Standing, standing_of, standings, statement_of

TEXT_LIMIT = 1000
TELL = "marketplace.mail_pause"


@dataclass(frozen=True, slots=True)
class Dunning:
    """Where the reminders of a statement stand: the last, the next, and what they rest for."""

    last: Reminded | None
    next: NextReminder | None
    pause: Pause | None


async def dunnings(
    uow: UnitOfWork, consortium_id: UUID, found: Sequence[Standing]
) -> dict[UUID, Dunning]:
    """Where the reminders of a consortium's open statements stand, by statement."""
    levels = (await charter.payment_terms(uow, consortium_id)).reminders
    return await _dunnings(uow, levels, found)


async def _dunnings(
    uow: UnitOfWork, levels: Sequence[int], found: Sequence[Standing]
) -> dict[UUID, Dunning]:
    ids = [one.statement.id for one in found]
    members = {one.statement.organization_id for one in found}
    reminded = await repository.reminded(uow.session, ids, members)
    rests: dict[UUID, list[Pause]] = {}
    for pause in await repository.pauses(uow.session, ids, members):
        rests.setdefault(pause.statement_id, []).append(pause)
    made: dict[UUID, Dunning] = {}
    for one in found:
        row = one.statement
        noted = reminded.get(row.id)
        last = Reminded(noted[0], noted[1].astimezone(ROME).date()) if noted else None
        pauses = rests.get(row.id, [])
        pause = next((p for p in pauses if p.closed_at is None), None)
        comes = None
        if one.open > 0 and pause is None:
            comes = next_reminder(levels, row.due_on, last, _rested_until(pauses))
        made[row.id] = Dunning(last, comes, pause)
    return made


def _rested_until(pauses: Sequence[Pause]) -> date | None:
    ends = [pause.closed_at for pause in pauses if pause.closed_at is not None]
    return max(ends).astimezone(ROME).date() if ends else None


async def remind(uow: UnitOfWork, host: Host, consortium_id: UUID) -> int:
    """Note and send after commit each reminder of a consortium that is due today; how many.

    For the program as the consortium. Each level goes once, whatever runs again. One whose online
    payment is on its way waits for its outcome.
    """
    levels = (await charter.payment_terms(uow, consortium_id)).reminders
    if not levels:
        return 0
    today = clock.today()
    rows = await statements.unsettled(uow.session, consortium_id, overdue_on=today)
    found = await _dunnings(uow, levels, await standings(uow, rows))
    due = [row for row in rows if (comes := found[row.id].next) and comes.on <= today]
    paying = await online.latest(host, uow, due)
    noted = 0
    for row in due:
        comes, payment = found[row.id].next, paying.get(row.id)
        if comes is None or (payment is not None and payment.state in online.ON_ITS_WAY):
            continue
        await uow.widen([row.organization_id])
        await deliveries.note(uow, row, level=comes.level)
        uow.audit(consortium_id, "statement.reminded", "Statement", row.id, level=comes.level)
        noted += 1
    return noted


async def dispute(uow: UnitOfWork, *, statement_id: UUID, reason: str) -> Statement:
    """Say why a statement is not right; the member's own people may. Its reminders rest then.

    ConflictError where they rest already, or nothing is open.
    """
    statement = await statement_of(uow, statement_id)
    uow.caller.require(statement.organization_id, FIGURES)
    row = await _open(uow, statement, PauseKind.DISPUTE, reason)
    uow.audit(statement.consortium_id, "statement.disputed", "Statement", statement.id)
    _tell(uow, row, statement.consortium_id)
    return statement


async def pause(uow: UnitOfWork, *, statement_id: UUID, reason: str) -> Statement:
    """Let the reminders of a statement rest; the consortium's officers may."""
    statement = await statement_of(uow, statement_id)
    uow.caller.require(statement.consortium_id, INCOME)
    await _open(uow, statement, PauseKind.OFFICE, reason)
    uow.audit(statement.consortium_id, "statement.paused", "Statement", statement.id)
    return statement


async def resume(uow: UnitOfWork, *, statement_id: UUID, answer: str) -> Statement:
    """Answer a dispute, or end a pause: reminders go on; the consortium's officers may."""
    statement = await statement_of(uow, statement_id)
    uow.caller.require(statement.consortium_id, INCOME)
    await uow.widen([statement.organization_id, statement.consortium_id])
    row = await repository.open_pause(uow.session, statement.organization_id, statement.id)
    if row is None:
        raise ConflictError("The reminders of this statement do not rest.")
    row.answer = _text(answer, "answer", is_required=row.kind == PauseKind.DISPUTE)
    row.closed_by, row.closed_at = uow.caller.user_id, clock.now()
    if row.kind == PauseKind.DISPUTE:
        uow.audit(statement.consortium_id, "statement.answered", "Statement", statement.id)
        _tell(uow, row, statement.organization_id)
    else:
        uow.audit(statement.consortium_id, "statement.resumed", "Statement", statement.id)
    return statement


async def _open(uow: UnitOfWork, statement: Statement, kind: PauseKind, reason: str) -> Pause:
    text = _text(reason, "reason")
    await uow.widen([statement.organization_id, statement.consortium_id])
    await statements.locked(uow.session, [statement.organization_id])
    if (await standing_of(uow, statement)).open <= 0:
        raise ConflictError("Nothing of this statement is open.")
    if await repository.open_pause(uow.session, statement.organization_id, statement.id):
        raise ConflictError("The reminders of this statement rest already.")
    row = Pause(
        id=new_id(),
        organization_id=statement.organization_id,
        consortium_id=statement.consortium_id,
        statement_id=statement.id,
        kind=kind.value,
        reason=text,
        opened_by=uow.caller.user_id,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


def _tell(uow: UnitOfWork, row: Pause, to: UUID) -> None:
    uow.enqueue(TELL, {"pause": str(row.id), "member": str(row.organization_id), "to": str(to)})


def _text(given: str, field: str, *, is_required: bool = True) -> str:
    text = given.strip()
    if is_required and not text:
        raise InvalidInputError("Say why, in a few words.", field=field)
    if len(text) > TEXT_LIMIT:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field=field, limit=TEXT_LIMIT
        )
    return text
